"""Answers a simulated Mac's ssh as macOS' launchd does, with an sshd for each connection.

launchd.py ADDRESS PORT NETWORK. With NETWORK `cut` it leaves for a network of its own after it has
opened its door: whoever calls gets in, and nothing on the Mac gets out, to the host's services
either, for there is no interface but its own loopback.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def cut():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        sys.exit(f"launchd: no network of its own: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def bury(*_):
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(address, port, network):
    door = socket.create_server((address, int(port)), backlog=128)
    if network == "cut":
        cut()
    signal.signal(signal.SIGCHLD, bury)
    while True:
        caller, _ = door.accept()
        with caller:
            if os.fork() == 0:
                os.dup2(caller.fileno(), 0)
                os.dup2(caller.fileno(), 1)
                os.execv("/usr/sbin/sshd", ["/usr/sbin/sshd", "-i", "-e"])


if __name__ == "__main__":
    main(*sys.argv[1:])
