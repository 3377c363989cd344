"""Memory that runs out costs one request or one connection, never the process."""

import contextlib
import errno
import os
import subprocess
import time

import pytest
from support.ability import unable
from support.checks import check_problem
from support.faults import Call, not_sanitized
from support.ids import COURSE_PRESENTATION, VIDEO, Lesson
from support.media import noise
from support.metrics import metric
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, request_bytes

pytestmark = not_sanitized

ROUNDS = 400  # more than any request allocates


def exchange(server, request):
    """Sends one request on a new connection; returns the response, or None when it was cut."""
    with contextlib.suppress(Closed, OSError), server.connect(timeout=10) as connection:
        connection.send(request)
        return connection.read()
    return None


def requests(server, tree):
    small = tree.add(Lesson("small.mp4"), noise(1000))
    bearer = {"Authorization": f"Bearer {mint(VIDEO)}", "Connection": "close"}
    ranges = {**bearer, "Range": "bytes=0-9,20-29,40-49"}
    course = {"Authorization": f"Bearer {mint(COURSE_PRESENTATION)}", "Connection": "close"}
    little = {"Authorization": f"Bearer {mint(small)}", "Connection": "close"}
    return {
        "token": request_bytes("GET", VIDEO.query("trainer123")),
        "download": request_bytes("GET", VIDEO.target(), bearer),
        "small": request_bytes("GET", small.target(), little),
        "ranges": request_bytes("GET", VIDEO.target(), ranges),
        "course": request_bytes("GET", COURSE_PRESENTATION.target(), course),
        "metrics": request_bytes("GET", "/metrics", {"Connection": "close"}),
        "nonsense": b"GET / HTTP/1.1\r\n\r\n",
    }


@pytest.mark.parametrize(
    "what", ["token", "download", "small", "ranges", "course", "metrics", "nonsense"]
)
def test_any_one_allocation_may_fail(faulty, tree, what):
    """The first, the second, … allocation after a connection is made fails, until no allocation is
    left to fail."""
    server, faults = faulty(tree, config={"threads": 1, "cache": {"files": 0}})
    request = requests(server, tree)[what]
    expected = exchange(server, request)
    refused = lost = 0
    for skip in range(ROUNDS):
        with faults.inject(Call.MALLOC, errno.ENOMEM, skip=skip, times=1) as fault:
            answer = exchange(server, request)
            hits = fault.hits()
        assert server.process.poll() is None, server.stderr()
        if answer is None:
            lost += 1
        elif answer.status != expected.status:
            # 500: a library reported a failure without the reason.
            check_problem(answer, answer.status)
            assert answer.status in (500, 503), answer
            refused += 1
        elif what not in ("token", "metrics", "nonsense", "ranges"):
            assert answer.body == expected.body
        if hits == 0:
            break
    else:
        pytest.fail("more allocations than rounds")
    assert exchange(server, request).status == expected.status
    assert refused + lost > 0, "nothing was ever hit"
    assert metric(server, "sluice_requests_active") == 1  # the scrape itself
    eventually(lambda: metric(server, "sluice_connections_open") == 1)


def test_no_memory_at_all_for_a_while(faulty, tree):
    """All allocations fail for some time; later requests are served, and their deadlines work."""
    limits = {"header_timeout": 1, "idle_timeout": 1}
    server, faults = faulty(tree, config={"limits": limits, "media": {"rescan_interval": 1}})
    request = request_bytes("GET", VIDEO.target(), {"Authorization": f"Bearer {mint(VIDEO)}"})
    assert exchange(server, request).status == 200
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(server.connect()) for _ in range(20)]
        with faults.inject(Call.MALLOC, errno.ENOMEM) as fault:
            for connection in idle:
                connection.send(request)
            time.sleep(2)  # the catalogue's thread gets its share, too
            assert fault.hits() > 0
        assert server.process.poll() is None, server.stderr()
        assert eventually(lambda: exchange(server, request)).status == 200
        with server.connect() as late:
            assert late.is_closed(10), "the deadlines have stopped"
    assert metric(server, "sluice_faults_total") > 0


def download(server, video):
    """As exchange()."""
    bearer = {"Authorization": f"Bearer {mint(video)}", "Connection": "close"}
    return exchange(server, request_bytes("GET", video.target(), bearer))


def limit_address_space(server):
    """Leaves the server 256 KiB more than it has."""
    with open(f"/proc/{server.process.pid}/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * 4096
    command = ["prlimit", f"--pid={server.process.pid}", f"--as={used + (256 << 10)}:unlimited"]
    subprocess.run(command, check=True)


def test_address_space_limit(start_server, tree):
    """A real memory limit instead of simulated failures: as many connections as fit are served, the
    rest are rejected."""
    body = noise(1 << 20)
    video = tree.add(Lesson("large.mp4"), body)
    server = start_server(tree, config={"threads": 1})
    limit_address_space(server)
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(1500):
            with contextlib.suppress(Closed, OSError):
                connection = stack.enter_context(server.connect())
                connection.send(b"GET / HTTP/1.1\r\nX-Slow: " + b"x" * 6000)
                held.append(connection)
        eventually(lambda: exchange(server, request_bytes("GET", "/healthz")) or True)
        assert server.process.poll() is None, server.stderr()
    eventually(lambda: is_served(server, video, body))


def is_served(server, video, body):
    """True when `video` is served. Under the limit no thread can be started, so a request that must wait
    for the disk is rejected; on a machine where other tests rename files, any may be."""
    answer = download(server, video)
    if answer is not None and answer.status == 503:
        return False
    assert answer is not None and (answer.status, answer.body) == (200, body), answer
    return True


def test_a_thread_that_cannot_be_started_is_a_shortage(faulty, tree):
    """The first file that must be waited for, when there is no room for the stack of a thread."""
    video = tree.add(Lesson("waits.mp4"), noise(1 << 20))
    server, faults = faulty(tree, config={"threads": 1})
    limit_address_space(server)
    with faults.inject(Call.OPENAT2, errno.EAGAIN, times=-1) as fault:  # the name is not in memory
        answer = download(server, video)
        assert fault.hits() > 0
    assert check_problem(answer, 503)["type"].endswith("overloaded")
    assert server.process.poll() is None


def test_a_read_that_no_thread_can_do_is_a_shortage_and_forgotten(start_server, tree):
    """The name is in memory, the bytes are not. The read that was given up is not done later, for a request
    that is gone."""
    body = noise(1 << 20)
    video = tree.add(Lesson("cold.mp4"), body)
    server = start_server(tree, config={"threads": 1})
    drop_pages(tree.path(video))
    limit_address_space(server)
    for _ in range(3):
        answer = download(server, video)
        assert check_problem(answer, 503)["type"].endswith("overloaded")
    subprocess.run(["prlimit", f"--pid={server.process.pid}", "--as=unlimited:unlimited"], check=True)
    for _ in range(2):
        answer = download(server, video)
        assert (answer.status, answer.body) == (200, body)
    assert server.process.poll() is None


def drop_pages(path):
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    command = ["fincore", "--bytes", "--noheadings", "--output", "RES", path]
    done = subprocess.run(command, check=True, capture_output=True, encoding="ascii")
    if int(done.stdout) != 0:
        unable("the file system of the tests keeps a file in memory")
