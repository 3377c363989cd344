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
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, VIDEO, Lesson
from support.metrics import scrape, scrape_until
from support.paused import Paused
from support.server import run_sluice
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


def names_of(line):
    return {name: line[name] for name in ("type", "trainer_id", "course_id", "module_id", "lesson_id", "filename")
            if name in line}


def test_a_line_says_what_was_downloaded(start_server, tree):
    """The names of the path, also of a request that is rejected; the trainer only if the operator wants him."""
    one = ("--threads", 1)  # the lines are then in the order of the requests
    server = start_server(tree, config={"log": {"access_fields": ["default", "trainer_id"]}}, arguments=one)
    agent = {"User-Agent": 'Player/1.0 (a "quoted" \\ name)'}
    for media in (VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION):
        assert server.download(media, agent).status == 200
    server.download(Lesson("Été absent.mp4"), agent, token=mint(Lesson("Été absent.mp4")))
    server.get(VIDEO.target(), agent, token="x")
    server.get("/download2/a/b/%00")
    server.get("/healthz", agent)
    server.reload({"log": {"access_fields": ["default"]}})
    server.download(VIDEO, agent)
    server.stop()
    lines = server.access_log()
    video, course, module, absent, rejected, bad, health, later = (
        line for line in lines if line["route"] != "token")
    lesson = {"type": "lesson", "trainer_id": "trainer123", "course_id": "course456", "module_id": "module789",
              "lesson_id": "lesson001", "filename": "Video.mp4"}
    assert names_of(video) == names_of(rejected) == lesson and rejected["status"] == 401
    assert names_of(course) == {"type": "course", "trainer_id": "trainer123", "course_id": "course456",
                                "filename": "presentation.mp4"}
    assert names_of(module) == {**names_of(course), "type": "module", "module_id": "module789"}
    assert names_of(absent) == {**lesson, "filename": "Été absent.mp4"} and absent["status"] == 404
    assert names_of(bad) == names_of(health) == {}
    assert names_of(later) == {name: lesson[name] for name in lesson if name != "trainer_id"}
    assert {line.get("user_agent") for line in (video, absent, rejected, health)} == {agent["User-Agent"]}
    assert "user_agent" not in bad


def test_hostile_texts_stay_inside_their_line(start_server, tree):
    """Whatever a client or another issuer writes: each line is one line of valid UTF-8 and valid JSON, and bounded."""
    server = start_server(tree, arguments=["--threads", 1])
    request = f"GET {VIDEO.target()} HTTP/1.1\r\nHost: a\r\n".encode()
    agents = [b"\xff\xfe\x80", b"caf\xe9", "naïve/1".encode(), "\u202ereverse".encode(), "\u009b2J".encode(),
              b'"},{"status":200,"x":"', b"a\tb", b"a" * 12_000, "é".encode() * 6_000, b""]
    for agent in agents:
        answer = server.raw(request + b"User-Agent: " + agent + b"\r\nConnection: close\r\n\r\n")
        assert b" 401 " in answer.split(b"\r\n")[0], agent
    server.download(VIDEO, token=mint(VIDEO, jti="é" * 40))  # cut after 64 bytes
    server.download(VIDEO, token=mint(VIDEO, jti="x" + "é" * 40))
    server.stop()
    raw = server.stdout_path.read_bytes().splitlines()
    lines = [json.loads(line.decode("utf-8")) for line in raw]
    assert len(lines) == len(agents) + 2
    assert [line.get("user_agent") for line in lines[:10]] == [
        "???", "caf?", "naïve/1", "???reverse", "??2J", '"},{"status":200,"x":"', "a?b", "a" * 256, "é" * 128, None]
    assert [line["jti"] for line in lines[10:]] == ["é" * 32, "x" + "é" * 31]
    assert max(map(len, raw)) < 1500


def test_the_operator_chooses_the_fields(start_server, tree):
    server = start_server(tree, env={"SLUICE_SECRET": "s" * 32, "SLUICE_LOG_ACCESS_FIELDS": "filename, status,jti"},
                          arguments=["--threads", 1])
    server.download(VIDEO)
    server.get("/healthz")
    server.stop()
    minted, video, health = server.access_log()
    assert set(minted) == {"status", "jti"} and set(video) == {"status", "jti", "filename"}
    assert health == {"status": 200}


@pytest.mark.parametrize("fields, complaint", [
    (["time", "file_name"], "entry 2 is no field of the access log (known: default, time, "),
    (["time", "time"], 'has "time" twice'),
    ([], "must have at least one field; for no access log, set log.access to off"),
    ("time", "must be a list of texts"),
])
def test_unknown_fields_are_named(tmp_path, fields, complaint):
    config = tmp_path / "sluice.json"
    config.write_text(json.dumps({"media": {"root": str(tmp_path)}, "log": {"access_fields": fields}}))
    done = run_sluice("config", "check", "--config", config, env={"SLUICE_SECRET": "s" * 32})
    assert done.returncode == 1 and "log.access_fields" in done.stderr and complaint in done.stderr, done.stderr


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
