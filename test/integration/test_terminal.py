"""The start of the service as a person reads it on a terminal, and as a program reads it from a pipe."""

import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest
from support.issuers import issuer_key, keys_file
from support.server import BINARY, environment

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_a_terminal(tree, config, *arguments, env=None, until="Ctrl-C", prefix=()):
    """The output of `serve` on a terminal until `until` is there, and its exit status after SIGINT."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [*prefix, BINARY, "serve", "--media-root", tree.root, "--config", config, *arguments],
        env=environment({"TERM": "xterm", **(env or {})}), stdout=subprocess.DEVNULL, stderr=secondary)
    os.close(secondary)
    text, deadline = b"", time.monotonic() + 20
    while until.encode() not in text and time.monotonic() < deadline:
        try:
            text += os.read(primary, 65536)
        except OSError:  # the other end is closed
            break
    process.send_signal(signal.SIGINT)
    try:
        while True:
            text += os.read(primary, 65536)
    except OSError:
        pass
    os.close(primary)
    return text.decode().replace("\r\n", "\n"), process.wait(20)


@pytest.fixture
def config(tmp_path):
    def write(**settings):
        path = tmp_path / "sluice.json"
        path.write_text(json.dumps({"listen": "127.0.0.1:0", **settings}))
        return path

    return write


def test_a_person_reads_what_serves_and_what_is_off(config, tree):
    text, status = on_a_terminal(tree, config(), "--dev", env={"NO_COLOR": "1"})
    assert status == 0 and "\x1b" not in text and "{" not in text, text
    rows = dict(re.findall(r"^  (\w+) +(\S.*)$", text, re.M))
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", rows["serving"])
    assert rows["media"] == f"{tree.root}: 1 course of 1 trainer"
    assert rows["keys"].startswith("a random key for this run: set tokens.key_file")
    assert rows["tokens"] == "this machine (for development)"
    assert rows["store"].startswith("off: ") and rows["store"].endswith("set store.url")
    assert rows["page"] == "off: set web.root"
    assert "/metrics on the same address" in rows["metrics"]
    assert re.search(r"^Sluice \d+\.\d+\.\d+$", text, re.M)
    assert re.search(r'^\d\d:\d\d:\d\d warning issuer_local  notice="', text, re.M)


def test_a_configured_service_shows_its_parts(config, tree, tmp_path):
    keys = keys_file(tmp_path / "issuers.json", issuer_key()[1])
    secret = {"SLUICE_SECRET": "s" * 32, "NO_COLOR": "1"}
    text, _ = on_a_terminal(
        tree, config(issuer={"keys_file": str(keys)}, store={"url": f"sqlite://{tmp_path}/store.db"},
                     metrics={"listen": "127.0.0.1:0"}, log={"access": "off"}), env=secret)
    rows = dict(re.findall(r"^  (\w+) +(\S.*)$", text, re.M))
    assert rows["tokens"] == f"back ends with a key of {keys}"
    assert rows["keys"] == "signed with env (SLUICE_SECRET)"
    assert rows["store"] == f"sqlite://{tmp_path}/store.db"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/metrics", rows["metrics"])
    assert rows["log"] == "off: set log.access"
    assert "s" * 32 not in text


def test_warnings_have_a_colour_unless_no_color_is_set(config, tree):
    for env, coloured in (({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        text, _ = on_a_terminal(tree, config(), "--dev", env=env)
        assert ("\x1b[1;33mwarning\x1b[0m" in text) == coloured, (env, text)
        assert " warning issuer_local" in COLOUR.sub("", text)


def test_in_a_pipe_it_is_json(start_server, tree):
    server = start_server(tree)
    server.stop()
    lines = server.stderr().splitlines()
    assert lines and all(json.loads(line)["event"] for line in lines)
