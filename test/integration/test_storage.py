"""Storage that is slow, broken or missing (threat 62), simulated by a FUSE file system."""

import os
import shutil
import signal
import tempfile
import threading
import time
import unicodedata
from urllib.parse import quote

import pytest
from support import certificates, leftovers
from support.certificates import TlsConnection
from support.checks import check_problem, check_refusal
from support.faults import IS_SANITIZED
from support.ids import VIDEO, Lesson
from support.media import MediaTree, noise
from support.metrics import has_event, metric, scrape
from support.slow_disk import SlowDisk, build
from support.stores import SqliteStore
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, request_bytes

SIZE = 3 << 20
TIMEOUTS = {"storage": {"open_timeout": 1, "read_timeout": 1}}


@pytest.fixture(scope="session")
def slowfs(tmp_path_factory):
    return build(tmp_path_factory.mktemp("slowfs"))


@pytest.fixture
def disk(slowfs, tree, tmp_path):
    """The tree through FUSE: files go into `tree`, the service reads from `disk`."""
    one = SlowDisk(slowfs, tree.root, tmp_path / "mounted")
    yield one
    one.unmount()


@pytest.fixture(params=["plain", "tls"])
def serve(request, start_server, disk, pem):
    """serve(**settings) → a server of `disk`, asked in the clear or under TLS. Its member `settings` is
    the whole configuration."""
    def start(**settings):
        if request.param == "plain":
            server = start_server(disk, config=settings)
        else:
            listeners = [{"address": "127.0.0.1:0"}, certificates.listener(*pem)]
            settings = {"listeners": listeners, **settings}
            server = start_server(disk, config=settings, listen=None)
            server.secure = server.addresses[1]
        server.settings = settings
        return server

    return start


def connect(server, **options):
    secure = getattr(server, "secure", None)
    return TlsConnection(secure, **options) if secure else server.connect(**options)


def ask(media):
    return request_bytes("GET", media.target(), {"Authorization": f"Bearer {mint(media)}"})


def download(server, media, fields=None, method="GET", timeout=20):
    """(response, whole?)"""
    fields = {"Authorization": f"Bearer {mint(media)}", **(fields or {})}
    with connect(server, timeout=timeout) as connection:
        connection.send(request_bytes(method, media.target(), fields))
        try:
            return connection.read(method), True
        except Closed as cut:
            return cut.partial, False


class TestSlow:
    def test_every_byte_arrives(self, serve, tree):
        content = noise(SIZE + 12345)
        slow = tree.add(Lesson("slow-20-a.mp4"), content)
        server = serve()
        assert download(server, slow)[0].body == content
        assert any(value > 0 for name, value in scrape(server).items()
                   if name.startswith("sluice_storage_read_seconds_count"))
        part, _ = download(server, slow, {"Range": "bytes=1000000-2000000"})
        assert (part.status, part.body) == (206, content[1000000:2000001])
        parts, _ = download(server, slow, {"Range": "bytes=0-9,2000000-2300000,-5"})
        assert parts.status == 206 and content[2000000:2300001] in parts.body
        assert download(server, slow, method="HEAD")[0].length == len(content)


def test_row_62_others_do_not_wait(start_server, disk, tree):
    """Beside 32 downloads of a disk that takes 200 ms for each read."""
    hot = tree.add(Lesson("hot.mp4"), noise(100_000))
    cold = [tree.add(Lesson(f"slow-200-{i}.mp4"), noise(SIZE, seed=i)) for i in range(32)]
    server = start_server(disk, config={"threads": 2})
    assert download(server, hot)[0].body == tree.content(hot)
    results = []
    clients = [
        threading.Thread(target=lambda one=one: results.append(
            download(server, one, timeout=60)[0].body == tree.content(one)))
        for one in cold
    ]
    for client in clients:
        client.start()
    time.sleep(0.3)
    took = []
    while any(client.is_alive() for client in clients) and len(took) < 300:
        for target in ("/healthz", hot):
            began = time.monotonic()
            if target == hot:
                assert download(server, hot)[0].status == 200
            else:
                assert server.get(target).status == 200
            took.append(time.monotonic() - began)
    for client in clients:
        client.join()
    assert results == [True] * 32
    took.sort()
    assert took[len(took) * 9 // 10] < 0.5, took[-10:]


class TestFaults:
    def test_error_at_the_first_byte(self, serve, tree):
        bad = tree.add(Lesson("eio-0-a.mp4"), noise(SIZE))
        server = serve()
        answer, _ = download(server, bad)
        check_problem(answer, 503)
        line = eventually(lambda: [x for x in server.access_log() if x["status"] == 503])[0]
        assert line["cause"] == "EIO"

    @pytest.mark.parametrize("kind, cause", [("eio", "EIO"), ("short", "file_ended")])
    def test_fault_in_the_middle_cuts(self, serve, tree, kind, cause):
        content = noise(SIZE)
        bad = tree.add(Lesson(f"{kind}-1048576-a.mp4"), content)
        server = serve()
        answer, whole = download(server, bad)
        assert answer.status == 200 and not whole
        assert content.startswith(answer.body) and len(answer.body) <= 1 << 20
        line = eventually(lambda: [x for x in server.access_log() if x["outcome"] == "cut"])[0]
        assert line["cause"] == cause

    def test_small_file(self, serve, tree):
        bad = tree.add(Lesson("eio-0-small.mp4"), noise(1000))
        server = serve()
        check_problem(download(server, bad)[0], 503)


class TestHang:
    def test_first_byte_that_does_not_come(self, serve, tree, disk):
        held = tree.add(Lesson("hang-0-a.mp4"), noise(SIZE))
        server = serve(**TIMEOUTS)
        began = time.monotonic()
        answer, _ = download(server, held)
        check_problem(answer, 503)
        assert answer.get("Retry-After")
        assert 0.9 < time.monotonic() - began < 5
        line = eventually(lambda: [x for x in server.access_log() if x["status"] == 503])[0]
        assert line["cause"] == "storage_timeout"
        disk.release()
        eventually(lambda: download(server, held)[0].body == tree.content(held))

    def test_open_that_does_not_come(self, serve, tree, disk):
        held = tree.add(Lesson("stuck-0-a.mp4"), noise(SIZE))
        server = serve(**TIMEOUTS)
        check_problem(download(server, held)[0], 503)
        assert server.get("/healthz").status == 200
        disk.release()
        eventually(lambda: download(server, held)[0].body == tree.content(held))

    def test_transfer_under_way_is_cut(self, serve, tree, disk):
        content = noise(24 << 20)
        slow = tree.add(Lesson("slow-1-a.mp4"), content)
        server = serve(**TIMEOUTS)
        connection = connect(server, timeout=20, receive_buffer=65536)
        connection.send(ask(slow))
        head = connection.read_head()
        connection.read_exactly(1 << 16, head)
        time.sleep(0.3)
        disk.hang()
        with pytest.raises((Closed, OSError)):
            connection.read_exactly(len(content) - (1 << 16), head)
        disk.resume()
        connection.close()
        line = eventually(lambda: [x for x in server.access_log() if x["outcome"] == "cut"])[0]
        assert line["cause"] == "storage_timeout"


def test_row_62_a_mount_that_hangs(start_server, slowfs, tree, tmp_path):
    """A volume below the root hangs: its files are refused in time, then at once; all else goes on; it
    comes back by itself; and the process ends in time while it hangs."""
    volume = tmp_path / "volume"
    content = noise(SIZE)
    far = Lesson("far.mp4", "trainer123", "mounted", "n", "l")
    (volume / "n" / "l").mkdir(parents=True)
    (volume / "n" / "l" / "far.mp4").write_bytes(content)
    (tree.root / "trainer123" / "mounted").mkdir()
    near = tree.add(Lesson("near.mp4"), noise(SIZE))
    disk = SlowDisk(slowfs, volume, tree.root / "trainer123" / "mounted")
    try:
        server = start_server(tree, config={**TIMEOUTS, "shutdown": {"drain_timeout": 1}})
        assert download(server, far)[0].body == content
        disk.hang()
        time.sleep(1.2)  # cache.lifetime_ms
        answers = []
        clients = [
            threading.Thread(target=lambda: answers.append(download(server, far, timeout=30)[0].status))
            for _ in range(64)
        ]
        for client in clients:
            client.start()
        worst = 0
        for _ in range(50):
            began = time.monotonic()
            assert server.get("/healthz").status == 200
            assert download(server, near)[0].status == 200
            worst = max(worst, time.monotonic() - began)
        for client in clients:
            client.join()
        assert answers == [503] * 64
        assert worst < 1
        eventually(lambda: has_event(server, "storage_away"))
        began = time.monotonic()
        check_problem(download(server, far)[0], 503)
        assert time.monotonic() - began < 0.8, "known to be away: refused at once"
        assert server.get("/readyz").status == 200, "the root itself is well"
        disk.resume()
        eventually(lambda: has_event(server, "storage_back"))
        eventually(lambda: download(server, far)[0].body == content)
        disk.hang()
        time.sleep(1.2)
        check_problem(download(server, far)[0], 503)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(10)
        assert time.monotonic() - began < 3.5
    finally:
        disk.unmount()


def test_row_62_a_root_that_hangs_turns_readiness_red(start_server, disk, tree):
    server = start_server(disk, config=TIMEOUTS)
    assert server.get("/readyz").status == 200
    disk.hang()
    began = time.monotonic()
    check_problem(server.get("/readyz"), 503)
    assert time.monotonic() - began < 5
    assert server.get("/healthz").status == 200
    disk.resume()
    eventually(lambda: server.get("/readyz").status == 200)


def test_files_in_memory_take_no_thread(start_server, tmp_path):
    """tmpfs does not say what lies in the page cache: all of it does."""
    root = tempfile.mkdtemp(dir="/dev/shm")
    try:
        memory = MediaTree(os.path.join(root, "media"))
        large = memory.add(Lesson("large.mp4"), noise(SIZE))
        small = memory.add(Lesson("small.mp4"), noise(1000))
        server = start_server(memory)
        for one in (large, small):
            assert download(server, one)[0].body == memory.content(one)
        assert not any(value for name, value in scrape(server).items()
                       if name.startswith(("sluice_storage_read_seconds", "sluice_storage_read_bytes")))
    finally:
        shutil.rmtree(root)


def test_a_name_that_a_thread_misses_is_explained(start_server, disk, tree):
    asked = Lesson("\u00e9t\u00e9.mp4")
    twin = tree.add(Lesson(unicodedata.normalize("NFD", asked.filename)), b"decomposed")
    server = start_server(disk)
    check_problem(download(server, asked)[0], 404)
    event = server.wait_for_event(lambda one: one["event"] == "name_in_another_form")
    assert event["there"] == quote(twin.path())


@pytest.mark.parametrize("serve, before, count", [("plain", 200, 2000), ("tls", 20, 60)],
                         indirect=["serve"])
def test_aborted_cold_downloads_leave_nothing(serve, tree, before, count):
    """No descriptor, thread, window or memory. `scripts/torture --only storage` has 10,000 of them."""
    slow = tree.add(Lesson("slow-5-a.mp4"), noise(SIZE))
    server = serve(storage={"threads": 4})
    pid, request = server.process.pid, ask(slow)

    def abort(count):
        for _ in range(count // 20):
            connections = [connect(server) for _ in range(20)]
            for one in connections:
                one.send(request)
            for one in connections:
                one.close()
        eventually(lambda: metric(server, "sluice_requests_active") <= 1)
        eventually(lambda: metric(server, "sluice_storage_window_bytes") == 0)

    abort(before)  # starts the threads of the device, fills the pools
    eventually(lambda: sum(value for name, value in scrape(server).items()
                           if name.startswith("sluice_connections{")) <= 1)
    fds, threads, memory = leftovers.descriptors(pid), leftovers.threads(pid), leftovers.pss_kib(pid)
    abort(count)
    eventually(lambda: leftovers.descriptors(pid) <= fds + 2)
    assert leftovers.threads(pid) <= threads + 8, "the device has at most eight"
    if not IS_SANITIZED:
        # The allocator may keep the memory of freed windows: up to storage.memory, 64 MiB.
        assert leftovers.pss_kib(pid) <= memory + 65536, "a window for each download would be 500 MiB"
    assert download(server, slow)[0].body == tree.content(slow)


class TestMeanwhile:
    """A token or user that is revoked while the disk works is rejected when the disk answers."""

    @pytest.fixture
    def held(self, start_server, disk, tree, tmp_path):
        """(server, store, media): the disk answers for `media` once it is released."""
        store = SqliteStore(tmp_path / "store.db").migrate()
        held = tree.add(Lesson("stuck-0-a.mp4"), noise(SIZE))
        server = start_server(disk, config={"storage": {"open_timeout": 20}, **store.config()})
        eventually(lambda: server.get("/readyz").status == 200)
        yield server, store, held

    def test_row_57_a_ban_during_a_mint(self, held, disk):
        server, store, media = held
        with server.connect(timeout=30) as connection:
            connection.send(request_bytes("GET", media.query("trainer123")))
            time.sleep(0.5)
            store.run("revoke", "user", "trainer123")
            eventually(lambda: server.issue(VIDEO, "trainer123").status == 403)
            disk.release()
            check_refusal(connection.read(), 403, "user-banned")

    def test_a_revocation_during_an_open(self, held, disk):
        server, store, media = held
        with server.connect(timeout=30) as connection:
            jti = "revoked-meanwhile-1234"
            fields = {"Authorization": f"Bearer {mint(media, jti=jti)}"}
            connection.send(request_bytes("GET", media.target(), fields))
            time.sleep(0.5)
            store.run("revoke", "token", jti)
            eventually(lambda: server.download(VIDEO, token=mint(VIDEO, jti=jti)).status == 401)
            disk.release()
            check_refusal(connection.read(), 401, "token-revoked")


@pytest.fixture
def volume(slowfs, tree, tmp_path):
    """A volume below the media root, and a lesson on it: (disk, lesson)."""
    source, point = tmp_path / "volume", tree.root / "trainer123" / "mounted"
    lesson = Lesson("far.mp4", course="mounted")
    file = source / "module789" / "lesson001" / "far.mp4"
    file.parent.mkdir(parents=True)
    file.write_bytes(noise(SIZE))
    point.mkdir()
    disk = SlowDisk(slowfs, source, point)
    yield disk, lesson
    disk.unmount()


@pytest.mark.parametrize("drain", [0, 1])
def test_sigterm_ends_the_process_while_a_disk_hangs(start_server, tree, volume, drain):
    disk, lesson = volume
    config = {"threads": 2, "cache": {"files": 0}, "shutdown": {"drain_timeout": drain}}
    server = start_server(tree, config=config)
    answer = server.get(lesson.target(), token=mint(lesson))
    assert answer.body == tree.content(lesson)
    disk.hang()
    connections = [server.connect() for _ in range(4)]
    for one in connections:
        one.send(request_bytes("GET", lesson.target(), {"Authorization": f"Bearer {mint(lesson)}"}))
    time.sleep(0.5)  # both threads wait for the disk
    began = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.wait(30) == 0
    assert time.monotonic() - began < drain + 2 + 2  # two for a busy machine
    for one in connections:
        one.close()
