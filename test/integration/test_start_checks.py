"""`config check` names every way in which `serve` cannot start, in the same words. The rows of the table "Every way a start
can fail" in docs/operations.md are the cases here."""

import json
import os
import re
import socket
import subprocess

import pytest
from support import certificates
from support.ability import unable
from support.issuers import issuer_key, keys_file
from support.server import ROOT, run_sluice
from support.users import STRANGER, as_user, open_folder


def file_at(path, text="", mode=0o644):
    path.write_text(text)
    path.chmod(mode)
    return path


def pair(place, **changes):
    certificate, key = certificates.make(place / "pem")
    listener = {"address": "127.0.0.1:0", "certificate": str(certificate), "key": str(key)}
    return {"listeners": [{**listener, **{name: str(value) for name, value in changes.items()}}]}


def newer_store(place):
    path = place / "newer.db"
    assert run_sluice("store", "migrate", "--store", path).returncode == 0
    subprocess.run(["/usr/bin/python3", "-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]);"
                    "c.execute('update sluice_meta set value=99'); c.commit()", path], check=True)
    return path


# name in the table: a function of a folder -> (settings, the setting that is named, a part of the cause)
BUCKET = {"endpoint": "http://127.0.0.1:1", "bucket": "vod"}  # no store is there
CASES = {
    "settings": lambda place: ({"threads": "many"}, "threads", "must be"),
    "signing keys": lambda place: (
        {"tokens": {"key_file": str(place / "none.json")}}, "none.json", "cannot be opened"),
    "media: no such directory": lambda place: (
        {"media": {"root": str(place / "none")}}, "media.root", "cannot be opened: No such file"),
    "media: not a directory": lambda place: (
        {"media": {"root": str(file_at(place / "file"))}}, "media.root", "Not a directory"),
    "object store: no credentials": lambda place: (
        {"media": {"root": "", "origins": [{"s3": {**BUCKET, "credentials_file": str(place / "none")}}]}},
        "media.origins[0].s3.credentials_file", "cannot be opened"),
    "page: no such directory": lambda place: ({"web": {"root": str(place / "none")}}, "web.root", "No such file"),
    "page: no index.html": lambda place: ({"web": {"root": str(place)}}, "web.root", "index.html"),
    "logs: no such directory": lambda place: (
        {"log": {"access": str(place / "none/access.log")}}, "log.access", "the directory"),
    "logs: not a file": lambda place: ({"log": {"audit": str(place)}}, "log.audit", "Is a directory"),
    "certificates: no such file": lambda place: (
        pair(place, certificate=place / "none.pem"), "listeners[0]", "none.pem"),
    "certificates: not a certificate": lambda place: (
        pair(place, certificate=file_at(place / "x.pem", "x")), "listeners[0]", "x.pem"),
    "certificates: another key": lambda place: (
        pair(place, key=certificates.make(place / "other")[1]), "listeners[0]", "does not match"),
    "certificates: a key that others can read": lambda place: (
        pair(place, key=file_at(place / "open.key", "x", 0o644)), "listeners[0]", "chmod 600"),
    "issuer keys": lambda place: (
        {"issuer": {"keys_file": str(place / "none.json")}}, "none.json", "cannot be opened"),
    "issuer keys: session tokens": lambda place: (
        {"issuer": {"jwt": {"key_file": str(file_at(place / "jwks.json", "{"))}}}, "jwks.json", ""),
    "addresses: not of this machine": lambda place: (
        {"listen": "192.0.2.1:8080"}, "listen", "Cannot assign requested address"),
    "addresses: no such directory": lambda place: (
        {"listen": f"unix:{place}/none/s.sock"}, "listen", "No such file"),
    "addresses: another file": lambda place: (
        {"listen": f"unix:{file_at(place / 'file')}"}, "listen", "File exists"),
    "addresses: of the metrics": lambda place: (
        {"metrics": {"listen": "192.0.2.1:9464"}}, "metrics.listen", "Cannot assign requested address"),
    "addresses: of the control socket": lambda place: (
        {"control": {"socket": f"{place}/none/control"}}, "control.socket", "No such file"),
}


@pytest.fixture
def tmp_path():
    """Every folder of these tests is open to other users."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def place(tmp_path, tree):
    """A folder with a media tree."""
    assert tree.root == tmp_path / "media"
    return tmp_path


def written(place, settings):
    """A configuration file that works, with `settings` in it."""
    good = {"listen": "127.0.0.1:0", "media": {"root": str(place / "media")}, "log": {"access": "off"}}
    config = place / "sluice.json"
    if "listeners" in settings:
        good.pop("listen")
    config.write_text(json.dumps({**good, **settings}))
    return "--config", config


def check(place, settings, *more, prefix=()):
    return run_sluice("config", "check", *written(place, settings), *more, prefix=prefix)


def test_the_base_of_these_tests_is_good(place):
    done = check(place, {})
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr


@pytest.mark.parametrize("name", CASES)
def test_config_check_names_what_keeps_serve_from_starting(name, place):
    settings, where, cause = CASES[name](place)
    checked = check(place, settings)
    assert checked.returncode == 1 and checked.stdout == "", checked
    lines = [line for line in checked.stderr.splitlines() if where in line and cause in line]
    assert len(lines) == 1, checked.stderr
    served = run_sluice("serve", *written(place, settings))
    assert served.returncode == 1 and lines[0] in served.stderr, served.stderr


def test_all_faults_are_named_at_once(place):
    settings = {"media": {"root": str(place / "none")}, "web": {"root": str(place / "none")},
                "log": {"access": str(place / "none/a.log"), "audit": str(place)},
                "listen": "192.0.2.1:80", "store": {"url": f"sqlite://{place}/none/store.db"}}
    for done in (check(place, settings), run_sluice("serve", *written(place, settings))):
        for where in ("media.root: ", "web.root: ", "log.access: ", "log.audit: ", "listen: "):
            assert where in done.stderr, done.stderr
    assert "store.url: " in check(place, settings).stderr


UNREADY = {
    "store: no such directory": lambda place: f"sqlite://{place}/none/store.db",
    "store: not a store": lambda place: f"sqlite://{file_at(place / 'text', 'x' * 5000)}",
    "store: used by a newer sluice": lambda place: f"sqlite://{newer_store(place)}",
    "store: no server": lambda place: "postgresql://127.0.0.1:1/sluice",
}


@pytest.mark.parametrize("name", UNREADY)
def test_a_store_that_would_keep_the_service_from_being_ready(name, place, start_server, tree):
    url = UNREADY[name](place)
    done = check(place, {"store": {"url": url}})
    assert done.returncode == 1 and "store.url: " in done.stderr, done.stderr
    assert "answers 503 until it can read the store" in done.stderr
    server = start_server(tree, config={"store": {"url": url}})
    assert server.get("/readyz").status == 503


def test_a_store_that_does_not_exist_yet_is_good(place):
    settings = {"store": {"url": f"sqlite://{place}/store.db"}}
    assert check(place, settings).returncode == 0 and not (place / "store.db").exists()
    manual = check(place, {"store": {**settings["store"], "migrate": "manual"}})
    assert manual.returncode == 1 and "run sluice store migrate" in manual.stderr


def test_an_address_in_use_is_a_warning(place):
    """The running service may use it."""
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.socket(socket.AF_UNIX) as local:
        local.bind(str(place / "s.sock"))
        local.listen()
        for address in ("127.0.0.1:%d" % taken.getsockname()[1], f"unix:{place}/s.sock"):
            settings = {"listen": address, "issuer": {"mode": "none"}}
            done = check(place, settings)
            assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr
            assert "warning: listen: cannot listen on" in done.stderr and "in use" in done.stderr
            assert run_sluice("serve", *written(place, settings)).returncode == 1


def test_a_certificate_that_has_expired_is_a_warning(place):
    settings = pair(place)
    certificates.expire(settings["listeners"][0]["certificate"], settings["listeners"][0]["key"])
    done = check(place, settings)
    assert done.returncode == 0 and "warning: listeners[0]: " in done.stderr and "expired on" in done.stderr


def test_what_only_another_user_may_do_is_named(place):
    """The check is the service's, so it is made with the rights of the user who runs it."""
    if os.geteuid() != 0:
        unable("takes root to have files of other users")
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    done = check(place, {"media": {"root": str(closed)}, "log": {"access": str(place / "a.log")},
                         "store": {"url": f"sqlite://{place}/store.db"}}, prefix=as_user(STRANGER))
    assert f"media.root: {closed} cannot be opened: Permission denied for the user games" in done.stderr
    assert "log.access: " in done.stderr and "it belongs to root:root" in done.stderr
    assert "store.url: " in done.stderr


def test_the_check_changes_nothing(place):
    key, entry = issuer_key()
    settings = {"log": {"access": str(place / "new.log"), "audit": str(file_at(place / "old.log", "line\n"))},
                "listen": f"unix:{place}/s.sock", "store": {"url": f"sqlite://{place}/store.db"},
                "issuer": {"keys_file": str(keys_file(place / "issuers.json", entry))}}
    before = sorted(place.rglob("*"))
    written(place, settings)
    assert check(place, settings).returncode == 0
    assert sorted({*place.rglob("*")} - {place / "sluice.json"}) == before
    assert (place / "old.log").read_text() == "line\n"


def test_in_json(place):
    good = json.loads(check(place, {}, "--json").stdout)
    assert good["ok"] is True and good["problems"] == [] and good["notes"]
    bad = check(place, {"media": {"root": str(place / "none")}}, "--json")
    found = json.loads(bad.stdout)
    assert bad.returncode == 1 and found["ok"] is False
    assert [problem["where"] for problem in found["problems"]] == ["media.root"]


def test_every_row_of_the_table_is_tested():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = text.split("### Every way a start can fail", 1)[1].split("\n##", 1)[0]
    rows = set(re.findall(r"^\| ([a-z ]+) \|", table, re.MULTILINE)) - {"what"}
    tested = {name.split(":")[0] for name in (*CASES, *UNREADY)}
    assert rows == tested
    source = (ROOT / "app/start/start_checks.cpp").read_text(encoding="utf-8")
    assert set(re.findall(r'start_check\{"([a-z ]+)"', source)) <= rows
