"""The table "Symptom, command, meaning" of docs/operations.md: the first command names the cause."""

import re
import time

import pytest
from support.ids import VIDEO
from support.server import ROOT, run_sluice
from support.stores import SqliteStore
from support.tokens import SECRET, mint
from support.waiting import eventually


def why(token, *more):
    return run_sluice("token", "why", "--url", VIDEO.target(), "--token", token, *more,
                      env={"SLUICE_SECRET": SECRET}).stdout


def rows():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = text.split("## Symptom, command, meaning", 1)[1].split("\n## ", 1)[0]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table.splitlines()
            if row.startswith("|")][2:]


def test_every_command_of_the_table_exists():
    named = set()
    for _, command, meaning in rows():
        assert meaning
        named |= set(re.findall(r"`sluice ([a-z]+ [a-z]+)", command))
    assert len(named) >= 7
    for command in named:
        assert run_sluice("help", *command.split()).returncode == 0, command


def test_a_revoked_token_is_explained_with_the_reason(tmp_path):
    store = SqliteStore(tmp_path / "store.db").migrate()
    where = ("--set", f"store.url={store.url}")
    token = mint(VIDEO)
    assert "no revocation covers it" in why(token, *where)
    for command in (("user", "trainer123"), ("key", "env")):
        store.run("revoke", *command, "--reason", "found on the street")
        said = why(token, *where)
        assert said.startswith("401: the token was revoked on ") and "found on the street" in said
        assert f"sluice revoke lift {' '.join(command)} ends the revocation" in said
        store.run("revoke", "lift", *command)
        assert "no revocation covers it" in why(token, *where)


def test_a_store_that_is_away_is_explained(tmp_path):
    assert why(mint(VIDEO), "--set", f"store.url=sqlite://{tmp_path}/none.db").startswith("503: the token is valid")


def test_a_wrong_clock_is_named():
    said = why(mint(VIDEO, iat=int(time.time()) + 600, exp=int(time.time()) + 1200))
    assert said.startswith("401: ") and "clocks" in said, said


def test_a_full_disk_is_named(start_server, tree):
    server = start_server(tree, arguments=["--access-log", "/dev/full"])
    assert server.download(VIDEO).status == 200
    event = server.wait_for_event(lambda event: event["event"] == "access_log_failed")
    assert event["cause"] == "No space left on device"


@pytest.mark.parametrize(
    "table,cause",
    [
        ("utilisateur;cours\nanna;c1\n", 'no such column "utilisateur"'),
        ("user_id;course_id;not_after\nanna;c1;31/12/2026\n", "no time"),
        ("user_id,course_id\nanna;c1\n", "-:2:"),
    ],
)
def test_a_spreadsheet_that_cannot_be_read_says_where_and_why(tmp_path, table, cause):
    store = SqliteStore(tmp_path / "store.db").migrate()
    said = store.fails("grant", "import", "-", input=table)
    assert cause in said and "nothing was imported" in said, said


def test_an_address_that_others_use_is_named(start_server, tree):
    server = start_server(tree)
    eventually(lambda: server.get("/healthz").status == 200)
    done = run_sluice("config", "check", "--media-root", tree.root, "--listen", server.host)
    assert "in use: by the running service, or by another process" in done.stderr
