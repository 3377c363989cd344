"""Minting with a store: owners and holders of grants are accepted; without the store, no grant
is."""

import concurrent.futures
import time
from urllib.parse import quote

import pytest
from support.checks import check_refusal
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, TOKEN_ROUTE, VIDEO, Lesson
from support.server import run_sluice
from support.stores import PostgresStore
from support.waiting import eventually

OTHER = Lesson("Video.mp4", module="another")


def status(server, media, user):
    return server.issue(media, user).status


def test_owners_need_no_grant(start_server, tree, store):
    server = start_server(tree, config=store.config())
    eventually(lambda: server.get("/readyz").status == 200)
    assert status(server, VIDEO, "trainer123") == 200
    check_refusal(server.issue(VIDEO, "anna"), 403, "not-entitled")


@pytest.mark.parametrize(
    "target, covered",
    [
        ({"trainer": "trainer123"}, (VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION)),
        ({"course": "course456"}, (VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION)),
        (
            {"trainer": "trainer123", "course": "course456", "module": "module789"},
            (VIDEO, MODULE_PRESENTATION),
        ),
        ({"course": "course456", "module": "module789", "lesson": "lesson001"}, (VIDEO,)),
        ({"trainer": "somebody"}, ()),
        ({"trainer": "trainer123", "course": "other"}, ()),
    ],
)
def test_what_a_grant_covers(start_server, tree, store, target, covered):
    store.migrate().grant("anna", **target)
    server = start_server(tree, config=store.config())
    eventually(lambda: server.get("/readyz").status == 200)
    for media in (VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION):
        answer = server.issue(media, "anna")
        if media in covered:
            assert answer.status == 200, (target, media, answer)
            assert server.download(media, token=answer.json()["token"]).status == 200
        else:
            check_refusal(answer, 403, "not-entitled")
        assert status(server, media, "bert") == 403


def test_changes_are_seen_by_every_node(start_server, tree, store):
    # Without the notification of the change, the cached answer would outlast the test.
    nodes = [
        start_server(tree, config=store.config(cache_lifetime_ms=60000)) for _ in range(2)
    ]
    for node in nodes:
        eventually(lambda node=node: node.get("/readyz").status == 200)
        assert status(node, VIDEO, "anna") == 403
    store.grant("anna", course="course456")
    for node in nodes:
        eventually(lambda node=node: status(node, VIDEO, "anna") == 200)
    store.run("grant", "remove", "--user=anna", "--course=course456")
    for node in nodes:
        eventually(lambda node=node: status(node, VIDEO, "anna") == 403)
    store.sql("INSERT INTO sluice_grants (user_id, trainer_id) VALUES ('anna', 'trainer123')")
    for node in nodes:
        eventually(lambda node=node: status(node, VIDEO, "anna") == 200)


def test_windows_open_and_close(start_server, tree, store):
    now = int(time.time())
    store.migrate()
    store.grant("past", course="course456", until=now)
    store.grant("future", course="course456", **{"from": now + 3600})
    store.grant("soon", course="course456", **{"from": now + 3})
    store.grant("now", course="course456", **{"from": now, "until": now + 3600})
    server = start_server(tree, config=store.config(cache_lifetime_ms=60000))
    eventually(lambda: server.get("/readyz").status == 200)
    assert [status(server, VIDEO, user) for user in ("past", "future", "now")] == [403, 403, 200]
    eventually(lambda: status(server, VIDEO, "soon") == 200)
    assert time.time() >= now + 3


def test_absent_media_stays_a_secret(start_server, tree, store):
    store.migrate().grant("anna", course="course456", module="module789")
    server = start_server(tree, config=store.config())
    eventually(lambda: server.get("/readyz").status == 200)
    check_refusal(server.issue(OTHER, "anna"), 403, "not-entitled")
    check_refusal(server.issue(Lesson("absent.mp4"), "anna"), 404, "media-not-found")
    check_refusal(server.issue(Lesson("absent.mp4"), "bert"), 403, "not-entitled")


def test_row_5_ids_are_never_statements(start_server, tree, store):
    store.migrate().grant("anna", course="course456")
    server = start_server(tree, config=store.config())
    eventually(lambda: server.get("/readyz").status == 200)
    for user in ("' OR '1'='1", "anna'; DROP TABLE sluice_grants; --", '" OR ""="', "anna%", "$1"):
        query = f"type=course&course_id=course456&filename=presentation.mp4&user_id={quote(user)}"
        check_refusal(server.get(f"{TOKEN_ROUTE}?{query}"), 403, "not-entitled")
        store.run("grant", "add", f"--user={user}", f"--course={user}")
        assert user in store.run("grant", "list", f"--user={user}").replace('""', '"')
    assert status(server, VIDEO, "anna") == 200


def test_import_is_all_or_nothing(store):
    store.migrate()
    table = "user_id,course_id,not_after\nanna,c1,2030-01-01\nbert,c2,\n"
    assert store.run("grant", "import", "-", input=table) == "2 grants imported: 2 new or changed, 0 as before\n"
    before = store.run("grant", "list")
    assert store.run("grant", "import", "-", input=table) == "2 grants imported: 0 new or changed, 2 as before\n"
    assert store.run("grant", "list") == before
    assert store.run("grant", "import", "-", input=before) == "2 grants imported: 0 new or changed, 2 as before\n"
    for text, where in (
        ("user_id,course_id\nxenia,c1\nyves,a/b\n", "-:3:6: course_id"),
        ("user_id,course_id\nxenia,c1\n,c2\n", "-:3:1: user_id is needed"),
        ("user_id,course_id\nxenia,c1,more\n", "-:2:10: the line has 3 fields"),
        ("user_id,cuorse_id\nxenia,c1\n", "-:1:9: no such column"),
        ('user_id,course_id\nxenia,"c1\n', "-:2:7: the closing quote of a field is missing"),
        ("user_id,course_id,not_after\nxenia,c1,soon\n", "-:2:10: no time"),
        ("", "-:1:1: the file is empty"),
    ):
        said = store.fails("grant", "import", "-", input=text)
        assert where in said and "nothing was imported" in said, said
    assert store.run("grant", "list") == before


def test_import_reads_a_french_spreadsheet(store):
    store.migrate()
    table = "\ufeffuser_id;course_id;not_after\r\nzoé;c1;2030-01-01\r\nbert;c2;\r\n"
    assert store.run("grant", "import", "-", input=table) .startswith("2 grants imported: 2 new")
    assert "zoé,,c1,,,,2030-01-01T00:00:00Z" in store.run("grant", "list")
    said = store.fails("grant", "import", "-", input="user_id;cours\nzoé;c1\n")
    assert '-:1:9: no such column "cours"' in said and 'separated by ";"' in said, said


def test_constraint_of_the_schema_speaks(store):
    store.migrate()
    with pytest.raises(Exception, match="lesson_lies_in_module"):
        store.sql(
            "INSERT INTO sluice_grants (user_id, course_id, lesson_id) VALUES ('u', 'c', 'l')"
        )


def test_hot_query_uses_the_key(store):
    store.migrate()
    query = (
        "SELECT not_before, not_after FROM sluice_grants WHERE user_id = 'u'"
        " AND trainer_id IN ('', 't') AND course_id IN ('', 'c')"
        " AND module_id IN ('', 'm') AND lesson_id IN ('', 'l')"
    )
    values = ",".join(f"('u{i}', 't', 'c{i % 7}')" for i in range(5000))
    store.sql(f"INSERT INTO sluice_grants (user_id, trainer_id, course_id) VALUES {values}")
    store.sql("ANALYZE sluice_grants")
    if store.url.startswith("sqlite"):
        plan = str(store.sql("EXPLAIN QUERY PLAN " + query))
        assert "USING PRIMARY KEY" in plan and "SCAN" not in plan, plan
    else:
        plan = store.sql("EXPLAIN " + query)
        assert "sluice_grants_pkey" in plan and "Seq Scan" not in plan, plan


def test_store_away_fails_closed(start_server, tree, postgres):
    """Kills PostgreSQL under mint load, twice: no wrong response, downloads continue, and minting
    recovers by itself."""
    store = PostgresStore(postgres)
    store.migrate().grant("anna", course="course456")
    server = start_server(tree, config=store.config())
    eventually(lambda: server.get("/readyz").status == 200)
    token = server.token(VIDEO, "anna")
    stop = time.monotonic() + 6
    seen = {"anna": set(), "bert": set()}

    def mint(user):
        while time.monotonic() < stop:
            answer = server.issue(VIDEO, user)
            if answer.status == 503:
                assert int(answer.get("Retry-After")) >= 1
            seen[user].add(answer.status)

    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(mint, user) for user in ("anna", "bert", "anna", "bert")]
        for _ in range(2):
            time.sleep(0.5)
            postgres.kill()
            for _ in range(5):
                assert server.download(VIDEO, token=token).status == 200
                assert server.issue(VIDEO, "trainer123").status == 200  # owners need no store
                time.sleep(0.05)
            postgres.start()
        for each in asked:
            each.result()
    assert seen["anna"] <= {200, 503} and seen["bert"] <= {403, 503}, seen
    assert 503 in seen["anna"] | seen["bert"]
    eventually(lambda: status(server, VIDEO, "anna") == 200)
    assert status(server, VIDEO, "bert") == 403
    assert server.get("/readyz").status == 200
    eventually(lambda: "store_recovered" in server.stderr())


def test_passwords_stay_out_of_the_settings():
    for arguments in (["config", "check"], ["serve"], ["config", "print"]):
        done = run_sluice(*arguments, "--set", "store.url=postgresql://sluice:hunter2@db/sluice")
        assert done.returncode != 0
        assert "PGPASSFILE" in done.stderr and "hunter2" not in done.stdout + done.stderr
