"""Transfers whose file or client changes under them (docs/security.md, threat 21), and large ones."""

import hashlib
import os
import threading
import time

import pytest
from support.checks import check_problem
from support.ids import VIDEO, Lesson
from support.media import MTIME_NS, noise
from support.metrics import check_metric
from support.paused import LARGE, Paused
from support.tokens import mint
from support.waiting import eventually

@pytest.fixture
def large(tree):
    return tree.add(Lesson("large.mp4"), noise(LARGE))


@pytest.mark.parametrize("size", [0, 1 << 16, 20 << 20, LARGE - 1])
def test_row_21_truncated_file_cuts_the_connection(start_server, tree, large, size):
    """The client gets fewer bytes than promised. Bytes that sendfile had lent to the socket when
    the file was cut may arrive as zeros; the cut tells the client, and the new ETag prevents a
    resume from using them."""
    server = start_server(tree)
    content = tree.content(large)
    transfer = Paused(server, large)
    os.truncate(tree.path(large), size)
    got = transfer.cut()
    assert len(got) < transfer.head.length == LARGE
    assert got[:size] == content[: min(size, len(got))]
    resume = {"Range": f"bytes={len(got)}-", "If-Range": transfer.head.get("ETag")}
    again = server.download(large, resume)
    assert (again.status, again.body) == (200, content[:size])
    assert server.get("/healthz").status == 200
    assert "sluice_transfers_cut_total 1\n" in server.get("/metrics").body.decode()


def test_row_21_replaced_file_finishes_and_the_next_request_sees_the_new_one(
    start_server, tree, large
):
    server = start_server(tree)
    content, fresh = tree.content(large), noise(LARGE, seed=9)
    transfer = Paused(server, large)
    tree.replace(large, fresh)
    after = server.download(large)
    assert after.body == fresh
    assert after.get("ETag") != transfer.head.get("ETag")
    assert transfer.finish() == content


def test_row_21_replaced_between_two_ranges(start_server, tree):
    server = start_server(tree)
    video = tree.add(Lesson("parts.mp4"), b"old " * 1000)
    first = server.download(video, {"Range": "bytes=0-99"})
    etag, date = first.get("ETag"), first.get("Last-Modified")
    tree.replace(video, b"new " * 1000)
    resume = {"Range": "bytes=100-", "If-Range": etag}
    deadline = time.monotonic() + 1  # cache.lifetime_ms: till then the kept version may be sent, whole
    while time.monotonic() < deadline:
        answer = server.download(video, resume)
        assert (answer.status, answer.body) in (
            (206, (b"old " * 1000)[100:]),
            (200, b"new " * 1000),
        )
        time.sleep(0.1)
    for validator in (etag, date):
        answer = server.download(video, {"Range": "bytes=100-", "If-Range": validator})
        assert (answer.status, answer.body) == (200, b"new " * 1000)
    check_problem(server.download(video, {"Range": "bytes=100-", "If-Match": etag}), 412)


def test_row_21_removed_file_finishes(start_server, tree, large):
    server = start_server(tree)
    content = tree.content(large)
    transfer = Paused(server, large)
    tree.path(large).unlink()
    check_problem(server.download(large, token=mint(large)), 404)
    assert transfer.finish() == content


def rewrite(path):
    with open(path, "r+b") as file:
        file.write(noise(LARGE, seed=8))


def rewrite_and_put_the_time_back(path):
    before = path.stat()
    rewrite(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def append(path):
    with open(path, "ab") as file:
        file.write(b"more" * 1000)


@pytest.mark.parametrize("change", [rewrite, rewrite_and_put_the_time_back, append])
def test_row_21_a_file_written_to_cuts_the_connection(start_server, tree, large, change):
    """A mixture of two versions never arrives whole, and the log contains the reason."""
    server = start_server(tree)
    transfer = Paused(server, large)
    change(tree.path(large))
    assert len(transfer.cut()) < LARGE // 2  # noticed in the next turn, not at the end
    line = eventually(lambda: [x for x in server.access_log() if x["outcome"] == "cut"])[0]
    assert line["cause"] == "file_changed"
    check_metric(server, "sluice_media_read_failures_total", 1)
    assert server.download(large).body == tree.path(large).read_bytes()


@pytest.mark.parametrize("change", ["link", "chmod"])
def test_row_21_what_leaves_the_content_alone_cuts_nothing(start_server, tree, large, change):
    server = start_server(tree)
    content = tree.content(large)
    transfer = Paused(server, large)
    path = tree.path(large)
    if change == "link":
        os.link(path, path.with_name("second.mp4"))
    else:
        path.chmod(0o640)
    assert transfer.finish() == content


def test_slow_reader_within_the_limits_finishes(start_server, tree):
    """The whole transfer is slower than the stall window, but no part is: the timer is re-armed."""
    video = tree.add(Lesson("slow.mp4"), noise(24 << 20))
    limits = {"stall_timeout": 1, "min_rate": 0}
    server = start_server(tree, config={"limits": limits})
    transfer = Paused(server, video)
    began = time.monotonic()
    parts = [transfer.start]
    while sum(map(len, parts)) < 24 << 20:
        part = transfer.connection.receive(1 << 20)
        assert part, "cut although it made progress"
        parts.append(part)
        if time.monotonic() - began < 3:
            time.sleep(0.02)
    assert time.monotonic() - began > 2
    assert b"".join(parts) == tree.content(video)


def holds(server, path):
    """True when the server has a descriptor of that file."""
    descriptors = f"/proc/{server.process.pid}/fd"
    return any(os.path.realpath(f"{descriptors}/{fd}") == str(path) for fd in os.listdir(descriptors))


def test_client_that_goes_away_is_forgotten(start_server, tree, large):
    server = start_server(tree)
    for _ in range(5):
        Paused(server, large).close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        metrics = server.get("/metrics").body.decode()
        if "sluice_requests_active 1\n" in metrics and "sluice_connections_open 1\n" in metrics:
            break
        time.sleep(0.05)
    assert "sluice_requests_active 1\n" in metrics
    assert "sluice_transfers_lost_total 5\n" in metrics
    while time.monotonic() < deadline and holds(server, tree.path(large)):
        time.sleep(0.05)  # each thread keeps what it has just served for cache.lifetime_ms
    assert not holds(server, tree.path(large))
    assert server.download(VIDEO).status == 200


def test_expiry_does_not_cut_a_transfer(start_server, tree, large):
    server = start_server(tree)
    token = mint(large, ttl=2)
    transfer = Paused(server, large, token)
    time.sleep(2.5)
    assert transfer.finish() == tree.content(large)
    fields = {"Authorization": f"Bearer {token}"}
    check_problem(transfer.connection.request("GET", large.target(), fields), 401)


def test_large_sparse_file(start_server, tree):
    """Offsets beyond 4 GiB; the middle is a hole."""
    video = Lesson("sparse.mp4")
    with open(tree.path(video), "wb") as file:
        file.write(b"begin")
        file.seek((5 << 30) - 3)
        file.write(b"end")
    os.utime(tree.path(video), ns=(MTIME_NS, MTIME_NS))
    server = start_server(tree)
    head = server.download(video, method="HEAD")
    assert head.length == 5 << 30
    tail = server.download(video, {"Range": f"bytes={(5 << 30) - 6}-"})
    assert (tail.status, tail.body) == (206, b"\0\0\0end")
    middle = server.download(video, {"Range": f"bytes={(4 << 30) - 2}-{(4 << 30) + 1}"})
    assert (middle.status, middle.body) == (206, b"\0\0\0\0")


def test_concurrent_downloads(start_server, tree):
    """Forty downloads of four files at once: every byte is in its place."""
    videos = [tree.add(Lesson(f"many{n}.mp4"), noise(3 << 20, seed=n)) for n in range(4)]
    expected = [hashlib.sha256(tree.content(video)).digest() for video in videos]
    server = start_server(tree)
    failures = []

    def fetch(n):
        try:
            body = server.download(videos[n % 4], token=mint(videos[n % 4])).body
            if hashlib.sha256(body).digest() != expected[n % 4]:
                failures.append(f"{n}: other bytes")
        except Exception as error:  # a thread must not swallow it
            failures.append(f"{n}: {error!r}")

    threads = [threading.Thread(target=fetch, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
