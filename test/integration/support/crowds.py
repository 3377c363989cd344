"""Responses that only a busy server gives. `world` is that of test_openapi."""

import contextlib
import time

import pytest

from .ids import Lesson
from .paused import Paused
from .tokens import mint
from .wire import Closed


def ask_full(world, target, name, limits):
    """The response to one connection more than a server accepts."""
    server = world.serve(name, config={"limits": limits})
    held = [server.connect() for _ in range(2)]
    try:
        for one in held:
            assert one.request("GET", "/healthz").status == 200
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(Closed, OSError):
                answer = server.get(target)
                if answer.status in (429, 503):
                    return answer
        pytest.fail("never full")
    finally:
        for one in held:
            one.close()


def one_download_too_many(world, media):
    server = world.serve("downloads", config={"limits": {"user_downloads": 1, "handler_timeout": 1}})
    large = server.tree.add(Lesson("large.bin"), bytes(48 << 20))
    paused = Paused(server, large)
    try:
        return server.get(media.target(), token=mint(media))
    finally:
        paused.close()
