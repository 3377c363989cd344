"""SIGHUP: the new configuration applies to the next requests, or the old one stays entirely in
force."""

import itertools
import os
import shutil
import signal
import time
from types import SimpleNamespace

import pytest
from support.checks import check_invalid_token, check_problem
from support.ids import COURSE_PRESENTATION, VIDEO, Lesson
from support.load import wrk
from support.paused import LARGE, Paused
from support.tokens import SECRET, decode, mint
from test_keys import NEW, OLD, key_file

ORIGIN = "https://app.example"


def allowed_origin(server, connection=None):
    asked = {"Origin": ORIGIN}
    answer = (connection or server).request("GET", "/healthz", asked)
    assert answer.status == 200
    return answer.get("Access-Control-Allow-Origin")


def test_a_connection_that_is_open_gets_the_new_configuration(start_server, tree):
    server = start_server(tree, config={})
    with server.connect() as kept:
        assert allowed_origin(server, kept) is None
        event = server.reload({"cors": {"allowed_origins": [ORIGIN]}, "limits": {"header_fields": 8}})
        assert event["changed"] == "cors.allowed_origins, limits.header_fields"
        assert ORIGIN not in server.stderr(), "names of settings, not values"
        assert allowed_origin(server, kept) == ORIGIN
        many = [(f"X-{i}", "1") for i in range(20)]
        assert kept.request("GET", "/healthz", many).status == 431
    assert server.reload({})["changed"] == "cors.allowed_origins, limits.header_fields"
    assert allowed_origin(server) is None


def test_a_request_that_has_begun_ends_by_what_it_began_with(start_server, tree):
    server = start_server(tree, config={})
    with server.connect() as half:
        half.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        time.sleep(0.3)  # it has been read
        server.reload({"limits": {"header_fields": 8}})
        half.send(b"".join(b"X-%d: 1\r\n" % i for i in range(20)) + b"\r\n")
        assert half.read().status == 200


def test_a_long_transfer_goes_on_and_ends_whole(start_server, tree):
    server = start_server(tree, config={})
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    transfer = Paused(server, large)
    for files in (0, 8, 16):  # three generations later
        server.reload({"media": {"rescan_interval": 1 + files}, "cache": {"files": files}})
    assert transfer.finish() == tree.content(large)


def test_keys_change_without_a_restart(start_server, tree, tmp_path):
    path = key_file(tmp_path, ("a", OLD))
    server = start_server(tree, arguments=["--key-file", path], env={})
    first = server.token(VIDEO)
    key_file(tmp_path, ("b", NEW), ("a", OLD))
    assert server.reload()["keys"] == "b, a"
    assert decode(server.token(VIDEO), NEW)[0]["kid"] == "b"
    assert server.download(VIDEO, token=first).status == 200
    key_file(tmp_path, ("b", NEW))
    assert server.reload()["keys"] == "b"
    check_invalid_token(server.download(VIDEO, token=first))
    assert NEW not in server.stderr() and OLD not in server.stderr()


def test_the_key_of_the_environment_outlives_a_reload(start_server, tree, tmp_path):
    server = start_server(tree, config={})
    assert server.reload({})["keys"] == "env"
    assert server.download(VIDEO, token=mint(VIDEO, SECRET)).status == 200
    path = key_file(tmp_path, ("b", NEW))
    assert server.reload({"tokens": {"key_file": str(path)}})["keys"] == "b, env"
    assert decode(server.token(VIDEO), NEW)[0]["kid"] == "b"
    assert server.download(VIDEO, token=mint(VIDEO, SECRET)).status == 200


def test_a_random_key_outlives_a_reload(start_server, tree):
    server = start_server(tree, config={}, env={})
    token = server.token(VIDEO)
    server.reload({"tokens": {"default_ttl": 60}})
    assert server.download(VIDEO, token=token).status == 200
    assert server.issue(VIDEO).json()["expires_in"] == 60


def test_a_layout_takes_effect(start_server, tree, tmp_path):
    server = start_server(tree, config={})
    assert server.download(COURSE_PRESENTATION).body == tree.content(COURSE_PRESENTATION)
    moved = tree.root / "moved" / COURSE_PRESENTATION.course / COURSE_PRESENTATION.filename
    moved.parent.mkdir(parents=True)
    moved.write_bytes(b"moved")
    layout = {"course": "moved/{course_id}/{filename}"}
    server.reload({"media": {"layout": layout}})
    token = mint(COURSE_PRESENTATION)
    assert server.download(COURSE_PRESENTATION, token=token).body == b"moved"
    # In the default layout this folder would be a trainer with the same course.
    shutil.rmtree(tree.root / "moved")
    server.reload({"media": {}})
    assert server.download(COURSE_PRESENTATION, token=token).body == tree.content(COURSE_PRESENTATION)


def test_the_log_level_takes_effect(start_server, tree):
    server = start_server(tree, config={})
    server.configure({"log": {"level": "error"}, "tokens": {"default_ttl": 60}})
    server.signal(signal.SIGHUP)
    deadline = time.monotonic() + 20
    while server.issue(VIDEO).json()["expires_in"] != 60:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    server.reload("{", outcome="reload_refused")
    assert [event["event"] for event in server.events()][-2:] == ["listening", "reload_refused"]
    server.reload({"log": {"level": "info"}})


REFUSED = [
    ("{", "the text ends too early"),
    ('{"limits": {"idle_timeuot": 5}}', "limits.idle_timeuot: no such setting"),
    ('{"tokens": {"default_ttl": 0}, "surprise": 1}', "surprise"),
    ('{"tokens": {"key_file": "/nowhere/keys"}}', "/nowhere/keys: cannot be opened"),
    ('{"tokens": {"default_ttl": 900, "max_ttl": 60}}', "must not exceed tokens.max_ttl"),
    ('{"media": {"layout": {"course": "{trainer_id}/x"}}}', "media.layout.course"),
]


@pytest.mark.parametrize("text,reason", REFUSED)
def test_a_bad_configuration_is_kept_out_whole(start_server, tree, text, reason):
    good = {"cors": {"allowed_origins": [ORIGIN]}}
    server = start_server(tree, config=good)
    event = server.reload(text, outcome="reload_refused")
    assert reason in event["reasons"]
    assert allowed_origin(server) == ORIGIN
    assert server.download(VIDEO).status == 200
    assert server.reload({})["changed"] == "cors.allowed_origins"


def test_what_cannot_be_had_is_kept_out(start_server, tree, tmp_path):
    link = tmp_path / "root"
    link.symlink_to(tree.root)
    server = start_server(SimpleNamespace(root=link), config={})
    link.unlink()
    change = {"media": {"rescan_interval": 1}, "cors": {"allowed_origins": [ORIGIN]}}
    assert str(link) in server.reload(change, outcome="reload_refused")["reasons"]
    assert allowed_origin(server) is None
    assert server.download(VIDEO).status == 200


def test_what_needs_a_restart_is_said_by_name_and_the_rest_applies(start_server, tree):
    server = start_server(tree, config={"threads": 2})
    event = server.reload({"threads": 3, "metrics": {"listen": "127.0.0.1:1"},
                           "cors": {"allowed_origins": [ORIGIN]}})
    assert event["changed"] == "cors.allowed_origins"
    waiting = [e for e in server.events() if e["event"] == "restart_needed"]
    assert waiting[0]["settings"] == "threads, metrics.listen"
    assert allowed_origin(server) == ORIGIN


def test_what_is_kept_and_what_is_new_are_judged_together(start_server, tree):
    """The new file is valid by itself, but its listeners require a restart, and with the existing
    listeners its issuer.mode would let everyone mint."""
    proxied = {"address": "127.0.0.1:0", "proxy_protocol": "v1"}
    server = start_server(tree, listen=None, config={
        "listeners": [{"address": "127.0.0.1:0"}, proxied], "issuer": {"mode": "auto"}})
    event = server.reload({"listeners": [{"address": "127.0.0.1:0"}], "issuer": {"mode": "local"}},
                          outcome="reload_refused")
    assert "proxy_protocol" in event["reasons"]
    assert server.issue(VIDEO).status == 403


def test_limits_of_connections_take_effect(start_server, tree):
    local = {"uncounted_peers": []}
    server = start_server(tree, config={"limits": local})
    with server.connect() as first:
        assert first.request("GET", "/healthz").status == 200
        server.reload({"limits": {**local, "connections_per_peer": 1}})
        assert "from your address" in check_problem(server.get("/healthz"), 503)["title"]
        server.reload({"limits": {**local, "connections": 1}})
        check_problem(server.get("/healthz"), 503)
        server.reload({"limits": local})
        assert server.get("/healthz").status == 200
        assert first.request("GET", "/healthz").status == 200


def test_reloads_under_load_fail_no_request(start_server, tree):
    configs = itertools.cycle([
        {"limits": {"header_bytes": 8192, "header_fields": 32}, "cache": {"files": 0}},
        {"cors": {"allowed_origins": ["*"]}, "media": {"rescan_interval": 5}},
        {"tokens": {"leeway": 7}, "limits": {"connections": 5000}},
        "{ not a configuration",
    ])
    server = start_server(tree, config={}, arguments=["--access-log", "off"])
    with wrk(server.base + VIDEO.target(), mint(VIDEO), seconds=4) as load:
        until = time.monotonic() + 3.5
        while time.monotonic() < until:
            config = next(configs)
            server.reload(config, "reload_refused" if isinstance(config, str) else "reloaded")
            time.sleep(0.05)
    load.assert_unharmed()


def test_a_signal_while_draining_does_not_cut(start_server, tree):
    server = start_server(tree, config={})
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    transfer = Paused(server, large)
    server.signal()
    server.wait_for_event(lambda event: event["event"] == "draining")
    server.signal(signal.SIGHUP)
    time.sleep(0.3)
    assert transfer.finish() == tree.content(large)
    assert server.wait() == 0
