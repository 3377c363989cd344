"""Storage that is slow, broken or missing, simulated by a FUSE file system."""

import signal
import time

import pytest
from support.ids import Lesson
from support.media import noise
from support.slow_disk import SlowDisk, build
from support.tokens import mint
from support.wire import request_bytes

SIZE = 3 << 20


@pytest.fixture(scope="session")
def slowfs(tmp_path_factory):
    return build(tmp_path_factory.mktemp("slowfs"))


@pytest.fixture
def volume(slowfs, tree, tmp_path):
    """A volume below the media root, and a lesson on it: (disk, lesson)."""
    source, point = tmp_path / "volume", tree.root / "trainer123" / "mounted"
    lesson = Lesson("far.mp4", course="mounted")
    file = source / "module789" / "lesson001" / "far.mp4"
    file.parent.mkdir(parents=True)
    file.write_bytes(noise(SIZE))
    point.mkdir()
    disk = SlowDisk(slowfs, source, point)
    yield disk, lesson
    disk.unmount()


@pytest.mark.parametrize("drain", [0, 1])
def test_sigterm_ends_the_process_while_a_disk_hangs(start_server, tree, volume, drain):
    disk, lesson = volume
    config = {"threads": 2, "cache": {"files": 0}, "shutdown": {"drain_timeout": drain}}
    server = start_server(tree, config=config)
    answer = server.get(lesson.target(), token=mint(lesson))
    assert answer.body == tree.content(lesson)
    disk.hang()
    connections = [server.connect() for _ in range(4)]
    for one in connections:
        one.send(request_bytes("GET", lesson.target(), {"Authorization": f"Bearer {mint(lesson)}"}))
    time.sleep(0.5)  # both threads wait for the disk
    began = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert time.monotonic() - began < drain + 2 + 2  # two for a busy machine
    for one in connections:
        one.close()
