"""Two versions of a file and the validators that distinguish them: rows 29 and 61 of the table of
threats."""

import os
import time
from email.utils import format_datetime, formatdate, parsedate_to_datetime

import pytest
from support.ability import unable
from support.checks import check_problem
from support.ids import Lesson
from support.media import LAST_MODIFIED, MTIME_NS, noise
from support.waiting import eventually

SIZE = 40_000  # more than a thread keeps of a file
V1, V2 = noise(SIZE, seed=61), noise(SIZE, seed=62)
REST = {"Range": "bytes=1000-"}
SECOND = 10**9


@pytest.fixture
def uncached(start_server, tree):
    """A server that notices each version at once; by default it may take a second."""
    return start_server(tree, config={"cache": {"files": 0}})


def resumes(server, video, first):
    """Every way to request the rest after the response `first`; each with the statuses that keep
    the versions apart."""
    tag, date = first.get("ETag"), first.get("Last-Modified")
    for validator in filter(None, (tag, date, first.get("Date"))):
        yield server.download(video, {**REST, "If-Range": validator}), (200,)
    if tag:
        yield server.download(video, {**REST, "If-Match": tag}), (412,)
    for when in filter(None, (date, first.get("Date"))):
        yield server.download(video, {**REST, "If-Unmodified-Since": when}), (200, 412)


def check_not_mixed(server, video, first):
    seen = 0
    for answer, allowed in resumes(server, video, first):
        assert answer.status in allowed, answer
        assert answer.status != 200 or answer.body == V2
        seen += 1
    assert seen >= 2


@pytest.mark.parametrize("mtime", [0, 1, 0.5, 1.999999999, -1, -SECOND], ids=str)
def test_row_61_a_placeholder_mtime_gives_no_validator(uncached, tree, mtime):
    stamp = int(mtime * SECOND)
    video = tree.add(Lesson("placeholder.mp4"), V1, stamp)
    first = uncached.download(video)
    assert (first.status, first.body) == (200, V1)
    assert first.get("ETag") is None and first.get("Last-Modified") is None
    tree.replace(video, V2, stamp)
    check_not_mixed(uncached, video, first)
    assert uncached.download(video, {"If-Modified-Since": first.get("Date")}).body == V2
    beyond = uncached.download(video, {"Range": f"bytes={SIZE}-"})
    check_problem(beyond, 416)
    assert beyond.get("ETag") is None


@pytest.mark.parametrize("how", ["rewrite", "rename"])
def test_row_61_equal_size_and_mtime(uncached, tree, how):
    """touch -r: the tag must not contain the change time, but the node has seen the other one."""
    video = tree.add(Lesson("touched.mp4"), V1)
    first = uncached.download(video)
    assert first.get("ETag") and first.get("Last-Modified") == LAST_MODIFIED
    assert uncached.download(video, {**REST, "If-Range": first.get("ETag")}).status == 206
    (tree.add if how == "rewrite" else tree.replace)(video, V2, MTIME_NS)
    check_not_mixed(uncached, video, first)
    again = uncached.download(video)
    assert again.body == V2
    assert again.get("ETag") is None and again.get("Last-Modified") is None
    assert uncached.download(video, {"If-None-Match": first.get("ETag")}).body == V2
    assert uncached.download(video, {"If-Modified-Since": LAST_MODIFIED}).body == V2


def test_row_61_equal_date_and_another_size(uncached, tree):
    """A build that gives every file one date: tags differ by size, and the new version gets no
    Last-Modified."""
    video = tree.add(Lesson("dated.mp4"), V1)
    first = uncached.download(video)
    tree.replace(video, V2 + b"!", MTIME_NS)
    fresh = uncached.download(video)
    assert fresh.get("ETag") not in (None, first.get("ETag"))
    assert fresh.get("Last-Modified") is None
    for name, value, status in (("If-Range", LAST_MODIFIED, 200), ("If-Unmodified-Since", LAST_MODIFIED, 412),
                                ("If-Range", first.get("ETag"), 200), ("If-Range", fresh.get("ETag"), 206)):
        assert uncached.download(video, {**REST, name: value}).status == status, name


def test_row_61_a_young_file_has_no_validators(uncached, tree):
    """Two writes in one tick have one mtime, so a response has no validators before two seconds
    have passed."""
    path = tree.path(Lesson("young.mp4"))
    path.write_bytes(V1)
    video = Lesson("young.mp4")
    first = uncached.download(video)
    assert first.get("ETag") is None and first.get("Last-Modified") is None
    stamp = path.stat().st_mtime_ns
    path.write_bytes(V2)
    os.utime(path, ns=(stamp, stamp))  # as if in the same tick
    check_not_mixed(uncached, video, first)
    eventually(lambda: uncached.download(video).get("ETag") is not None)
    age = time.time() - stamp / SECOND
    assert age >= 2, age
    settled = uncached.download(video)
    assert settled.body == V2 and settled.get("Last-Modified") == formatdate(stamp // SECOND, usegmt=True)
    assert uncached.download(video, {**REST, "If-Range": settled.get("ETag")}).body == V2[1000:]


def test_row_61_writes_as_fast_as_they_come(start_server, tree):
    """Uses the default cache. A request with the validator of an earlier response never gets a part
    of another version."""
    server = start_server(tree)
    video = Lesson("busy.mp4")
    path = tree.path(video)
    versions = [noise(SIZE, seed=n) for n in range(4)]
    given = []  # (validator, version)
    end = time.monotonic() + 4
    turn = 0
    while time.monotonic() < end:
        turn += 1
        fresh = path.with_name("fresh")
        fresh.write_bytes(versions[turn % 4])
        os.utime(fresh, ns=(MTIME_NS, MTIME_NS))
        fresh.rename(path)
        time.sleep(0.0 if turn % 3 else 0.03)
        answer = server.download(video)
        if answer.get("ETag"):
            given.append((answer.get("ETag"), versions.index(answer.body)))
        for tag, version in given[-3:]:
            part = server.download(video, {**REST, "If-Range": tag})
            assert part.status in (200, 206)
            assert part.status == 200 or part.body == versions[version][1000:]
    assert given and turn > 20


def test_row_61_times_beyond_64_bits_of_nanoseconds(uncached, tree):
    stamps = [(year - 1970) * 31_556_952 * SECOND + more for year in (2263, 2300, 2400) for more in (0, 1000, SECOND)]
    videos = [tree.add(Lesson(f"far{n}.mp4"), V1, stamp) for n, stamp in enumerate(stamps)]
    if any(tree.path(video).stat().st_mtime_ns != stamp for video, stamp in zip(videos, stamps)):
        unable("this file system keeps no such times")
    time.sleep(2.1)  # a future mtime is as old as the change time
    tags = {uncached.download(video).get("ETag") for video in videos}
    assert None not in tags and len(tags) == len(stamps)


def test_a_future_mtime_is_judged_by_what_was_sent(uncached, tree):
    """RFC 9110 §8.8.2.1: Last-Modified is the Date then. A client can send it back, and it is
    valid."""
    video = tree.add(Lesson("future.mp4"), V1, (int(time.time()) + 86400) * SECOND)
    time.sleep(2.1)
    first = uncached.download(video)
    sent = first.get("Last-Modified")
    assert sent == first.get("Date") and first.get("ETag")
    time.sleep(1.1)
    assert uncached.download(video, {**REST, "If-Unmodified-Since": sent}).status == 206
    assert uncached.download(video, {"If-Modified-Since": sent}).status == 304
    assert uncached.download(video, {**REST, "If-Range": sent}).status == 200  # no strong date
    assert uncached.download(video, {**REST, "If-Range": first.get("ETag")}).status == 206
    tree.replace(video, V2, (int(time.time()) + 90000) * SECOND)
    check_problem(uncached.download(video, {**REST, "If-Unmodified-Since": sent}), 412)
    assert uncached.download(video, {"If-Modified-Since": sent}).body == V2


def test_row_29_a_date_is_given_only_when_it_is_strong(uncached, tree):
    """RFC 9110 §8.8.2.2: a response with Last-Modified has a Date that is at least a second
    later."""
    video = Lesson("dates.mp4")
    path = tree.path(video)
    time.sleep(1 - time.time() % 1)  # two versions in one second
    path.write_bytes(V1)
    first = uncached.download(video)
    path.with_name("next").write_bytes(V2)
    path.with_name("next").rename(path)
    second = path.stat().st_mtime_ns // SECOND
    date = formatdate(second, usegmt=True)
    while time.time() < second + 4:
        answer = uncached.download(video)
        assert answer.body == V2
        given = answer.get("Last-Modified")
        later = parsedate_to_datetime(answer.get("Date")).timestamp() - second
        assert given == (date if given else None)
        assert given is None or later >= 1
        part = uncached.download(video, {**REST, "If-Range": date})
        assert part.status == 200 or part.body == V2[1000:]
        time.sleep(0.1)
    assert given == date
    assert first.body == V1 and first.get("Last-Modified") is None
    assert uncached.download(video, {**REST, "If-Range": date}).body == V2[1000:]


def test_row_29_if_range_takes_the_date_as_it_was_written(server, media):
    video = media.add(Lesson("written.mp4"), V1)
    moment = parsedate_to_datetime(LAST_MODIFIED)
    rfc850 = moment.strftime("%A, %d-%b-%y %H:%M:%S GMT")
    asctime = moment.strftime("%a %b %e %H:%M:%S %Y")
    assert format_datetime(moment, usegmt=True) == LAST_MODIFIED
    for value in (rfc850, asctime, LAST_MODIFIED.replace("GMT", "UTC"), LAST_MODIFIED.lower(), f"{LAST_MODIFIED}, x"):
        answer = server.download(video, {**REST, "If-Range": value})
        assert (answer.status, answer.body) == (200, V1), value
    assert server.download(video, {**REST, "If-Range": LAST_MODIFIED}).status == 206
