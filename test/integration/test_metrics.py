"""The content of a scrape, checked by Prometheus' own tool."""

import json
import os
import subprocess

from support.ids import COURSE_PRESENTATION, VIDEO, Lesson
from support.media import noise
from support.metrics import parse, scrape, scrape_until
from support.paused import LARGE, Paused
from support.stores import PostgresStore, SqliteStore
from support.tokens import mint
from support.wire import request_bytes


def some_traffic(server, tree):
    """Some requests of each kind: tokens, whole and partial downloads, rejected requests."""
    large = tree.add(Lesson("large.mp4"), noise(1 << 20))
    server.download(VIDEO)
    server.download(large)
    server.download(large, {"Range": "bytes=5-9"})
    server.download(COURSE_PRESENTATION, method="HEAD")
    server.get(VIDEO.target())
    server.ask("type=lesson")
    server.get("/nowhere")


def test_promtool_has_no_objection(start_server, tree, tmp_path):
    server = start_server(tree, config=SqliteStore(tmp_path / "store.db").config())
    scrape_until(server, lambda values: values["sluice_store_followed"] == 1)
    some_traffic(server, tree)
    text = server.get("/metrics").body
    result = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    assert result.returncode == 0 and result.stderr == b"", result
    parse(text.decode())


def test_histograms_count_downloads_and_tokens(start_server, tree):
    server = start_server(tree)
    some_traffic(server, tree)
    values = scrape(server)
    assert values["sluice_mint_duration_seconds_count"] == 4
    assert values["sluice_tokens_issued_total"] == 4
    assert values["sluice_transfer_duration_seconds_count"] == 4
    assert values["sluice_first_byte_duration_seconds_count"] == 4
    assert values["sluice_transfer_bytes_per_second_count"] == 1
    assert 0 < values["sluice_first_byte_duration_seconds_sum"]
    assert (
        values["sluice_first_byte_duration_seconds_sum"]
        <= values["sluice_transfer_duration_seconds_sum"]
    )


def test_file_cache_is_counted(start_server, tree):
    server = start_server(tree, arguments=["--threads", "1"])
    for _ in range(3):
        server.download(VIDEO, token=mint(VIDEO))
    values = scrape(server)
    hits = values["sluice_file_cache_hits_total"]
    misses = values["sluice_file_cache_misses_total"]
    assert hits + misses == 3 and misses >= 1


def test_connections_are_counted_by_what_they_wait_for(start_server, tree):
    server = start_server(tree)
    large = tree.add(Lesson("large.mp4"), noise(1024) * (LARGE // 1024))

    def in_state(values, state):
        return values[f'sluice_connections{{state="{state}"}}']

    before = scrape_until(server, lambda v: in_state(v, "lingering") == 0)
    assert in_state(before, "writing") == 0
    with server.connect() as idle, server.connect() as reading:
        assert idle.request("GET", "/healthz").status == 200
        reading.send(b"GET /healthz HT")
        paused = Paused(server, large)
        values = scrape_until(
            server,
            lambda v: in_state(v, "reading") == 1
            and in_state(v, "writing") == 1
            and in_state(v, "idle") == 2,
        )  # the other idle one is the scrape's own
        assert values["sluice_transfers_active"] == 1
        paused.close()
    values = scrape_until(server, lambda v: v["sluice_connections_open"] == 1)
    assert values["sluice_transfers_active"] == 0
    states = [value for key, value in values.items() if key.startswith("sluice_connections{")]
    assert sum(states) == 1


def test_labels_never_name_a_user_a_file_or_a_token(start_server, tree):
    server = start_server(tree)
    media = tree.add(Lesson("Unmistakable.mp4", trainer="trainerX77"), b"x")
    token = server.token(media, "trainerX77")
    server.download(media, token=token)
    server.get(media.target())
    with server.connect() as connection:
        connection.send(request_bytes("GET", "/secretpath?q=querytext", {"X-A": "fieldtext"}))
        connection.read()
    text = server.get("/metrics").body.decode()
    for word in ("Unmistakable", "trainerX77", "course456", "secretpath", "querytext", "fieldtext"):
        assert word not in text
    assert len(text) < 64 * 1024


def test_downloads_are_counted_by_trainer(start_server, tree):
    """Those with the most traffic have series; what is rejected makes none, nor does a trainer who is not known."""
    server = start_server(tree, config={"metrics": {"by_trainer": 2}}, arguments=["--threads", "1"])
    sizes, ended = {"one": 3000, "two": 2000, "three": 1000}, 0
    for trainer, size in sizes.items():
        media = tree.add(Lesson("v.mp4", trainer=trainer, course=f"course of {trainer}"), noise(size))
        token = mint(media)
        assert server.download(media, token=token).status == 200
        assert server.download(media, {"Range": "bytes=0-99"}, token).status == 206
        assert server.download(media, {"Range": "bytes=9000-"}, token).status == 416
        assert server.get(Lesson("v.mp4", trainer="stranger").target()).status == 401
        missing = Lesson("missing.mp4", trainer=trainer)
        assert server.download(missing, token=mint(missing)).status == 404
        ended += 2
        scrape_until(server, lambda now, ended=ended: ended == sum(
            value for name, value in now.items() if "trainer" in name and "downloads_total" in name))
    course = server.download(COURSE_PRESENTATION, token=mint(COURSE_PRESENTATION))
    assert course.status == 200  # without an owner, like those of server.py
    values = scrape_until(server, lambda now: now["sluice_other_trainers_downloads_total"] == 3)
    ours = {name: value for name, value in values.items() if "trainer" in name}
    assert ours.pop("sluice_other_trainers_delivered_bytes_total") > 1100
    assert ours == {
        'sluice_trainer_downloads_total{trainer="one"}': 2, 'sluice_trainer_downloads_total{trainer="two"}': 2,
        'sluice_trainer_delivered_bytes_total{trainer="one"}': 3100,
        'sluice_trainer_delivered_bytes_total{trainer="two"}': 2100, "sluice_other_trainers_downloads_total": 3}
    server.stop()
    assert all("trainer_id" not in line for line in server.access_log())  # log.access_fields has not asked for it


def test_a_presentation_counts_for_the_trainer_of_its_token(start_server, tree):
    server = start_server(tree, config={"metrics": {"by_trainer": 100}}, arguments=["--access-log", "off"])
    server.download(COURSE_PRESENTATION)
    scrape_until(server, lambda now: now.get('sluice_trainer_downloads_total{trainer="trainer123"}') == 1)


def test_no_trainer_has_a_series_unless_asked_for(start_server, tree):
    server = start_server(tree)
    some_traffic(server, tree)
    assert not [name for name in scrape(server) if "trainer" in name]


def test_process_and_build(start_server, tree):
    server = start_server(tree)
    values = scrape(server)
    assert values["process_open_fds"] > 3
    assert values["process_resident_memory_bytes"] > 1e6
    assert values["sluice_ephemeral_key"] == 0
    build = [key for key in values if key.startswith("sluice_build_info{")]
    assert len(build) == 1 and 'version="' in build[0]


def test_ephemeral_key_is_told(start_server, tree):
    server = start_server(tree, env={})
    assert scrape(server)["sluice_ephemeral_key"] == 1


def write_keys(path, *kids):
    keys = [{"kid": kid, "secret": kid * 44} for kid in kids]
    path.write_text(json.dumps({"keys": keys}))
    path.chmod(0o600)


def test_the_age_of_keys_is_that_of_the_file_in_force(start_server, tree, tmp_path):
    path = tmp_path / "keys.json"
    write_keys(path, "A")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    server = start_server(tree, config={"tokens": {"key_file": str(path)}}, env={})
    values = scrape(server)
    assert values["sluice_keys"] == 1
    assert values["sluice_keys_written_timestamp_seconds"] == 1_700_000_000
    write_keys(path, "B", "A")
    os.utime(path, (1_700_086_400, 1_700_086_400))
    server.reload()
    values = scrape(server)
    assert values["sluice_keys"] == 2
    assert values["sluice_keys_written_timestamp_seconds"] == 1_700_086_400


def test_nodes_with_the_same_keys_have_the_same_fingerprint(start_server, tree, tmp_path):
    def fingerprint(*kids, **times):
        path = tmp_path / f"keys{len(list(tmp_path.glob('keys*')))}.json"
        write_keys(path, *kids)
        content = json.loads(path.read_text())
        content["keys"][0].update(times)
        path.write_text(json.dumps(content))
        server = start_server(tree, config={"tokens": {"key_file": str(path)}}, env={})
        value = scrape(server)["sluice_keys_fingerprint"]
        server.stop()
        return value

    same = fingerprint("A", "B")
    assert fingerprint("A", "B") == same
    others = [fingerprint("A"), fingerprint("B", "A"), fingerprint("A", "C"),
              fingerprint("A", "B", not_before=1)]
    assert len({same, *others}) == 5


def test_a_store_that_is_away_is_told_before_anybody_asks_it(start_server, tree, postgres):
    store = PostgresStore(postgres).migrate()
    store.run("revoke", "token", "the-token-0123456789")
    server = start_server(tree, config=store.config(timeout_ms=500))
    scrape_until(server, lambda v: v["sluice_store_followed"] == 1 and v["sluice_revocations"] == 1)
    postgres.kill()
    try:
        values = scrape_until(server, lambda v: v["sluice_store_followed"] == 0)
        assert values["sluice_revocations"] == 1
        before = values["sluice_store_errors_total"]
        assert server.issue(VIDEO, "anna").status == 503
        values = scrape(server)
        assert values["sluice_store_errors_total"] == before + 1
        assert values["sluice_store_duration_seconds_count"] >= 1
    finally:
        postgres.start()
    scrape_until(server, lambda v: v["sluice_store_followed"] == 1)
