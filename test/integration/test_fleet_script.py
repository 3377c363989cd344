"""scripts/fleet does what it prints."""

import contextlib
import json
import re
import socket
import subprocess
import threading
import urllib.request

import pytest
from support.media import SAMPLE_MEDIA
from support.server import BINARY, ROOT, environment
from support.waiting import eventually

pytestmark = pytest.mark.tooling


def eight_free_ports():
    """The first of eight consecutive free ports."""
    for first in range(21000, 31000, 8):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + 8):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no free ports")


class Script:
    """Runs the script and keeps its output."""

    def __init__(self):
        preset = BINARY.resolve().parents[1].name
        self.process = subprocess.Popen(
            [ROOT / "scripts/fleet", "--preset", preset, "--traffic", str(eight_free_ports())],
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


def ask(script, what):
    """The data of an answer of the fleet's Prometheus."""
    base = re.search(r"^# Prometheus +(\S+)$", script.text, re.MULTILINE)[1]
    with urllib.request.urlopen(f"{base}/api/v1/{what}") as answer:
        return json.load(answer)["data"]


def in_transfer(script):
    """True when Prometheus has seen a transfer of node 3."""
    found = ask(script, 'query?query=sluice_transfers_active{instance="node3"}')["result"]
    return found and float(found[0]["value"][1]) > 0


def test_the_printed_lines_work(tmp_path):
    script = Script()
    try:
        script.wait_for(r"curl -s http://127\.0\.0\.1:\d+/metrics")
        download = "\n".join([script.command("TOKEN="), script.command("curl -H")])
        run(download, tmp_path)
        sample = SAMPLE_MEDIA / "trainer123/course456/module789/lesson001/Video.mp4"
        assert (tmp_path / "Video.mp4").read_bytes() == sample.read_bytes()
        assert "student7" in run(script.command(re.escape(str(ROOT))), tmp_path)
        assert "followed" in run(script.command(f"{re.escape(str(BINARY.resolve()))} status"), tmp_path)
        run(script.command("kill -HUP"), tmp_path)
        metrics = script.command("curl -s http")
        assert "sluice_store_followed 1" in run(metrics, tmp_path)
        clients = ROOT / "build/fleet/clients.log"
        eventually(lambda: in_transfer(script), 30)
        run(script.command("kill -KILL"), tmp_path)
        script.wait_for("Started node 3 again", timeout=30)
        eventually(lambda: "206, resumed at byte" in clients.read_text(), 90)
        run("\n".join([script.command("LONG="), script.command("for try").replace("4M", "400M"),
                       script.command("cmp"), script.command("for node")]), tmp_path)
        run(script.command("kill -TERM"), tmp_path)
        script.wait_for("Started node 2 again", timeout=60)
        rules = {rule["name"]: rule["health"] for group in ask(script, "rules")["groups"] for rule in group["rules"]}
        assert len(rules) >= 20 and set(rules.values()) == {"ok"}
        (tmp_path / "again").mkdir()
        run(download, tmp_path / "again")
    finally:
        assert script.end() == 0, script.text[-3000:]
    assert not list((ROOT / "build/fleet").glob("run"))  # its keys among it
    eventually(lambda: subprocess.run(metrics, shell=True, check=False, stdout=-3).returncode != 0)
