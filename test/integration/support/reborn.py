"""A server that is killed repeatedly, and clients that resume."""

import signal
import threading
import time

from .balancers import free_port
from .clients import bearer, run_client
from .server import Server
from .tokens import mint


class Reborn:
    """A server that is killed and restarted on the same port until it is stopped."""

    def __init__(self, folder, tree, pause=0.6):
        self.folder, self.tree, self.pause = folder, tree, pause
        self.kills = 0
        self.server = Server(folder / "first", tree.root, listen=f"127.0.0.1:{free_port()}")
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


def download_with_curl(reborn, video, folder):
    """Repeats curl -C - until the file is complete, as a user would."""
    url = reborn.base + video.target()
    for _ in range(60):
        done = run_client(
            "curl", "-sS", "--fail", "-C", "-", "--limit-rate", "8M", "-o", "video.mp4",
            *bearer(mint(video)), url, folder=folder, check=False,
        )
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"never finished: {done}")


def download_with_aria2(reborn, video, folder):
    run_client(
        "aria2c", "-q", "--no-conf", "-x4", "-s4", "-k1M", "--max-tries=0", "--retry-wait=1",
        "--max-overall-download-limit=8M", "--allow-overwrite=true", "-o", "video.mp4",
        "--header", f"Authorization: Bearer {mint(video)}", reborn.base + video.target(),
        folder=folder, timeout=90,
    )
