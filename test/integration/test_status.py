"""`sluice status` and `sluice top` against a running service: what an operator sees of transfers, limits, reloads, keys and
the store, and what the commands say when there is no answer."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from xml.etree import ElementTree

import jsonschema
import pytest
from support.ids import VIDEO, Lesson
from support.issuers import issuer_key, keys_file
from support.media import noise
from support.paused import LARGE, Paused
from support.server import BINARY, ROOT, environment, run_sluice
from support.stores import SqliteStore
from support.tokens import mint
from support.users import STRANGER, as_user, open_folder
from support.waiting import eventually

SCHEMA = json.loads((ROOT / "docs/status.schema.json").read_text(encoding="utf-8"))
USER = "a-user-whose-id-stays-here"


@pytest.fixture
def tmp_path():
    """Short, because the path of a socket has at most 107 bytes, and open to other users."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "control"


@pytest.fixture
def start(start_server, tree, socket):
    def begin(**settings):
        return start_server(tree, config={"control": {"socket": str(socket)}, **settings})

    return begin


def status(socket, *more):
    done = run_sluice("status", "--socket", socket, "--json", *more)
    assert done.returncode == 0, done.stderr
    state = json.loads(done.stdout)
    jsonschema.validate(state, SCHEMA)
    return state


def text_of(socket):
    done = run_sluice("status", "--socket", socket)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_slow_transfer_is_shown(start, socket, tree):
    server = start()
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    paused = Paused(server, large, mint(large, user_id=USER))
    state = status(socket)
    (one,) = state["transfers"]
    assert one["origin"] == "media" and one["file"] == large.target().removeprefix("/download2/") and one["size"] == LARGE
    assert LARGE < one["length"] < LARGE + 2000 and 65536 <= one["bytes"] < LARGE
    assert one["percent"] == one["bytes"] * 100 // one["length"]
    assert one["waits_for"] == "writing" and one["age_s"] >= 0.2
    assert one["rate"] == pytest.approx(one["bytes"] / one["age_s"], rel=0.01)
    assert re.fullmatch(r"[0-9a-f]{16}", one["user"])
    assert state["state"] == "serving" and state["requests_active"] == 1
    assert state["connections"]["open"] == 1 and state["connections"]["states"]["writing"] == 1
    assert (state["transfers_more"], state["silent_threads"]) == (0, 0)
    line = [line for line in text_of(socket).splitlines() if one["file"] in line]
    assert len(line) == 1 and f" {one['percent']} %" in line[0] and one["user"] in line[0], line
    assert len(paused.finish()) == LARGE
    eventually(lambda: status(socket)["transfers"] == [])
    server.stop()
    logged = [json.loads(line) for line in server.stdout().splitlines()]
    assert [entry["user"] for entry in logged if entry["request_id"] == one["request_id"]] == [one["user"]]


def test_a_throttled_transfer_shows_its_rate(start, socket, tree):
    server = start(limits={"connection_rate": 1 << 20})
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    paused = Paused(server, large)
    one = eventually(lambda: [one for one in status(socket)["transfers"] if one["waits_for"] == "throttled"])[0]
    assert one["rate"] > 1000
    paused.connection.close()


def test_the_users_are_as_the_log_has_them(start, socket, tree):
    """With log.user_id off there is none; with plain it is still the pseudonym."""
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    server = start(log={"user_id": "off"})
    paused = Paused(server, large, mint(large, user_id=USER))
    assert "user" not in status(socket)["transfers"][0]
    server.reload({"control": {"socket": str(socket)}, "log": {"user_id": "plain"}})
    eventually(lambda: "user" in status(socket)["transfers"][0])
    assert USER not in text_of(socket) and USER not in json.dumps(status(socket))
    paused.connection.close()


def test_no_secret_and_no_token_is_shown(start, socket, tree, tmp_path):
    key, entry = issuer_key("lms")
    keys = keys_file(tmp_path / "issuers.json", entry)
    server = start(issuer={"keys_file": str(keys)})
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    token = mint(large, user_id=USER, jti="a-jti-that-stays-here")
    paused = Paused(server, large, token)
    state = status(socket)
    assert [one["name"] for one in state["issuer_keys"]] == ["lms"]
    for shown in (json.dumps(state), text_of(socket)):
        for secret in (token, token.split(".")[2], USER, "a-jti-that-stays-here", key, entry["digest"]):
            assert secret not in shown
    paused.connection.close()


def test_issuer_keys_show_their_age(start, socket, tmp_path):
    path = tmp_path / "issuers.json"
    assert run_sluice("key", "new", "lms", "--keys-file", path).returncode == 0
    made = json.loads(path.read_text())["keys"]
    month = 30 * 86400
    aged = {**made[0], "created_at": made[0]["created_at"] - month}
    by_hand = issuer_key("shop")[1]
    ahead = issuer_key("clock", created_at=made[0]["created_at"] + month)[1]  # made on a machine whose clock is wrong
    keys_file(path, aged, by_hand, ahead)
    start(issuer={"keys_file": str(path)})
    lms, shop, clock = status(socket)["issuer_keys"]
    assert month <= lms["age_s"] < month + 60 and shop["age_s"] is None and clock["age_s"] == 0
    text = text_of(socket)
    assert re.search(r"^Issuer keys  lms valid, made 30 d 0 h ago$", text, re.M)
    assert re.search(r"^ {13}shop valid$", text, re.M) and re.search(r"^ {13}clock valid, made 0 s ago$", text, re.M)


def test_limits_of_the_last_minute_are_shown(start, socket):
    server = start()
    assert status(socket)["limits_reached"] == {}
    assert "none reached in the last minute" in text_of(socket)
    for _ in range(3):
        assert server.get("/" + "a" * 9000).status == 414
    eventually(lambda: status(socket)["limits_reached"] == {"target_bytes": 3})
    assert "target_bytes 3 in the last minute" in text_of(socket)


def test_reloads_are_shown(start, socket, tree):
    server = start()
    assert status(socket)["reloads"] == []
    config = {"control": {"socket": str(socket)}}
    server.reload({**config, "limits": {"idle_timeout": 30}})
    server.reload({**config, "limits": {"idle_timout": 30}}, outcome="reload_refused")
    # Answers of a quarter of a second are the same.
    state = eventually(lambda: (now := status(socket)) and len(now["reloads"]) == 2 and now)
    assert [(one["what"], one["result"]) for one in state["reloads"]] == [
        ("configuration", "refused"), ("configuration", "done")]
    assert "limits.idle_timout: no such setting" in state["reloads"][0]["detail"]
    assert state["reloads"][1]["detail"] == "changed: limits.idle_timeout"
    assert re.search(r"^Reloads      \S+Z configuration refused: .*idle_timout", text_of(socket), re.M)


def test_keys_and_store_are_shown(start, socket, tmp_path):
    store = SqliteStore(tmp_path / "store.db").migrate()
    store.run("revoke", "user", "anna")
    server = start(**store.config())
    state = eventually(lambda: (now := status(socket))["store"]["lag_s"] is not None and now)
    assert state["store"]["followed"] and state["store"]["lag_s"] < 10
    assert state["store"]["revocations"] == 1
    assert state["signing_keys"] == {"random": False, "file_age_s": None, "keys": [
        {"kid": "env", "state": "signs", "not_before": None, "not_after": None}]}
    text = text_of(socket)
    assert "Keys         env signs" in text and re.search(r"^Store        followed, answered \d+ s ago, 1 rev", text, re.M)
    server.download(VIDEO)
    assert status(socket)["storage"] == [] or status(socket)["storage"][0]["away"] is False


def test_it_answers_while_the_service_drains(start, socket, tree):
    server = start()
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    paused = Paused(server, large)
    server.signal(signal.SIGTERM)
    server.wait_for_event(lambda event: event["event"] == "draining")
    state = status(socket)
    assert state["state"] == "draining" and len(state["transfers"]) == 1
    paused.finish()
    assert server.wait() == 0 and not socket.exists()


def test_top_once(start, socket, tree):
    server = start()
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    paused = Paused(server, large)
    done = run_sluice("top", "--once", "--socket", socket)
    assert (done.returncode, done.stderr) == (0, "") and "large.mp4" in done.stdout and "\x1b" not in done.stdout
    done = run_sluice("top", "--once", "--json", "--socket", socket)
    assert done.returncode == 0 and len(json.loads(done.stdout)["transfers"]) == 1
    paused.connection.close()


def test_top_looks_again_and_ends_with_the_service(start, socket, tree):
    server = start()
    top = subprocess.Popen([BINARY, "top", "--json", "--interval", "1", "--socket", socket], env=environment(),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    looks = [json.loads(top.stdout.readline()) for _ in range(2)]
    assert looks[1]["uptime_s"] >= looks[0]["uptime_s"]
    server.stop()
    _, messages = top.communicate(timeout=20)
    assert top.returncode == 1 and "no service is running" in messages


def test_top_on_a_terminal_replaces_its_lines(start, socket):
    start()
    primary, secondary = pty.openpty()
    # A shell's background jobs ignore SIGINT, and so would a program that the tests start.
    top = subprocess.Popen([BINARY, "top", "--interval", "1", "--socket", socket], env=environment({"TERM": "xterm"}),
                           stdout=secondary, stderr=secondary,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    os.close(secondary)
    text, deadline = b"", time.monotonic() + 20
    while text.count(b"Transfers") < 2 and time.monotonic() < deadline:
        text += os.read(primary, 65536)
    top.send_signal(signal.SIGINT)
    assert top.wait(10) == -signal.SIGINT
    assert text.startswith(b"\x1b[2J") and text.count(b"\x1b[H") >= 2
    os.close(primary)


def drawn(picture):
    (metadata,) = ElementTree.parse(picture).getroot().findall("{http://www.w3.org/2000/svg}metadata")
    return json.loads(metadata.text)


@pytest.mark.parametrize("command", ["status", "top"])
def test_the_picture_shows_what_the_command_shows(command, start, socket, tree, tmp_path):
    server = start()
    server.reload({"control": {"socket": str(socket)}})
    large = tree.add(Lesson("large.mp4"), noise(LARGE))
    paused = Paused(server, large)
    for _ in range(3):
        server.get("/" + "a" * 9000)
    eventually(lambda: status(socket)["limits_reached"])
    done = subprocess.run([ROOT / "scripts/draw_terminal", "--seconds", "3", tmp_path / "drawn.svg", BINARY, command,
                           "--socket", socket], env=environment(), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert 'fill="#f2cc0c" font-weight="bold">target_bytes 3<' in (tmp_path / "drawn.svg").read_text(encoding="utf-8")
    ours, docs = (drawn(path) for path in (tmp_path / "drawn.svg", ROOT / f"docs/{command}.svg"))
    assert any("large.mp4" in line for line in ours)
    for pattern in (r"^[A-Z][a-z ]{2,11}(?= )", r"^ +AGE .*"):  # the labels, and the heading of the transfers
        assert [found[0] for line in docs if (found := re.search(pattern, line))] == [
            found[0] for line in ours if (found := re.search(pattern, line))]
    paused.connection.close()


def test_a_command_without_a_terminal_or_with_no_color_has_no_colours(start, socket, tmp_path):
    server = start()
    server.get("/" + "a" * 9000)
    eventually(lambda: status(socket)["limits_reached"])
    assert "\x1b" not in text_of(socket)
    done = subprocess.run([ROOT / "scripts/draw_terminal", tmp_path / "plain.svg", BINARY, "status", "--socket", socket],
                          env=environment({"NO_COLOR": "1"}), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "bold" not in (tmp_path / "plain.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["status", "top"])
def test_messages_when_there_is_no_answer(command, start, socket, tmp_path):
    more = ["--once"] if command == "top" else []
    empty = tmp_path / "empty.json"
    empty.write_text("{}")
    done = run_sluice(command, *more, "--config", empty)
    assert done.returncode == 1 and "control.socket is not set" in done.stderr
    done = run_sluice(command, *more, "--socket", socket)
    assert done.returncode == 1 and f"no service is running: nothing listens on {socket}" in done.stderr
    start()
    done = run_sluice(command, *more, "--socket", socket, prefix=as_user(STRANGER))
    assert done.returncode == 1 and done.stdout == ""
    assert "permission denied for the user games" in done.stderr and "run this command as root" in done.stderr


@pytest.mark.parametrize("value", ["0", "3601", "soon"])
def test_an_interval_that_makes_no_sense(value, socket):
    done = run_sluice("top", "--interval", value, "--socket", socket)
    assert done.returncode == 2 and "--interval must be 1 to 3600 seconds" in done.stderr


def test_a_process_that_does_not_run_is_named(start, socket):
    server = start()
    server.signal(signal.SIGSTOP)
    done = run_sluice("status", "--socket", socket)
    server.signal(signal.SIGCONT)
    assert done.returncode == 1 and "the service does not answer" in done.stderr


def test_the_socket_of_a_dead_process_is_replaced_and_that_of_a_live_one_is_not(start, socket, tmp_path):
    first = start()
    assert socket.stat().st_mode & 0o777 == 0o600
    done = run_sluice("serve", "--config", first.config_path, "--listen", "127.0.0.1:0",
                      "--set", f"media.root={tmp_path / 'media'}")
    assert done.returncode == 1 and str(socket) in done.stderr and "in use" in done.stderr
    check = ["config", "check", "--config", first.config_path, "--set", f"media.root={tmp_path / 'media'}"]
    assert "warning: control.socket: " in run_sluice(*check).stderr
    assert status(socket)["pid"] == first.process.pid
    first.process.kill()
    first.wait()
    assert socket.exists() and "control.socket" not in run_sluice(*check).stderr
    second = start()
    assert status(socket)["pid"] == second.process.pid


@pytest.mark.parametrize("path", ["relative/control", "/" + "x" * 200, "/run/"])
def test_a_path_that_no_socket_can_have(path):
    done = run_sluice("config", "check", "--set", f"control.socket={path}")
    assert done.returncode == 1 and "control.socket: must be an absolute path of at most 107 bytes" in done.stderr
