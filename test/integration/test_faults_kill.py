"""SIGKILL and a new start in the middle of downloads: clients that resume end with the same bytes."""

import hashlib
import signal
import threading
import time

import pytest
from support.clients import bearer, run_client
from support.ids import Lesson
from support.media import noise
from support.server import Server
from support.tokens import mint

BODY = noise(24 << 20)


class Reborn:
    """A server that is killed and started again on the same port until told to stop."""

    def __init__(self, folder, tree, pause=0.6):
        self.folder, self.tree, self.pause = folder, tree, pause
        self.kills = 0
        self.server = Server(folder / "first", tree.root)
        self.base = self.server.base
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.over.wait(self.pause):
            self.server.signal(signal.SIGKILL)
            self.server.process.wait()
            self.kills += 1
            folder = self.folder / str(self.kills)
            self.server = Server(folder, self.tree.root, listen=self.server.host)

    def stop(self):
        self.over.set()
        self.thread.join()
        self.server.stop()


@pytest.fixture
def reborn(tmp_path, tree):
    instance = Reborn(tmp_path / "servers", tree)
    yield instance
    instance.stop()


def download_with_curl(reborn, video, folder):
    """curl -C - until it has all of it, as a user would."""
    url = reborn.base + video.target()
    for _ in range(60):
        done = run_client(
            "curl", "-sS", "--fail", "-C", "-", "--limit-rate", "8M", "-o", "video.mp4",
            *bearer(mint(video)), url, folder=folder, check=False,
        )
        if done.returncode == 0:
            return
        time.sleep(0.1)
    pytest.fail(f"never finished: {done}")


def download_with_aria2(reborn, video, folder):
    run_client(
        "aria2c", "-q", "--no-conf", "-x4", "-s4", "-k1M", "--max-tries=0", "--retry-wait=1",
        "--max-overall-download-limit=8M", "--allow-overwrite=true", "-o", "video.mp4",
        "--header", f"Authorization: Bearer {mint(video)}", reborn.base + video.target(),
        folder=folder, timeout=90,
    )


@pytest.mark.parametrize("download", [download_with_curl, download_with_aria2])
def test_every_download_ends_byte_identical(reborn, tree, tmp_path, download):
    video = tree.add(Lesson("large.mp4"), BODY)
    folder = tmp_path / "client"
    folder.mkdir()
    download(reborn, video, folder)
    got = (folder / "video.mp4").read_bytes()
    assert hashlib.sha256(got).hexdigest() == hashlib.sha256(BODY).hexdigest()
    assert reborn.kills > 1, "it was never killed in between"
