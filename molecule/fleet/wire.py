"""A slow way to a simulated Mac: wire.py ADDRESS PORT TO SECONDS

What comes in at ADDRESS:PORT goes to ADDRESS:TO and back, each piece as many SECONDS later.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

PIECE = 1 << 16


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, late: float) -> None:
    """Until the source ends. Pieces do not wait for one another: the way is long, not narrow."""
    loop, waiting = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]](64)

    async def deliver() -> None:
        while True:
            due, piece = await waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                return
            target.write(piece)
            await target.drain()

    delivery = asyncio.create_task(deliver())
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(PIECE):
            await waiting.put((loop.time() + late, piece))
    await waiting.put((loop.time() + late, b""))
    with contextlib.suppress(ConnectionError):
        await delivery
        target.close()


async def main(address: str, port: int, to: int, late: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(address, to)
        await asyncio.gather(carry(reader, outer, late), carry(inner, writer, late))

    server = await asyncio.start_server(connected, address, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
