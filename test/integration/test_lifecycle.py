"""The life of the process: failures to start, draining, and exit."""

import os
import signal
import socket
import time

import pytest
from support.ids import VIDEO, Lesson
from support.media import noise
from support.metrics import has_event
from support.paused import LARGE, Paused
from support.server import run_sluice
from support.tokens import SECRET
from support.wire import Closed


@pytest.fixture
def large(tree):
    return tree.add(Lesson("large.mp4"), noise(LARGE))


def wait_for_event(server, name, timeout=5):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if any(event.get("event") == name for event in server.events()):
            return
        time.sleep(0.01)
    pytest.fail(f"no {name} in {server.stderr()}")


def readiness(server, connection=None):
    """The status of /readyz, or None without a response."""
    try:
        if connection is not None:
            return connection.request("GET", "/readyz").status
        return server.get("/readyz").status
    except (Closed, OSError):
        return None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_idle_server_leaves_at_once(start_server, tree, number):
    server = start_server(tree)
    assert server.get("/healthz").status == 200
    with server.connect() as idle:
        assert idle.request("GET", "/healthz").status == 200
        began = time.monotonic()
        server.signal(number)
        # It waits half a second for silence. Two seconds are for connections without a request.
        assert server.wait(5) == 0
        assert time.monotonic() - began < 3
        assert idle.is_closed()


def test_only_connections_without_a_request_are_given_time(start_server, tree):
    """Of two servers that stop at the same time, the one whose only client has been answered ends
    first: nobody owes it a request."""
    answered, silent = start_server(tree), start_server(tree)
    with answered.connect() as served, silent.connect():
        assert served.request("GET", "/healthz").status == 200
        for server in (silent, answered):
            server.signal()
        answered.wait_for_event(lambda event: event["event"] == "stopped")
        assert not has_event(silent, "stopped")
        assert (answered.wait(5), silent.wait(5)) == (0, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_transfer_under_way_is_finished(start_server, tree, large, number):
    server = start_server(tree)
    with server.connect() as waiting:
        assert readiness(server, waiting) == 200
        transfer = Paused(server, large)
        server.signal(number)
        wait_for_event(server, "draining")
        assert readiness(server, waiting) in (503, None)
        assert readiness(server) in (503, None)
    time.sleep(0.5)
    assert server.process.poll() is None, "left a transfer behind"
    assert transfer.finish() == tree.content(large)
    assert server.wait(5) == 0


def test_drain_deadline_cuts(start_server, tree, large):
    server = start_server(tree, config={"shutdown": {"drain_timeout": 1}})
    transfer = Paused(server, large)
    began = time.monotonic()
    server.signal()
    assert server.wait(10) == 0
    assert 0.9 < time.monotonic() - began < 4
    got = transfer.cut()
    assert got == tree.content(large)[: len(got)]


def test_a_busy_client_does_not_hold_the_drain(start_server, tree, large):
    """During the drain every response closes its connection, so that a client that never pauses
    moves to another node."""
    server = start_server(tree)
    transfer = Paused(server, large)
    with server.connect() as busy:
        assert busy.request("GET", "/healthz").get("Connection") is None
        server.signal()
        wait_for_event(server, "draining")
        answer = busy.request("GET", "/healthz")
        assert answer.status == 200 and answer.get("Connection") == "close"
        assert busy.is_closed()
    assert transfer.finish() == tree.content(large)
    assert server.wait(10) == 0


def test_second_signal_ends_at_once(start_server, tree, large):
    server = start_server(tree)
    transfer = Paused(server, large)
    server.signal()
    wait_for_event(server, "draining")
    time.sleep(0.3)
    assert server.process.poll() is None
    began = time.monotonic()
    server.signal()
    server.wait(5)
    assert time.monotonic() - began < 2
    assert len(transfer.cut()) < LARGE


def test_broken_pipe_does_not_end_it(start_server, tree):
    server = start_server(tree)
    server.signal(signal.SIGPIPE)
    time.sleep(0.1)
    assert server.get("/healthz").status == 200


def test_port_in_use(tree):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = run_sluice("serve", "--listen", address, "--media-root", tree.root)
    assert result.returncode != 0
    assert address in result.stderr and "in use" in result.stderr
    assert "terminate" not in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--media-root", "/nowhere/at/all"]])
def test_media_root_is_needed(arguments):
    result = run_sluice("serve", "--listen", "127.0.0.1:0", *arguments)
    assert result.returncode != 0
    assert "media" in result.stderr and "terminate" not in result.stderr


CONFIG_WITH_FAULTS = """{
  // comments are allowed
  "listen": "not an address",
  "limits": {"header_timeout": "soon", "idle_timeuot": 5, "min_rate": -1},
  "tokens": {"max_ttl": 0},
  "cors": {"allowed_origins": ["no origin"]},
  "surprise": true
}"""
FAULTS = ["listen", "limits.header_timeout", "limits.idle_timeuot", "limits.min_rate",
          "tokens.max_ttl", "cors.allowed_origins", "surprise"]


@pytest.mark.parametrize("command", [("serve",), ("config", "check"), ("config", "print")])
def test_all_faults_of_a_configuration_are_said_at_once(tree, tmp_path, command):
    path = tmp_path / "sluice.json"
    path.write_text(CONFIG_WITH_FAULTS)
    result = run_sluice(*command, "--config", path, "--media-root", tree.root)
    assert result.returncode != 0
    missing = [fault for fault in FAULTS if fault not in result.stderr]
    assert not missing, result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", '{"listen": "127.0.0.1:0"} x', '{"listen": 7}',
                                  '{"threads": 1, "threads": 2}', "{" * 1000])
def test_configuration_that_is_no_configuration(tree, tmp_path, text):
    path = tmp_path / "sluice.json"
    path.write_text(text)
    result = run_sluice("config", "check", "--config", path, "--media-root", tree.root)
    assert result.returncode != 0
    assert str(path) in result.stderr or "sluice.json" in result.stderr or "listen" in result.stderr


def test_flags_beat_the_environment_and_that_the_file(tree, tmp_path):
    path = tmp_path / "sluice.json"
    path.write_text('{"threads": 1, "limits": {"connections": 11, "header_fields": 12}}')
    result = run_sluice(
        "config", "print", "--config", path, "--media-root", tree.root, "--threads", "3",
        env={"SLUICE_THREADS": "2", "SLUICE_LIMITS_CONNECTIONS": "22", "SLUICE_SECRET": SECRET},
    )
    assert result.returncode == 0, result.stderr
    again = tmp_path / "printed.json"
    again.write_text(result.stdout)
    for expected in ('"threads": 3', '"connections": 22', '"header_fields": 12'):
        assert expected in result.stdout
    assert SECRET not in result.stdout
    assert run_sluice("config", "print", "--config", again).stdout == result.stdout


def test_unknown_environment_variable_is_refused(tree):
    result = run_sluice(
        "config", "check", "--media-root", tree.root, env={"SLUICE_LIMITS_CONECTIONS": "5"}
    )
    assert result.returncode != 0 and "SLUICE_LIMITS_CONECTIONS" in result.stderr


@pytest.mark.parametrize("arguments", [["serv"], ["serve", "--thread", "1"], ["token"], ["-x"], []])
def test_usage_errors_are_said(arguments):
    result = run_sluice(*arguments)
    assert result.returncode != 0
    assert "sluice" in result.stderr and result.stdout == ""


@pytest.mark.parametrize("arguments", [["--help"], ["help"], ["serve", "-h"], ["help", "token"]])
def test_help_teaches(arguments):
    result = run_sluice(*arguments)
    assert result.returncode == 0
    assert "sluice" in result.stdout and "Usage" in result.stdout


def test_version():
    result = run_sluice("version")
    assert result.returncode == 0
    assert "0.1.0" in result.stdout
    assert run_sluice("--version").stdout == result.stdout


def test_threads(start_server, tree):
    for count in ("1", "5"):
        server = start_server(tree, arguments=["--threads", count])
        assert server.download(VIDEO).status == 200
        assert len(os.listdir(f"/proc/{server.process.pid}/task")) > int(count)


@pytest.mark.parametrize("where", ["-", "off", "file"])
def test_access_log_goes_where_it_is_told(start_server, tree, tmp_path, where):
    path = tmp_path / "access.log"
    server = start_server(tree, arguments=["--access-log", path if where == "file" else where])
    request_id = server.get("/healthz").get("X-Request-Id")
    server.stop()
    assert (request_id in server.stdout()) == (where == "-")
    assert path.exists() == (where == "file")
    assert where != "file" or request_id in path.read_text()
