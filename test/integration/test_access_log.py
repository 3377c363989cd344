"""The access log: the content of a line, and the behaviour when its disk fails."""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import time

import pytest
from support.ability import unable
from support.clients import run_client
from support.ids import VIDEO, Lesson
from support.metrics import scrape, scrape_until
from support.paused import Paused
from support.tokens import mint


def lines_of(path):
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def wait_for_lines(path, count, timeout=15):
    deadline = time.monotonic() + timeout
    while not path.exists() or len(lines_of(path)) < count:
        assert time.monotonic() < deadline, path.read_text() if path.exists() else "no file"
        time.sleep(0.05)
    return lines_of(path)


def test_a_line_says_what_happened(start_server, tree, tmp_path):
    log = tmp_path / "access.log"
    server = start_server(tree, arguments=["--access-log", log, "--threads", 1])
    token = server.token(VIDEO)
    server.download(VIDEO, {"Range": "bytes=10-19"}, token=token)
    server.download(VIDEO, {"Range": "bytes=0-1,5-6"}, token=token)
    issued, part, parts = wait_for_lines(log, 3)
    assert issued["route"] == "token" and issued["jti"] == part["jti"] == parts["jti"]
    assert part["range"] == "10-19" and part["status"] == 206
    assert parts["parts"] == 2 and "range" not in parts
    assert 0 <= part["first_byte_us"] <= part["duration_us"]
    assert re.fullmatch("[0-9a-f]{16}", part["user"]) and part["user"] == issued["user"]
    assert "trainer123" not in log.read_text() and token not in log.read_text()


def test_pseudonyms_are_the_same_after_a_restart(start_server, tree, tmp_path):
    names = []
    for number in range(2):
        log = tmp_path / f"access{number}.log"
        server = start_server(tree, arguments=["--access-log", log])
        server.download(VIDEO, token=mint(VIDEO, user_id="somebody"))
        names.append(wait_for_lines(log, 1)[0]["user"])
        server.stop()
    assert names[0] == names[1]


@pytest.mark.parametrize("how, user", [("plain", "somebody"), ("off", None)])
def test_user_is_logged_as_configured(start_server, tree, how, user):
    server = start_server(tree, config={"log": {"user_id": how}})
    server.download(VIDEO, token=mint(VIDEO, user_id="somebody"))
    server.stop()
    assert server.access_log()[0].get("user") == user


def test_logfmt(start_server, tree):
    server = start_server(tree, config={"log": {"format": "logfmt", "user_id": "plain"}})
    server.download(VIDEO, token=mint(VIDEO, user_id="some body", jti='a"b'))
    server.stop()
    line = server.stdout().splitlines()[0]
    fields = dict(part.split("=", 1) for part in shlex.split(line))
    assert fields["route"] == "download" and fields["status"] == "200"
    assert fields["user"] == "some body" and fields["jti"] == 'a"b'


def test_outcome_tells_who_ended_it(start_server, tree, tmp_path):
    log = tmp_path / "access.log"
    server = start_server(tree, arguments=["--access-log", log])
    large = tree.add(Lesson("large.mp4"), bytes(48 << 20))
    Paused(server, large).close()
    lost = wait_for_lines(log, 1)[0]
    assert lost["outcome"] == "aborted" and lost["bytes"] < 48 << 20
    server.download(VIDEO, token=mint(VIDEO))
    assert wait_for_lines(log, 2)[1]["outcome"] == "complete"


def test_sigusr1_reopens_the_log(start_server, tree, tmp_path):
    log = tmp_path / "access.log"
    server = start_server(tree, arguments=["--access-log", log])
    server.get("/healthz")
    wait_for_lines(log, 1)
    log.rename(tmp_path / "access.log.1")
    server.signal(signal.SIGUSR1)
    deadline = time.monotonic() + 15
    while not log.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    server.get("/readyz")
    assert [line["route"] for line in wait_for_lines(log, 1)] == ["ready"]
    assert [line["route"] for line in lines_of(tmp_path / "access.log.1")] == ["health"]


def run_wrk(server, folder, seconds=2):
    """Runs full load on one small file; returns the number of requests, all of which succeeded."""
    script = folder / "wrk.lua"
    script.write_text(f'wrk.headers["Authorization"] = "Bearer {mint(VIDEO)}"\n')
    output = run_client(
        *("wrk", "-t1", "-c32", f"-d{seconds}s", "-s", script, server.base + VIDEO.target()),
        folder=folder,
    ).stdout
    assert "Non-2xx" not in output and "Socket errors" not in output, output
    return int(re.search(r"(\d+) requests in", output).group(1))


def test_full_disk_costs_lines_and_nothing_else(start_server, tree, tmp_path):
    server = start_server(tree, arguments=["--access-log", "/dev/full"])
    answered = run_wrk(server, tmp_path)
    values = scrape_until(server, lambda v: v["sluice_access_log_dropped_total"] >= answered)
    assert values['sluice_responses_total{route="download",status="2xx"}'] >= answered
    failures = [event for event in server.events() if event["event"] == "access_log_failed"]
    assert len(failures) == 1 and "No space left" in failures[0]["cause"]


def test_log_that_nobody_reads_costs_lines_and_nothing_else(start_server, tree, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        server = start_server(tree, arguments=["--access-log", pipe])
        answered = run_wrk(server, tmp_path)
        assert scrape(server)['sluice_responses_total{route="download",status="2xx"}'] >= answered
        server.stop()  # although no reader takes the lines
    finally:
        os.close(reader)


@pytest.fixture
def small_disk(tmp_path):
    """Mounts a file system of 64 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode != 0:
        unable("may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_log_goes_on_when_there_is_room_again(start_server, tree, tmp_path, small_disk):
    log = small_disk / "access.log"
    server = start_server(tree, arguments=["--access-log", log])
    answered = run_wrk(server, tmp_path, seconds=1)
    scrape_until(server, lambda v: v["sluice_access_log_dropped_total"] > 0)
    # Every response has a line on the disk or is counted as dropped.
    scrape_until(
        server,
        lambda v: v["sluice_access_log_dropped_total"] + log.read_bytes().count(b"\n") >= answered,
    )
    old = log.read_bytes()
    assert len(old) > 30_000
    os.truncate(log, 0)
    server.get("/readyz")
    deadline = time.monotonic() + 15
    while b'"route":"ready"' not in log.read_bytes():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    *_, last = pathlib.Path(log).read_text().strip().split("\n")
    json.loads(last)  # the incomplete line does not damage the next one
    events = [event["event"] for event in server.events()]
    assert events.index("access_log_failed") < events.index("access_log_recovered")
