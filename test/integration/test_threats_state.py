"""What one request, one configuration or one reader leaves behind for another: rows 54, 58 and 63 of the
table of threats."""

import socket
import time

import pytest
from support.ids import COURSE_PRESENTATION, Lesson
from support.metrics import eventually, scrape
from support.stores import PostgresStore
from support.tokens import mint
from support.wire import Connection, request_bytes


@pytest.fixture
def slow_store(postgres):
    """A database that can be stopped, with grants for everybody."""
    store = PostgresStore(postgres).migrate()
    store.sql("INSERT INTO sluice_grants (user_id, trainer_id, course_id, module_id, lesson_id)"
              " SELECT 'u' || n, 'trainer123', '', '', '' FROM generate_series(0, 2000) n")
    return store


def config_of(store, handler_timeout, **more):
    # One answer each: nothing is remembered, and the store has longer than the request.
    section = store.config(timeout_ms=20000, cache_lifetime_ms=0, connections=8)
    return {**section, "limits": {"handler_timeout": handler_timeout}, **more}


def started(start_server, tree, config, **options):
    server = start_server(tree, config=config, **options)
    eventually(lambda: server.get("/readyz").status == 200)
    return server


def test_row_54_a_deadline_between_answer_and_writing(start_server, tree, slow_store):
    """The store is back at the very tick of the deadline: each request is answered, and once."""
    server = started(start_server, tree, config_of(slow_store, 1))
    media = COURSE_PRESENTATION
    sent = 0
    for release in (0.9, 1.0, 1.1):
        connections = []
        with slow_store.server.frozen():
            began = time.monotonic()
            for n in range(400):
                connection = Connection(server.address, timeout=20)
                connection.send(request_bytes("GET", media.query(f"u{n}"), {"Connection": "close"}))
                connections.append(connection)
            time.sleep(max(0, began + release - time.monotonic()))
        for connection in connections:
            with connection:
                assert connection.read().status in (200, 503)
                assert connection.rest(10) == b""
        sent += len(connections)
        eventually(lambda: server.get("/readyz").status == 200)
    values = scrape(server)
    answered = sum(values[f'sluice_responses_total{{route="token",status="{kind}"}}']
                   for kind in ("2xx", "4xx", "5xx"))
    assert answered == sent
    assert values["sluice_transfers_cut_total"] == 0


@pytest.mark.parametrize("others", [0, 3, 200], ids=["alone", "pipelined", "beyond_the_buffer"])
def test_row_54_who_half_closes_while_suspended_is_answered(start_server, tree, slow_store, others):
    """RFC 9112 §9.6: who closes one side may still read. So it is for requests that came before."""
    server = started(start_server, tree, config_of(slow_store, 20))
    with server.connect(timeout=20) as connection:
        with slow_store.server.frozen():
            more = request_bytes("GET", "/healthz", {"X-Padding": "x" * 200})
            connection.send(request_bytes("GET", COURSE_PRESENTATION.query("u1")) + more * others)
            connection.socket.shutdown(socket.SHUT_WR)
            time.sleep(0.5)
        assert "token" in connection.read().json()
        for _ in range(others):
            assert connection.read().status == 200
        assert connection.rest() == b"" and not connection.was_reset


def test_row_54_urgent_data_holds_up_no_pipelined_request(start_server, tree):
    """A read ends before an urgent byte, and what lies behind it is not announced again."""
    server = start_server(tree)
    get = request_bytes("GET", "/healthz")
    with server.connect(timeout=5) as connection:
        for _ in range(3):
            assert connection.request("GET", "/healthz").status == 200
            stopped = server.process
            stopped.send_signal(19)  # SIGSTOP: all of it is there when it looks again
            connection.send(get)
            connection.socket.send(b"!", socket.MSG_OOB)
            connection.send(get)
            time.sleep(0.05)
            stopped.send_signal(18)
            assert connection.read().status == 200
            assert connection.read().status == 200


def test_row_58_a_generation_never_fills_anothers_cache(start_server, tree, slow_store):
    """A mint that waits through a reload opens its file by the old layout, under the same URL."""
    media = Lesson("moved.mp4", module="elsewhere")
    tree.add(media, b"old")
    folder = "{trainer_id}/{course_id}/{module_id}/{lesson_id}/new/"
    tree.path(media.path().replace("moved.mp4", "new/moved.mp4")).write_bytes(b"new!")
    config = config_of(slow_store, 20, cache={"lifetime_ms": 60000})
    server = started(start_server, tree, config, arguments=["--threads", 1])
    with server.connect(timeout=20) as suspended:
        with slow_store.server.frozen():
            suspended.send(request_bytes("GET", media.query("u1")))
            time.sleep(0.3)
            server.reload({**config, "media": {"layout": {"lesson": folder + "{filename}"}}})
        assert "token" in suspended.read().json()
    assert server.download(media, token=mint(media)).body == b"new!"
