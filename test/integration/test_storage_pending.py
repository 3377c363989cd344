"""A read or an opening that is pending while something else happens (threat 62).

The disk holds 18 requests at once, in every place (PLACES) and with every way in which the disk ends its
call later (ENDINGS). Then an event happens, on a plain connection and under TLS. The tests of one event
check all the requests. Together with test_storage.py and test_storage_states.py:

| state      | slow, EIO, truncated, vanished        | hang                                    |
|------------|---------------------------------------|-----------------------------------------|
| open       | TestPending                           | TestPending, TestHang                   |
| first byte | TestPending, TestFaults, TestSlow     | TestPending, TestHang                   |
| middle     | TestPending, TestFaults, TestSlow     | TestPending, TestHang                   |
| multipart  | TestPending, TestEveryState, TestSlow | TestPending                             |
| HEAD       | TestPending, TestEveryState           | TestPending, test_head_reads_nothing    |
| abort      | test_clients_leave                    | test_clients_leave                      |
| revoke     | test_revoked                          | test_revoked: before the disk answers   |
| deadline   | test_deadlines_of_the_client          | test_deadlines_of_the_storage           |
| drain      | test_drain                            | test_drain_is_over                      |
| reload     | test_reload                           | test_reload: before the disk answers    |

A file that is truncated before it is opened is no fault: its size is taken after the opening. HEAD reads
no byte of a file, so it can wait for the opening only."""

import concurrent.futures
import dataclasses
import time

import pytest
from support.checks import check_problem, check_refusal
from support.ids import Lesson
from support.leftovers import descriptors
from support.media import noise
from support.metrics import metric, scrape_until
from support.stores import SqliteStore
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, request_bytes
from test_storage import connect, disk, download, serve, slowfs  # noqa: F401

SIZE = 3 << 20
MIDDLE = 1 << 20
JTI = "of-all-requests-1234"
RANGES = "bytes=0-99,2000000-2000099"

# name: (prefix of the file's name, method, Range)
PLACES = {
    "open": ("stuck-0", "GET", None),
    "head": ("stuck-0", "HEAD", None),
    "first byte": ("hang-0", "GET", None),
    "middle": (f"hang-{MIDDLE}", "GET", None),
    "multipart": (f"hang-{MIDDLE}", "GET", RANGES),
}
READS = ("first byte", "middle", "multipart")
# How the disk ends the call: with the bytes, late; with EIO; with the end of the file; with the bytes of a
# file that has no name any more.
ENDINGS = ("ok", "eio", "end", "gone")
CONFIG = {"storage": {"threads": 64, "open_timeout": 60, "read_timeout": 60}}


@dataclasses.dataclass
class Held:
    """A request that waits for the disk."""

    place: str
    ending: str
    media: Lesson
    request: bytes
    connection: object
    head: object = None  # of the response, if it has begun

    def __str__(self):
        return f"{self.place}, {self.ending}"

    @property
    def method(self):
        return PLACES[self.place][1]

    def finish(self):
        """(response, whole?); (None, False) when there is none."""
        try:
            if self.head is None:
                return self.connection.read(self.method), True
            self.head.body = self.connection.read_exactly(self.head.length, self.head)
            return self.head, True
        except Closed as cut:
            return self.head or cut.partial, False
        except TimeoutError:
            raise
        except OSError:  # a reset, or the end of TLS without close_notify
            return self.head, False


class Crowd:
    def __init__(self, server, tree):
        self.server, self.tree, self.content = server, tree, noise(SIZE)
        self.all = [self._connect(place, ending) for place in PLACES for ending in ENDINGS
                    if ending != "end" or place in READS]
        for one in self.all:
            one.connection.send(one.request)

    def _connect(self, place, ending):
        prefix, method, ranges = PLACES[place]
        name = f"{prefix}-{place.replace(' ', '-')}-{ending}.mp4"
        media = self.tree.add(Lesson(name), self.content)
        fields = {"Authorization": f"Bearer {mint(media, jti=JTI)}"}
        if ranges:
            fields["Range"] = ranges
        return Held(place, ending, media, request_bytes(method, media.target(), fields),
                    connect(self.server, timeout=30))

    def wait_until_pending(self):
        """Reads what arrives before the disk stops."""
        for one in self.of("middle", "multipart"):
            one.head = one.connection.read_head()
            assert one.head.status == (206 if one.place == "multipart" else 200), one
        reads = len(self.of(*READS))
        scrape_until(self.server, lambda values: values['sluice_connections{state="fetching"}'] == reads
                     and values['sluice_connections{state="suspended"}'] == len(self.all) - reads)

    def of(self, *places):
        return [one for one in self.all if one.place in places]

    def release(self, disk):
        for one in self.all:
            if one.ending == "gone":
                self.tree.path(one.media).unlink()
        disk.release()

    def check_usual_ends(self):
        """The response that each request gets when nothing but the disk has delayed it."""
        with concurrent.futures.ThreadPoolExecutor(len(self.all)) as pool:
            ends = list(pool.map(Held.finish, self.all))
        for one, (answer, is_whole) in zip(self.all, ends):
            is_read = one.place in READS
            if one.ending == "ok" or (one.ending == "gone" and is_read):
                assert is_whole and answer.status == (206 if one.place == "multipart" else 200), one
                self.check_content(one, answer)
            elif one.ending == "gone":
                assert is_whole and answer.status == 404, one
            elif one.place in ("middle", "multipart"):
                assert not is_whole and len(answer.body) < answer.length, one
            else:
                assert is_whole and answer.status == 503, (one, answer)

    def check_content(self, one, answer):
        if one.method == "HEAD":
            assert answer.length == SIZE
        elif one.place == "multipart":
            assert self.content[:100] in answer.body and self.content[2000000:2000100] in answer.body
        else:
            assert answer.body == self.content, one

    def check_log(self, count, **members):
        """The access log has exactly `count` lines with these members."""
        def found():
            return [line for line in self.server.access_log()
                    if all(line.get(name) == value for name, value in members.items())]
        eventually(lambda: len(found()) >= count)
        assert len(found()) == count, found()

    def check_nothing_is_left(self):
        eventually(lambda: metric(self.server, "sluice_requests_active") <= 1)
        eventually(lambda: metric(self.server, "sluice_storage_window_bytes") == 0)

    def close(self):
        for one in self.all:
            one.connection.close()


class TestPending:
    @pytest.fixture
    def hold(self, serve, tree):
        """hold(**settings) → a Crowd of requests, all of which wait for the disk."""
        crowds = []

        def start(**settings):
            server = serve(**{**CONFIG, **settings})
            eventually(lambda: server.get("/readyz").status == 200)
            crowd = Crowd(server, tree)
            crowds.append(crowd)
            crowd.wait_until_pending()
            return crowd

        yield start
        for crowd in crowds:
            crowd.close()

    def test_deadlines_of_the_client(self, hold, disk):
        """The time of the disk does not count as the client's."""
        crowd = hold(limits={"stall_timeout": 2, "min_rate_grace": 1, "min_rate": 1_000_000})
        time.sleep(4)
        crowd.release(disk)
        crowd.check_usual_ends()
        crowd.check_nothing_is_left()
        crowd.check_log(2, outcome="cut", cause="EIO")
        crowd.check_log(2, outcome="cut", cause="file_ended")
        crowd.check_log(3, status=503, cause="EIO")

    def test_deadlines_of_the_storage(self, hold, disk):
        crowd = hold(storage={"threads": 64, "open_timeout": 5, "read_timeout": 5})
        for one in crowd.all:
            answer, is_whole = one.finish()
            if one.place in ("middle", "multipart"):
                assert not is_whole, one
            elif one.method == "HEAD":
                assert answer.status == 503
            else:
                check_problem(answer, 503)
                assert answer.get("Retry-After")
        crowd.check_log(8, outcome="cut", cause="storage_timeout")
        assert metric(crowd.server, "sluice_requests_active") <= 1
        crowd.release(disk)  # the results come too late
        crowd.check_nothing_is_left()
        for one in crowd.all:
            if one.ending == "ok":
                eventually(lambda one=one: download(crowd.server, one.media)[0].body == crowd.content)

    def test_clients_leave(self, hold, disk, tree):
        crowd = hold()
        pid = crowd.server.process.pid
        crowd.close()
        fine = tree.add(Lesson("fine.mp4"), crowd.content)
        assert download(crowd.server, fine)[0].body == crowd.content
        before = descriptors(pid)
        crowd.release(disk)
        crowd.check_nothing_is_left()
        eventually(lambda: descriptors(pid) <= before - len(crowd.of(*READS)))
        assert download(crowd.server, fine)[0].body == crowd.content

    def test_revoked(self, hold, disk, tmp_path):
        """A transfer is cut at once, although the disk does not answer. A request that has no file yet is
        rejected when it does, whatever the disk answers."""
        store = SqliteStore(tmp_path / "store.db").migrate()
        crowd = hold(**store.config())
        store.run("revoke", "token", JTI)
        for one in crowd.of(*READS):
            assert not one.finish()[1], one
        crowd.check_log(len(crowd.of(*READS)), outcome="cut", cause="token_revoked")
        crowd.release(disk)
        for one in crowd.of("open", "head"):
            answer, _ = one.finish()
            if one.method == "HEAD":
                assert answer.status == 401, one
            else:
                check_refusal(answer, 401, "token-revoked")
        crowd.check_nothing_is_left()

    def test_drain(self, hold, disk):
        crowd = hold(shutdown={"drain_timeout": 30})
        crowd.server.signal()
        time.sleep(0.5)
        crowd.release(disk)
        crowd.check_usual_ends()
        assert crowd.server.wait(20) == 0

    def test_drain_is_over(self, hold, disk):
        """All connections end in time. The process remains in the kernel until the file system, which has
        read the requests, completes them (docs/faults.md)."""
        crowd = hold(shutdown={"drain_timeout": 1})
        began = time.monotonic()
        crowd.server.signal()
        crowd.server.wait_for_event(lambda event: event["event"] == "stopped")
        assert time.monotonic() - began < 1 + 2 + 2, "two for a busy machine"
        for one in crowd.all:
            assert not one.finish()[1], one
        crowd.check_log(len(crowd.all), outcome="cut", cause="shutdown")
        crowd.release(disk)
        assert crowd.server.wait(20) == 0

    def test_reload(self, hold, disk):
        crowd = hold()
        config = {**crowd.server.settings, "cache": {"lifetime_ms": 500}}
        assert crowd.server.reload(config)
        time.sleep(0.2)
        values = scrape_until(crowd.server, lambda values: True)
        assert values['sluice_connections{state="fetching"}'] == len(crowd.of(*READS))
        crowd.release(disk)
        crowd.check_usual_ends()
        crowd.check_nothing_is_left()
