"""The command line as a whole: JSON, exit statuses, guesses, completion, where settings come from."""

import datetime
import json
import subprocess
import time

import pytest
from support.ids import VIDEO
from support.issuers import issuer_key, keys_file
from support.server import BINARY, run_sluice
from support.stores import SqliteStore
from support.tokens import SECRET, mint


@pytest.fixture
def store(tmp_path):
    return SqliteStore(tmp_path / "store.db").migrate()


def keyed(*arguments, **options):
    return run_sluice(*arguments, env={"SLUICE_SECRET": SECRET}, **options)


def answer(done, status=0):
    assert done.returncode == status, done
    return json.loads(done.stdout)


def test_every_list_check_and_inspection_has_json(store, tmp_path, tree):
    store.run("grant", "add", "--user", "anna", "--trainer", "t", "--course", "é", "--until", "2030-01-01")
    store.run("revoke", "user", "bert", "--reason", 'said "no"')
    where = ("--store", store.url)
    assert answer(run_sluice("grant", "list", "--json", *where)) == [
        {"user_id": "anna", "trainer_id": "t", "course_id": "é", "module_id": "", "lesson_id": "",
         "not_before": None, "not_after": "2030-01-01T00:00:00Z"}]
    assert answer(run_sluice("grant", "list", "--json", "--user", "nobody", *where)) == []
    (revoked,) = answer(run_sluice("revoke", "list", "--json", *where))
    assert (revoked["kind"], revoked["subject"], revoked["reason"]) == ("user", "bert", 'said "no"')
    checked = answer(run_sluice("store", "check", "--json", *where))
    assert checked["ok"] is True and checked["grants"] == 1 and checked["last_revocation"] == 1
    lost = answer(run_sluice("store", "check", "--json", "--store", tmp_path / "none/store.db"), 1)
    assert lost["ok"] is False and "No such file" in lost["cause"]

    keys = keys_file(tmp_path / "issuers.json", issuer_key("lms", types=["lesson"], rate=5)[1])
    (key,) = answer(run_sluice("key", "list", "--json", "--keys-file", keys))
    assert key == {"name": "lms", "id": key["id"], "state": "active", "types": ["lesson"], "trainers": [],
                   "max_ttl": None, "max_resume": None, "rate": 5, "trust": "entitled", "not_after": None,
                   "created_at": None}

    token = mint(VIDEO)
    seen = answer(run_sluice("token", "inspect", "--json", token))
    assert seen["verified"] is False and seen["claims"]["filename"] == VIDEO.filename
    assert answer(keyed("token", "verify", "--json", token)) == {"accepted": True, "media_checked": False}
    bad = answer(keyed("token", "verify", "--json", token[:-4] + "AAAA"), 1)
    assert bad["accepted"] is False and bad["code"] == "token_signature"
    why = ("token", "why", "--json", "--media-root", tree.root, "--url", VIDEO.target(), "--token")
    assert answer(keyed(*why, token))["status"] == 200
    assert answer(keyed(*why, "x"), 1)["status"] == 401
    check = ("config", "check", "--json", "--listen", "127.0.0.1:0", "--media-root")
    assert answer(keyed(*check, tree.root))["ok"] is True
    assert answer(keyed(*check, tmp_path / "none"), 1)["problems"][0]["where"] == "media.root"


def test_exit_statuses_have_one_rule(store, tmp_path):
    """0: yes or done; 1: no or failed; 2: the command line is not valid."""
    keys = ("--keys-file", tmp_path / "issuers.json")
    where = ("--store", store.url)
    run_sluice("key", "new", "lms", *keys)
    for status, command in (
        (0, ("key", "list", *keys)),
        (0, ("grant", "list", *where)),
        (0, ("help", "serve")),
        (1, ("key", "new", "lms", *keys)),  # it exists
        (1, ("key", "rotate", "nobody", *keys)),
        (1, ("key", "retire", "nobody", *keys)),
        (1, ("key", "list")),  # no file is configured
        (1, ("grant", "list")),  # no store is configured
        (1, ("grant", "remove", "--user", "x", "--trainer", "t", *where)),
        (1, ("revoke", "lift", "user", "x", *where)),
        (1, ("token", "verify", "x")),
        (1, ("config", "check")),
        (2, ("key", "new", "a b", *keys)),
        (2, ("key", "rotate", "lms", "--grace", "long", *keys)),
        (2, ("revoke", "token", "xx", *where)),
        (2, ("grant", "add", *where)),
        (2, ("serve", "here")),
        (2, ("completion", "csh")),
        (2, ("nonsense",)),
        (2, ()),
    ):
        done = run_sluice(*command)
        assert done.returncode == status, (command, done)
        assert status == 0 or done.stderr or command[0] == "token" or done.stdout, command
    assert "Exit status: 0 yes or done, 1 no or failed, 2" in run_sluice("help").stdout


def test_two_keys_of_one_name_are_told_apart(tmp_path):
    keys = ("--keys-file", tmp_path / "issuers.json")
    made = [run_sluice("key", *command, "lms", *keys) for command in (("new",), ("rotate",))]
    first, second = json.loads(run_sluice("key", "list", "--json", *keys).stdout)
    assert first["id"] != second["id"] and (first["state"], second["state"]) == ("ending", "active")
    for done, key in zip(made, (first, second), strict=True):
        assert f"(id {key['id']} in sluice key list)" in done.stderr
        age = time.time() - datetime.datetime.fromisoformat(key["created_at"].replace("Z", "+00:00")).timestamp()
        assert -2 <= age < 60
        assert f" id={key['id']} made {key['created_at']}" in run_sluice("key", "list", *keys).stdout
    retired = run_sluice("key", "retire", "lms", *keys)
    assert retired.stdout.startswith(f"lms: ended the keys {first['id']}, {second['id']}; 0 had ended before.")
    again = run_sluice("key", "retire", "lms", *keys)
    assert again.returncode == 0 and again.stdout == "lms: all of its keys (2) had ended before\n"
    assert {key["state"] for key in json.loads(run_sluice("key", "list", "--json", *keys).stdout)} == {"retired"}


def test_an_import_counts_what_changed(store):
    def table(end):
        return f"user_id,trainer_id,not_after\nanna,t,\nbert,t,{end}\n"

    first = store.run("grant", "import", "-", input=table("2030-01-01"))
    assert first == "2 grants imported: 2 new or changed, 0 as before\n"
    again = store.run("grant", "import", "-", input=table("2030-01-01"))
    assert again == "2 grants imported: 0 new or changed, 2 as before\n"
    changed = store.run("grant", "import", "-", input=table("2031-01-01"))
    assert changed == "2 grants imported: 1 new or changed, 1 as before\n"
    assert store.run("grant", "add", "--user", "anna", "--trainer", "t") == "granted already\n"


@pytest.mark.parametrize("text", ["xx", "", "a" * 15, "a\nb" * 8, f"{'a' * 20}.{'b' * 20}.{'c' * 20}"])
def test_what_cannot_be_a_jti_is_not_revoked(store, text):
    done = run_sluice("revoke", "token", "--store", store.url, "--", text)
    assert done.returncode == 2 and "jti" in done.stderr and "sluice token inspect" in done.stderr


@pytest.mark.parametrize(
    "guess,hint",
    [
        (("serve", "/srv/media"), "did you mean sluice serve --media-root DIR?"),
        (("config", "check", "/etc/sluice.json"), "did you mean sluice config check --config FILE?"),
        (("config", "print", "x.json"), "did you mean sluice config print --config FILE?"),
        (("key", "list", "issuers.json"), "did you mean sluice key list --keys-file FILE?"),
        (("store", "check", "sqlite:///x"), "did you mean sluice store check --store URL?"),
        (("grant", "list", "anna"), "did you mean sluice grant list --user ID?"),
        (("serve", "--port", "8080"), "did you mean --listen?"),
        (("serve", "--root", "/srv"), "did you mean --media-root?"),
        (("config", "check", "-c", "x.json"), "did you mean --config?"),
        (("start",), "did you mean sluice serve?"),
        (("check",), "did you mean sluice config check?"),
        (("mint",), "did you mean sluice token issue?"),
        (("sevre",), "did you mean serve?"),
    ],
)
def test_a_natural_guess_gets_the_right_words(guess, hint):
    done = run_sluice(*guess)
    assert done.returncode == 2 and hint in done.stderr, done.stderr


def test_the_version_has_three_flags():
    texts = {run_sluice(flag).stdout for flag in ("-v", "-V", "--version", "version")}
    assert len(texts) == 1 and texts.pop().startswith("sluice ")


def test_where_each_value_comes_from(tmp_path):
    config = tmp_path / "sluice.json"
    config.write_text('{"limits": {"connections": 100}, "threads": 2, "log": {"level": "debug"}}')
    done = run_sluice("config", "print", "--sources", "--config", config, "--log-level", "error",
                      env={"SLUICE_THREADS": "3"})
    rows = {path: (value, place) for path, value, place in (line.split("\t") for line in done.stdout.splitlines())}
    assert rows["limits.connections"] == ("100", str(config))
    assert rows["threads"] == ("3", "environment SLUICE_THREADS")
    assert rows["log.level"] == ('"error"', "--log-level")
    assert rows["limits.header_fields"] == ("64", "default")


def shell(program, script):
    done = subprocess.run([program, *(("-f",) if program == "zsh" else ()), "-c", script], capture_output=True,
                          encoding="utf-8", check=False, timeout=60)
    assert done.returncode == 0, done
    return done.stdout.splitlines()


WANTED = {
    "sluice ser": {"serve"},
    "sluice token ": {"issue", "inspect", "verify", "why"},
    "sluice token is": {"issue"},
    "sluice serve --med": {"--media-root"},
    "sluice serve --log-level ": {"debug", "info", "warning", "error"},
    "sluice grant list --js": {"--json"},
    "sluice completion ": {"bash", "zsh", "fish"},
}


@pytest.fixture
def script(tmp_path):
    def write(name):
        path = tmp_path / name
        path.write_text(run_sluice("completion", name).stdout)
        return path

    return write


def asked(line):
    """The words of a line, the last one possibly empty."""
    return line.split(" ")


def test_completion_of_bash(script):
    for line, wanted in {**WANTED, "sluice serve --set limits.conn": {
            "limits.connections=", "limits.connections_per_peer=", "limits.connection_rate="}}.items():
        words = " ".join(f"'{word}'" for word in asked(line))
        (found,) = shell("bash", f". {script('bash')}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1));"
                                 ' _sluice; echo "${COMPREPLY[*]}"')
        assert set(found.split()) - {"--help"} >= wanted, (line, found)
        assert all(word.startswith(asked(line)[-1]) for word in found.split()), (line, found)


def test_completion_of_zsh(script):
    for line, wanted in WANTED.items():
        words = " ".join(f"'{word}'" for word in asked(line))
        found = shell("zsh", "compdef() { :; }; compadd() { print -l -- $@; }; _files() { :; };"
                             f" . {script('zsh')}; words=({words}); CURRENT=$#words; _sluice")
        assert set(found) >= wanted, (line, found)


def test_completion_of_fish(script):
    for line, wanted in WANTED.items():
        found = {row.split("\t")[0] for row in shell("fish", f"source {script('fish')}; complete -C '{line}'")}
        assert found >= wanted, (line, found)


def test_completion_knows_every_command_and_flag(script):
    """Each script is made from the same table as the help."""
    texts = {name: script(name).read_text() for name in ("bash", "zsh", "fish")}
    for line in run_sluice("help").stdout.split("Commands:\n")[1].split("\n\n")[0].splitlines():
        name = line[2:].split("  ")[0]
        flags = [part.split()[0] for part in run_sluice("help", *name.split()).stdout.splitlines()
                 if part.startswith("  --")]
        for text in (texts["bash"], texts["zsh"]):
            row = next(row for row in text.splitlines() if row.startswith(f"    '{name}') "))
            assert all(flag in row for flag in flags), (name, row)
        for flag in flags:
            assert f"'__sluice_at {name}' -l {flag[2:]} " in texts["fish"]
    assert BINARY.exists()
