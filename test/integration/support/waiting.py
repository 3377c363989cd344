"""Waits for what a server does by itself."""

import contextlib
import time

from .wire import Closed


def eventually(check, timeout=20):
    """Repeats `check` until it returns a true value, and returns that; a lost connection counts as
    false."""
    deadline = time.monotonic() + timeout
    while True:
        with contextlib.suppress(Closed, OSError):
            if found := check():
                return found
        assert time.monotonic() < deadline, f"never came true: {check}"
        time.sleep(0.05)
