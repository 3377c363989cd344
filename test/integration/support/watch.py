"""Detects whether a file is opened, by inotify."""

import contextlib
import ctypes
import os
import select

IN_OPEN = 0x20
IN_NONBLOCK = os.O_NONBLOCK


class OpenWatch:
    def __init__(self, descriptor):
        self.descriptor = descriptor

    def was_opened(self, timeout=0.2):
        """True when the file was opened since the last call; waits `timeout` seconds for it."""
        if not select.select([self.descriptor], [], [], timeout)[0]:
            return False
        return bool(os.read(self.descriptor, 65536))


@contextlib.contextmanager
def watch_opens(path):
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(IN_NONBLOCK)
    if descriptor < 0 or libc.inotify_add_watch(descriptor, os.fsencode(path), IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    try:
        yield OpenWatch(descriptor)
    finally:
        os.close(descriptor)
