"""State that passes between requests, configurations or readers: rows 54, 58 and 63 of the table of
threats."""

import concurrent.futures
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest
from support.checks import check_refusal
from support.ids import COURSE_PRESENTATION, Lesson
from support.metrics import scrape
from support.server import BINARY, address_of, environment
from support.stores import PostgresStore
from support.tokens import SECRET, mint
from support.waiting import eventually
from support.wire import Connection, request_bytes


@pytest.fixture
def slow_store(postgres):
    """A database that can be stopped, with grants for all users."""
    store = PostgresStore(postgres).migrate()
    store.sql("INSERT INTO sluice_grants (user_id, trainer_id, course_id, module_id, lesson_id)"
              " SELECT 'u' || n, 'trainer123', '', '', '' FROM generate_series(0, 2000) n")
    return store


def config_of(store, handler_timeout, **more):
    # Each request asks the store: nothing is cached, and the store's timeout is longer than the request's.
    section = store.config(timeout_ms=20000, cache_lifetime_ms=0, connections=8)
    return {**section, "limits": {"handler_timeout": handler_timeout}, **more}


def started(start_server, tree, config, **options):
    server = start_server(tree, config=config, **options)
    eventually(lambda: server.get("/readyz").status == 200)
    return server


def test_row_54_a_deadline_between_answer_and_writing(start_server, tree, slow_store):
    """The store is back exactly at the deadline: each request gets exactly one response."""
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


def test_row_54_a_late_answer_is_not_that_of_the_next_request(start_server, tree, slow_store):
    """A late answer of the store for one user does not authorise another user on the same connection."""
    config = config_of(slow_store, 2)
    config["store"]["connections"] = 1  # it answers in the order of the questions
    server = started(start_server, tree, config)
    with server.connect(timeout=20) as connection:
        with slow_store.server.frozen():
            asked = [request_bytes("GET", COURSE_PRESENTATION.query(user)) for user in ("u1", "stranger")]
            connection.send(b"".join(asked))
            check_refusal(connection.read(), 503, "handler-timeout")
            time.sleep(0.3)
        check_refusal(connection.read(), 403, "not-entitled")


@pytest.mark.parametrize("others", [0, 3, 200], ids=["alone", "pipelined", "beyond_the_buffer"])
def test_row_54_who_half_closes_while_suspended_is_answered(start_server, tree, slow_store, others):
    """RFC 9112 §9.6: a client that closes one side may still read the responses to its earlier
    requests."""
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
    """A read ends before an urgent byte, and the bytes after it are not announced again."""
    server = start_server(tree)
    get = request_bytes("GET", "/healthz")
    with server.connect(timeout=5) as connection:
        for _ in range(3):
            assert connection.request("GET", "/healthz").status == 200
            stopped = server.process
            stopped.send_signal(signal.SIGSTOP)  # all of it is there when it looks again
            connection.send(get)
            connection.socket.send(b"!", socket.MSG_OOB)
            connection.send(get)
            time.sleep(0.05)
            stopped.send_signal(signal.SIGCONT)
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


def test_row_64_a_course_that_changes_hands_during_its_mint(start_server, tree, slow_store):
    """An answer of the store for one trainer's course is not used for another trainer's course with the same id."""
    media = COURSE_PRESENTATION
    server = started(start_server, tree, config_of(slow_store, 20, media={"rescan_interval": 1}))
    with server.connect(timeout=20) as suspended:
        with slow_store.server.frozen():
            suspended.send(request_bytes("GET", media.query("u1")))
            time.sleep(0.3)
            (tree.root / "trainer123" / media.course).rename(tree.root / "trainer123" / "renamed")
            theirs = type(media)(media.filename, trainer="trainer2")
            tree.add(theirs, b"of trainer 2")
            eventually(lambda: server.issue(theirs, "trainer2").status == 200)  # an owner asks no store
        check_refusal(suspended.read(), 403, "not-entitled")


def test_row_56_a_grant_that_ends_during_its_mint(start_server, tree, slow_store):
    """The store answers for the time of the question; the token would begin after the grant's end."""
    slow_store.sql("INSERT INTO sluice_grants (user_id, trainer_id, course_id, module_id, lesson_id, not_after)"
                   f" VALUES ('brief', 'trainer123', '', '', '', {int(time.time()) + 3})")
    server = started(start_server, tree, config_of(slow_store, 20))
    with server.connect(timeout=20) as suspended:
        with slow_store.server.frozen():
            suspended.send(request_bytes("GET", COURSE_PRESENTATION.query("brief")))
            time.sleep(4)
        check_refusal(suspended.read(), 403, "not-entitled")


def test_row_57_a_ban_during_a_mint(start_server, tree, slow_store):
    """The ban is heard while the question about grants waits for a lock."""
    server = started(start_server, tree, config_of(slow_store, 20))
    lock = "BEGIN; LOCK TABLE sluice_grants; SELECT pg_sleep(4); COMMIT"
    with concurrent.futures.ThreadPoolExecutor() as others, server.connect(timeout=20) as suspended:
        others.submit(slow_store.sql, lock)
        time.sleep(0.5)
        suspended.send(request_bytes("GET", COURSE_PRESENTATION.query("u1")))
        time.sleep(0.3)
        slow_store.run("revoke", "user", "u1")
        eventually(lambda: server.issue(COURSE_PRESENTATION, "u1").status == 403)
        check_refusal(suspended.read(), 403, "user-banned")


class Unread:
    """A server whose standard error is a full pipe that nobody reads any more."""

    def __init__(self, tree, folder, config):
        self.config_path = folder / "unread.json"
        self.configure(config)
        reader, self.pipe = os.pipe()
        self.reader = os.fdopen(reader, "rb", buffering=0)
        self.process = subprocess.Popen(
            [BINARY, "serve", "--media-root", tree.root, "--config", self.config_path,
             "--listen", "127.0.0.1:0"],
            env=environment({"SLUICE_SECRET": SECRET}), stdout=subprocess.DEVNULL, stderr=self.pipe)
        seen = b""
        while b'"listening"' not in seen:
            seen += self.reader.read(4096)
        self.address = address_of(re.search(rb'"address":"([^"]+)"', seen)[1].decode())
        self.fill()

    def configure(self, config):
        self.config_path.write_text(json.dumps(config))

    def fill(self):
        """Fills the pipe. It opens its own file description, so that the server's stays
        blocking."""
        own = os.open(f"/proc/self/fd/{self.pipe}", os.O_WRONLY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(own, b"x" * 100)
        os.close(own)

    def get(self, target, fields=()):
        with Connection(self.address) as connection:
            return connection.request("GET", target, fields)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.close()
        os.close(self.pipe)


@pytest.fixture
def unread(tree, tmp_path):
    made = []
    yield lambda config: made.append(Unread(tree, tmp_path, config)) or made[0]
    for one in made:
        one.close()


def allowed(server, origin):
    return server.get("/healthz", {"Origin": origin}).get("Access-Control-Allow-Origin") == origin


def test_row_63_a_service_log_that_nobody_reads(unread, tmp_path):
    """Signals, reloads and the exit still work; lost lines are counted."""
    access = tmp_path / "access.log"
    config = {"log": {"access": str(access)}}
    server = unread(config)
    for n in range(3):
        origin = f"https://{n}.example"
        server.configure({**config, "cors": {"allowed_origins": [origin]}})
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: allowed(server, origin))
    # Each rejected reload logs about 60 kB of reasons: more than the queue for the reader can hold.
    server.configure({**config, **{f"no_such_setting_{n:04}": 1 for n in range(1000)}})

    def has_dropped():
        server.process.send_signal(signal.SIGHUP)
        return scrape(server)["sluice_service_log_dropped_total"] > 0

    eventually(has_dropped)
    access.rename(tmp_path / "moved")
    server.process.send_signal(signal.SIGUSR1)
    eventually(access.exists)
    assert server.get("/healthz").status == 200
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(10) == 0


@pytest.mark.parametrize("which", ["access", "audit"])
def test_row_63_a_named_pipe_that_nobody_opens(start_server, tree, tmp_path, which):
    """Neither start-up nor SIGUSR1 nor the exit waits for the reader of another log."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    server = start_server(tree, config={"log": {which: str(pipe)}})
    assert server.issue(COURSE_PRESENTATION).status == 200
    server.signal(signal.SIGUSR1)
    assert server.issue(COURSE_PRESENTATION).status == 200
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    eventually(lambda: b"request_id" in os.read(reader, 65536))
    os.close(reader)
    server.stop()
