"""Storage faults at every state of a response, and while a device is away (threat 62)."""

import signal
import time

import pytest
from support.checks import check_problem
from support.ids import Lesson
from support.leftovers import descriptors
from support.media import noise
from support.metrics import has_event, metric, scrape
from support.waiting import eventually
from test_storage import SIZE, TIMEOUTS, ask, connect, disk, download, serve, slowfs  # noqa: F401


class TestAway:
    def test_a_file_in_use_is_served_from_the_cache(self, serve, tree, disk):
        """While its file server does not answer, the cached version is served, and the log has the cause."""
        content = noise(1000)
        hot = tree.add(Lesson("hot.mp4"), content)
        other = tree.add(Lesson("other.mp4"), noise(1000, seed=2))
        server = serve(threads=1, **TIMEOUTS)
        assert download(server, hot)[0].body == content
        disk.hang()
        time.sleep(1.2)  # cache.lifetime_ms
        check_problem(download(server, other)[0], 503)  # not known to be away yet
        eventually(lambda: has_event(server, "storage_away"))
        assert download(server, hot)[0].body == content
        eventually(lambda: [x for x in server.access_log()
                            if x["status"] == 200 and x.get("cause") == "storage_away"])
        assert metric(server, "sluice_file_cache_stale_total") >= 1
        check_problem(download(server, other)[0], 503)
        disk.resume()
        eventually(lambda: has_event(server, "storage_back"))
        assert download(server, hot)[0].body == content

    def test_requests_that_wait_when_the_device_is_found_away(self, serve, tree, disk):
        """They get the cached version, and not the 503 of their own time limit, which is later."""
        content = noise(1000)
        hot = tree.add(Lesson("hot.mp4"), content)
        other = tree.add(Lesson("other.mp4"), noise(1000, seed=2))
        server = serve(threads=1, storage={"open_timeout": 3})
        first, *waiting = [connect(server, timeout=30) for _ in range(13)]  # more than threads
        assert download(server, hot)[0].body == content
        disk.hang()
        time.sleep(1.2)  # cache.lifetime_ms
        first.send(ask(other))  # the call that lasts too long
        time.sleep(1)
        for one in waiting:
            one.send(ask(hot))
        for one in waiting:
            assert one.read().body == content
            one.close()
        check_problem(first.read(), 503)
        first.close()
        eventually(lambda: len(waiting) == len([x for x in server.access_log() if x["status"] == 200
                                                and x.get("cause") == "storage_away"]))
        disk.resume()
        eventually(lambda: has_event(server, "storage_back"))
        assert download(server, hot)[0].body == content

    def test_the_request_that_finds_out(self, serve, tree, disk):
        """The first request of a device that hangs gets the cached version too, after open_timeout."""
        content = noise(1000)
        hot = tree.add(Lesson("hot.mp4"), content)
        server = serve(threads=1, **TIMEOUTS)
        assert download(server, hot)[0].body == content
        disk.hang()
        time.sleep(1.2)
        assert download(server, hot)[0].body == content
        disk.resume()

    def test_not_for_longer_than_the_setting(self, serve, tree, disk):
        hot = tree.add(Lesson("hot.mp4"), noise(1000))
        server = serve(threads=1, cache={"stale_lifetime": 0}, **TIMEOUTS)
        assert download(server, hot)[0].status == 200
        disk.hang()
        time.sleep(1.2)
        check_problem(download(server, hot)[0], 503)
        eventually(lambda: has_event(server, "storage_away"))
        check_problem(download(server, hot)[0], 503)
        disk.resume()

    def test_bytes_that_are_not_in_memory(self, serve, tree, disk):
        """The file is open, and its device is away: refused at once, not after the time limit. A
        worker must not read it either: FUSE asks its server for the attributes first."""
        content = noise(8 << 20)
        large = tree.add(Lesson("large.mp4"), content)
        config = {"storage": {"open_timeout": 2}, "cache": {"lifetime_ms": 60000}}
        server = serve(threads=1, **config)
        near, far = {"Range": "bytes=0-131071"}, {"Range": "bytes=7000000-7099999"}
        assert download(server, large, near)[0].status == 206
        time.sleep(0.5)  # for the readahead
        disk.hang()
        time.sleep(1.2)  # what was read a moment ago counts as in memory
        check_problem(download(server, large, far)[0], 503)
        eventually(lambda: has_event(server, "storage_away"))
        began = time.monotonic()
        check_problem(download(server, large, far)[0], 503)
        assert time.monotonic() - began < 1.5
        check_problem(download(server, large, near)[0], 503)
        assert server.get("/healthz").status == 200
        disk.resume()


class TestEveryState:
    """Faults where a response is more than one plain body."""

    @pytest.mark.parametrize("kind", ["eio", "short"])
    def test_multipart(self, serve, tree, kind):
        content = noise(SIZE)
        bad = tree.add(Lesson(f"{kind}-1048576-a.mp4"), content)
        server = serve()
        answer, whole = download(server, bad, {"Range": "bytes=0-99,2000000-2000099"})
        assert answer.status == 206 and not whole
        assert content[:100] in answer.body and content[2000000:2000100] not in answer.body
        answer, whole = download(server, bad, {"Range": "bytes=0-99,500-999"})
        assert whole and answer.status == 206

    def test_head_reads_nothing(self, serve, tree):
        bad = tree.add(Lesson("eio-0-a.mp4"), noise(SIZE))
        held = tree.add(Lesson("hang-0-a.mp4"), noise(SIZE))
        server = serve(**TIMEOUTS)
        for one in (bad, held):
            answer, _ = download(server, one, method="HEAD")
            assert (answer.status, answer.length) == (200, SIZE)

    def test_the_rest_after_a_fault(self, serve, tree):
        """A resume after the byte that cannot be read is refused, and before it is served."""
        content = noise(SIZE)
        bad = tree.add(Lesson("eio-1048576-a.mp4"), content)
        server = serve()
        check_problem(download(server, bad, {"Range": "bytes=2000000-"})[0], 503)
        part, whole = download(server, bad, {"Range": "bytes=1000-1999"})
        assert whole and part.body == content[1000:2000]

    def test_removed_while_it_is_read(self, serve, tree):
        """The open file outlives its name."""
        content = noise(SIZE)
        slow = tree.add(Lesson("slow-50-a.mp4"), content)
        server = serve()
        with connect(server, timeout=20) as connection:
            connection.send(ask(slow))
            head = connection.read_head()
            assert head.status == 200
            tree.path(slow).unlink()
            assert connection.read_exactly(SIZE, head) == content

    def test_vanished_before_it_is_opened(self, serve, tree):
        gone = tree.add(Lesson("gone.mp4"), noise(SIZE))
        server = serve()
        tree.path(gone).unlink()
        check_problem(download(server, gone)[0], 404)

    def test_drain_lets_a_slow_transfer_end(self, serve, tree):
        content = noise(SIZE)
        slow = tree.add(Lesson("slow-50-a.mp4"), content)
        server = serve(shutdown={"drain_timeout": 20})
        with connect(server, timeout=20) as connection:
            connection.send(ask(slow))
            head = connection.read_head()
            server.signal(signal.SIGTERM)
            assert connection.read_exactly(SIZE, head) == content
        assert server.wait(10) == 0

    def test_reload_during_a_pending_read(self, serve, tree, disk):
        content = noise(SIZE)
        held = tree.add(Lesson("hang-0-a.mp4"), content)
        server = serve(storage={"open_timeout": 20})
        with connect(server, timeout=20) as connection:
            connection.send(ask(held))
            time.sleep(0.3)
            server.reload({**server.settings, "cache": {"lifetime_ms": 500}})
            disk.release()
            answer = connection.read("GET")
            assert (answer.status, answer.body) == (200, content)


def test_one_bad_file_does_not_take_all_threads(start_server, tree, disk):
    bad = tree.add(Lesson("hang-0-a.mp4"), noise(SIZE))
    good = [tree.add(Lesson(f"good{i}.mp4"), noise(SIZE, seed=i)) for i in range(3)]
    server = start_server(disk, config={"storage": {"threads": 4, "open_timeout": 20}})
    connections = []
    for _ in range(12):
        one = server.connect(timeout=30)
        one.send(ask(bad))
        connections.append(one)
    eventually(lambda: any(value >= 2 for name, value in scrape(server).items()
                           if name.startswith("sluice_storage_busy")))
    for one in good:
        assert download(server, one)[0].body == tree.content(one)
    disk.release()
    for one in connections:
        assert one.read("GET").status == 200
        one.close()


def test_row_62_a_reload_while_the_root_hangs(start_server, tree, disk):
    """It is refused in time and says why; what is served stays, and SIGTERM is obeyed at once."""
    server = start_server(disk, config=TIMEOUTS)
    disk.hang()
    config = {**TIMEOUTS, "media": {"rescan_interval": 77}}
    refused = server.reload(config, outcome="reload_refused")
    assert "does not answer" in refused["reasons"]
    assert server.get("/healthz").status == 200
    server.configure({**config, "storage": {"open_timeout": 60}})
    server.signal(signal.SIGHUP)
    time.sleep(0.3)
    began = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert time.monotonic() - began < 10, "two seconds, and the rest for a busy machine"


def test_aborts_while_the_disk_hangs(start_server, tree, disk):
    """Clients that go away while their file is opened or read leave no descriptor and no memory."""
    held = tree.add(Lesson("hang-0-a.mp4"), noise(SIZE))
    stuck = tree.add(Lesson("stuck-0-a.mp4"), noise(SIZE))
    fine = tree.add(Lesson("fine.mp4"), noise(SIZE))
    server = start_server(disk, config={"storage": {"threads": 4, "open_timeout": 60}})
    assert download(server, fine)[0].status == 200

    pid = server.process.pid
    before = descriptors(pid)
    for _ in range(15):
        connections = []
        for one in (held, stuck) * 10:
            client = server.connect()
            client.send(ask(one))
            connections.append(client)
        time.sleep(0.02)
        for client in connections:
            client.close()
    disk.release()
    eventually(lambda: metric(server, "sluice_requests_active") <= 1)
    eventually(lambda: metric(server, "sluice_storage_window_bytes") == 0)
    eventually(lambda: descriptors(pid) <= before + 2)
    for one in (held, stuck, fine):
        assert download(server, one)[0].body == tree.content(one)
