"""A server process: starts it on its core, waits until it is ready, measures it and ends it."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from common import HOST, PORT, SERVER_CORE, BenchError
from servers import RUN

START_SECONDS = 10
STOP_SECONDS = 3
TICKS = os.sysconf("SC_CLK_TCK")


def _accepts():
    try:
        socket.create_connection((HOST, PORT), timeout=1).close()
        return True
    except OSError:
        return False


def _parents():
    """Each process and its parent."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        yield int(stat.parent.name), int(fields[1])


class Running:
    """A started server; a context manager that ends it. RUN is emptied first."""

    def __init__(self, server, answer, cores=SERVER_CORE):
        if _accepts():
            raise BenchError(f"port {PORT} is taken: end what listens there")
        shutil.rmtree(RUN, ignore_errors=True)
        RUN.mkdir(parents=True)
        self.server = server
        self._log = RUN / "output"
        # The kernel sends the signal to the server when this process ends in any way.
        prefix = ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(cores)]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [*prefix, *server.command(answer)],
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(RUN), **dict(server.env)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._await_ready()
            self.pids = self._tree()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _await_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while not _accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{self.server.label} does not come up:\n{self.output()}")
            time.sleep(0.02)
        time.sleep(0.2)  # workers that the first process has not started yet

    def _tree(self):
        found = {self._process.pid}
        parents = dict(_parents())
        for _ in range(3):  # no server here is nested deeper
            found |= {pid for pid, parent in parents.items() if parent in found}
        return sorted(found)

    def output(self):
        """The end of its output, for a message."""
        paths = [path for path in (self._log, RUN / "error.log") if path.exists()]
        return "".join(path.read_text(errors="replace") for path in paths)[-2000:]

    def cpu_seconds(self):
        """User and system time of all processes so far."""
        total = 0
        for pid in self.pids:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def pss_bytes(self):
        """Memory of all processes, with shared pages counted once."""
        total = 0
        for pid in self.pids:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        """Sends SIGTERM to the first process, then kills all remaining ones."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self._await_gone()

    def _await_gone(self):
        deadline = time.monotonic() + STOP_SECONDS
        while _accepts():
            if time.monotonic() > deadline:
                raise BenchError(f"{self.server.label} does not end")
            time.sleep(0.02)
