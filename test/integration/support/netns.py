"""A private network namespace, whose kernel settings a test may change."""

import ctypes
import fcntl
import os
import pathlib
import socket
import struct
import threading

from .ability import unable

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def _enter():
    """Moves the calling thread and its children into a new network namespace with a loopback
    interface."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        unable(f"no network of its own: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def run_in_network(work, **settings):
    """Runs work() in a network namespace with these settings below net.ipv4; ends the test when
    none can be created (support/ability.py)."""
    faults = []

    def body():
        try:
            _enter()
            for name, value in settings.items():
                file = pathlib.Path("/proc/sys/net/ipv4", name)
                if not file.exists():
                    unable(f"the kernel has no net.ipv4.{name}")
                file.write_text(str(value))
            work()
        except BaseException as fault:  # passed to the test
            faults.append(fault)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
