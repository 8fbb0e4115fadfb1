"""Many jobs for few workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

Worker = TypeVar("Worker")
Job = TypeVar("Job")
Result = TypeVar("Result")


def by_turns(
    workers: Sequence[Worker], jobs: Iterable[Job], do: Callable[[Worker, Job], Result]
) -> list[Result]:
    """Each job's result, in their order; whichever worker is free does the next."""
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def one(job: Job) -> Result:
        worker = free.get()
        try:
            return do(worker, job)
        finally:
            free.put(worker)

    pool = ThreadPoolExecutor(len(workers))
    try:
        return [*pool.map(one, jobs)]
    finally:
        pool.shutdown(cancel_futures=True)
