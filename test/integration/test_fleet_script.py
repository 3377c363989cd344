"""scripts/fleet does what it prints."""

import contextlib
import re
import socket
import subprocess
import threading

import pytest
from support.media import SAMPLE_MEDIA
from support.server import BINARY, ROOT, environment
from support.waiting import eventually

pytestmark = pytest.mark.tooling


def seven_free_ports():
    """The first of seven consecutive free ports."""
    for first in range(21000, 31000, 7):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + 7):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no free ports")


class Script:
    """Runs the script and keeps its output."""

    def __init__(self):
        preset = BINARY.resolve().parents[1].name
        self.process = subprocess.Popen(
            [ROOT / "scripts/fleet", "--preset", preset, str(seven_free_ports())],
            env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )
        self.text = ""
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.text += line

    def wait_for(self, pattern, timeout=300):
        """The first match in the output; the output of a build may precede it."""
        def find():
            assert self.process.poll() is None or re.search(pattern, self.text), self.text[-3000:]
            return re.search(pattern, self.text)
        return eventually(find, timeout)

    def command(self, start):
        """The printed line with this beginning, without its comment."""
        return re.search(rf"^({start}[^\n]*?) *(?:#.*)?$", self.text, re.MULTILINE)[1]

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            self.reader.join(20)


def run(line, folder):
    done = subprocess.run(["bash", "-c", f"set -e\n{line}"], cwd=folder, env=environment(),
                          capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 0, done
    return done.stdout


def test_the_printed_lines_work(tmp_path):
    script = Script()
    try:
        script.wait_for(r"curl -s http://127\.0\.0\.1:\d+/metrics")
        download = "\n".join([script.command("TOKEN="), script.command("curl -H")])
        run(download, tmp_path)
        sample = SAMPLE_MEDIA / "trainer123/course456/module789/lesson001/Video.mp4"
        assert (tmp_path / "Video.mp4").read_bytes() == sample.read_bytes()
        assert "student7" in run(script.command(re.escape(str(ROOT))), tmp_path)
        run(script.command("kill -HUP"), tmp_path)
        metrics = script.command("curl -s http")
        assert "sluice_store_followed 1" in run(metrics, tmp_path)
        run(script.command("kill -KILL"), tmp_path)
        script.wait_for("Started node 3 again", timeout=30)
        run(script.command("kill -TERM"), tmp_path)
        script.wait_for("Started node 2 again", timeout=60)
        (tmp_path / "again").mkdir()
        run(download, tmp_path / "again")
    finally:
        assert script.end() == 0, script.text[-3000:]
    assert not list((ROOT / "build/fleet").glob("run"))  # its keys among it
    eventually(lambda: subprocess.run(metrics, shell=True, check=False, stdout=-3).returncode != 0)
