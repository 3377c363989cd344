"""Three nodes with PostgreSQL behind HAProxy, as in deploy/: restarted, reloaded, killed, and given
new keys, under load."""

import contextlib
import re
import time

import jwt
import pytest
from support.fleet import FIRST_KEY, SECOND_KEY, Download, Fleet, Round, downloads_of
from support.ids import VIDEO, Lesson
from support.load import wrk
from support.media import noise
from support.metrics import check_metric
from support.paused import LARGE
from support.stores import PostgresStore
from support.waiting import eventually

STUDENT = "student7"


@pytest.fixture
def fleet(start_server, tree, postgres, tmp_path):
    store = PostgresStore(postgres).migrate()
    store.grant(STUDENT, trainer="trainer123")
    with Fleet(start_server, tree, tmp_path / "fleet", store=store) as running:
        yield running


@pytest.fixture
def large(tree):
    return tree.add(Lesson("large.mp4"), noise(1 << 20) * (LARGE >> 20))


@contextlib.contextmanager
def rounds(fleet, media, count=2):
    """Clients that mint and download during the disruption; none of their requests may fail."""
    clients = [Round(fleet, media, STUDENT) for _ in range(count)]
    try:
        yield
    finally:
        for client in clients:
            client.stopping.set()
        for client in clients:
            client.join(60)
    for client in clients:
        assert client.fault is None, client.fault
        assert client.done > 10


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


def give_new_keys(fleet):
    """Writes one key file for all nodes; its first key signs from a time at which every node has
    read it."""
    seen = [len(node.events()) for node in fleet.nodes]
    begins = int(time.time()) + 12  # also on a slow machine
    fleet.write_keys({**SECOND_KEY, "not_before": begins}, FIRST_KEY)
    for node, start in zip(fleet.nodes, seen, strict=True):
        node.wait_for_event(lambda event: event["event"] == "reloaded", start=start)
    return begins


def test_restarts_reloads_and_new_keys_fail_no_request(fleet, tree):
    medium = tree.add(Lesson("medium.mp4"), noise(1 << 20) * 2)
    first = fleet.token(VIDEO)
    with wrk(fleet.balancer.base + VIDEO.target(), first, seconds=20, connections=8) as load, \
            rounds(fleet, medium):
        give_new_keys(fleet)
        for index, node in enumerate(fleet.nodes):
            node.reload({**fleet.config, "limits": {"header_fields": 40 + index}})
        for index in range(3):
            fleet.restart(index)
        eventually(lambda: kid_of(fleet.token(VIDEO)) == "second", timeout=30)
        for token in (first, fleet.token(VIDEO)):  # either, on every node
            for node in fleet.nodes:
                assert node.download(VIDEO, token=token).status == 200
    load.assert_unharmed()


def errors_of(load):
    """Requests of wrk that were lost or rejected."""
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", load.report)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", load.report)
    return sum(map(int, lost.groups() if lost else ())) + int(refused.group(1) if refused else 0)


def test_a_killed_node_costs_what_it_was_sending_and_no_file(fleet, large):
    clients = [Download(fleet, large, hold=True) for _ in range(6)]
    for client in clients:
        assert client.is_held.wait(60) and client.fault is None, client.fault
    on_victim = downloads_of(fleet.nodes[0])
    assert 0 < on_victim < 6
    with wrk(fleet.balancer.base + VIDEO.target(), fleet.token(), seconds=6, connections=8) as load:
        time.sleep(1)
        fleet.kill(0)
        for client in clients:
            client.release.set()
        for client in clients:
            client.join(120)
        assert [client.fault for client in clients] == [None] * 6
        assert len({client.etag for client in clients}) == 1
        # One failure per connection; connections through the balancer to other nodes are not affected.
        assert sum(client.cuts for client in clients) == on_victim
        assert max(client.cuts for client in clients) == 1
        fleet.revive(0)
    assert load.requests > 0
    assert errors_of(load) <= 8, load.report  # at most the one on each connection


def test_nodes_agree(fleet):
    """The same token, ETag and pseudonym on all nodes; internal routes are not reachable from
    outside."""
    token = fleet.token(VIDEO, STUDENT)
    answers = [node.download(VIDEO, token=token) for node in fleet.nodes]
    assert [answer.status for answer in answers] == [200] * 3
    assert len({answer.get("ETag") for answer in answers}) == 1
    for node in fleet.nodes:
        check_metric(node, "sluice_store_followed", 1)
    named = fleet.balancer.request("/healthz", {"X-Request-Id": "forged"}).get("X-Request-Id")
    assert re.fullmatch("[0-9a-f-]{36}", named)  # HAProxy's
    eventually(lambda: any(named in node.stdout() for node in fleet.nodes))
    assert fleet.balancer.request("/metrics").status == 404


def test_nginx_asks_the_next_node(start_server, tree, tmp_path):
    with Fleet(start_server, tree, tmp_path / "fleet", balancer="nginx") as fleet:
        token = fleet.token()
        fleet.kill(0)
        for _ in range(30):
            assert fleet.get(VIDEO.target(), token).status == 200
        fleet.revive(0)
