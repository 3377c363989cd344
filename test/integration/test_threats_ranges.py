"""Hostile ranges and conditions: rows 24 to 30 of the table of threats."""

import pathlib

import pytest
from support.checks import byte_ranges, check_problem, check_refusal
from support.ids import VIDEO, Lesson
from support.media import LAST_MODIFIED, noise
from support.tokens import mint

SIZE = 100_000
BODY = noise(SIZE, seed=3)


@pytest.fixture(scope="module")
def video(media):
    return media.add(Lesson("ranges.mp4"), BODY)


@pytest.fixture(scope="module")
def etag(server, video):
    return server.download(video).get("ETag")


def resident_kib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=" + ",".join(["0-"] * 1000),
        "bytes=" + ",".join(["0-,-1"] * 500),
        "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 2000, 2)),
        "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 34, 2)),
        "bytes=0-99,50-149,100-199,150-249",
        "bytes=0-,0-,0-,0-",
    ],
    ids=["whole", "mixed", "scattered", "seventeen", "overlaps", "four"],
)
def test_row_24_range_floods(server, video, wanted):
    answer = server.download(video, {"Range": wanted})
    assert answer.status == 200
    assert answer.body == BODY


def test_row_24_sixteen_ranges_are_served(server, video):
    starts = range(0, 32, 2)
    answer = server.download(video, {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in starts)})
    assert answer.status == 206
    assert [part[0] for part in byte_ranges(answer)] == list(starts)


def test_row_24_a_header_of_100_kilobytes(server, video):
    wanted = "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 40000, 2))
    check_problem(server.get(video.target(), {"Range": wanted}, mint(video)), 431)


def test_row_24_memory_stays_constant(start_server, tree):
    """Sixteen slices of 4 MiB each are sent without being collected in memory."""
    video = tree.add(Lesson("large.mp4"), bytes(64 << 20))
    server = start_server(tree)
    size = 4 << 20
    wanted = ",".join(f"{n * size}-{(n + 1) * size - 1}" for n in range(16))
    assert server.download(VIDEO).status == 200
    before = resident_kib(server.process)
    answer = server.download(video, {"Range": "bytes=" + wanted})
    assert answer.status == 206 and len(answer.body) > 64 << 20
    assert resident_kib(server.process) - before < 8 << 10


@pytest.mark.parametrize(
    "wanted, status",
    [
        ("-9223372036854775808", 206),
        ("-18446744073709551616", 206),
        ("-0", 416),
        ("9223372036854775808-", 416),
        ("18446744073709551616-", 416),
        ("18446744073709551616-18446744073709551617", 416),
        ("5-2", 416),
        ("0-1,18446744073709551617-18446744073709551616", 416),
        ("0-1,99999999999999999999-99999999999999999998", 416),
        ("0-1,0099999999999999999998-99999999999999999999", 206),
        ("0-99999999999999999999", 206),
        ("99999-99999999999999999999", 206),
        ("0-18446744073709551615", 206),
        ("0-18446744073709551616", 206),
        ("-1,-9223372036854775808", 206),
    ],
)
def test_row_25_range_arithmetic(server, video, wanted, status):
    answer = server.download(video, {"Range": f"bytes={wanted}"})
    assert answer.status == status, answer
    if status == 416:
        assert answer.get("Content-Range") == f"bytes */{SIZE}"
    else:
        is_multipart = answer.get("Content-Range") is None
        parts = byte_ranges(answer) if is_multipart else [(*whole_part(answer), None, answer.body)]
        assert all(body == BODY[first : last + 1] for first, last, _, _, body in parts)


def whole_part(answer):
    where, size = answer.get("Content-Range").removeprefix("bytes ").split("/")
    first, last = where.split("-")
    return int(first), int(last), int(size)


@pytest.mark.parametrize(
    "wanted, status",
    [
        ("bytes=alpha", 416),
        ("bytes=", 416),
        ("bytes=-", 416),
        ("bytes=1", 416),
        ("bytes=1-2-3", 416),
        ("bytes=+1-2", 416),
        ("bytes=0x1-2", 416),
        ("bytes=0 - 1", 416),
        ("bytes=0-1;2-3", 416),
        ("items=0-1", 200),
        ("bytess=0-1", 200),
        ("seconds=1-2", 200),
        ("Bytes=0-1", 206),
        ("bytes=0-1,", 206),
        ("bytes=,0-1", 206),
    ],
)
def test_row_26_range_syntax(server, video, wanted, status):
    answer = server.download(video, {"Range": wanted})
    assert answer.status == status, answer
    assert status == 416 or answer.body == (BODY if status == 200 else BODY[:2])


def test_row_26_two_range_fields_are_never_half_obeyed(server, video):
    answer = server.download(video, [("Range", "bytes=0-1"), ("Range", "bytes=4-5")])
    check_refusal(answer, 400, "field-repeated")


def test_row_26_range_is_for_get_alone(server, video):
    answer = server.download(video, {"Range": "bytes=0-1"}, method="HEAD")
    assert (answer.status, answer.length) == (200, SIZE)
    assert answer.get("Content-Range") is None
    post = server.request("POST", video.target(), {"Range": "bytes=0-1", "Content-Length": "0"})
    check_problem(post, 405)


def test_row_27_partly_unsatisfiable(server, video):
    answer = server.download(video, {"Range": "bytes=0-9,999999999-"})
    assert answer.status == 206
    assert answer.get("Content-Range") == f"bytes 0-9/{SIZE}"
    assert answer.body == BODY[:10]


def test_row_28_empty_file(server, media):
    empty = media.add(Lesson("empty.mp4"), b"")
    whole = server.download(empty)
    assert (whole.status, whole.length, whole.body) == (200, 0, b"")
    for wanted in ("0-", "0-0", "-0", "1-", "0-,-0"):
        answer = server.download(empty, {"Range": f"bytes={wanted}"})
        check_problem(answer, 416)
        assert answer.get("Content-Range") == "bytes */0"
        assert answer.get("ETag") == whole.get("ETag")
    for wanted in ("-1", "-5", "0-,-5", "-18446744073709551616"):  # RFC 9110 §14.1.2
        answer = server.download(empty, {"Range": f"bytes={wanted}"})
        assert (answer.status, answer.length, answer.body) == (200, 0, b""), wanted
        assert answer.get("Content-Range") is None


def test_row_28_exact_end(server, video, etag):
    answer = server.download(video, {"Range": f"bytes={SIZE}-"})
    check_problem(answer, 416)
    assert answer.get("Content-Range") == f"bytes */{SIZE}"
    assert answer.get("ETag") == etag


@pytest.mark.parametrize(
    "value, status",
    [
        ("{0}", 206),
        (LAST_MODIFIED, 206),
        ("W/{0}", 200),
        ("{0}, {0}", 200),
        ('"other"', 200),
        ("Tue, 02 Jan 2024 03:04:06 GMT", 200),
        ("Tue, 02 Jan 2024 03:04:04 GMT", 200),
        ("Wed, 02 Jan 2024 03:04:05 GMT", 200),
        ("garbage", 200),
        ("*", 200),
        ('"', 200),
        ("", 200),
    ],
)
def test_row_29_if_range(server, video, etag, value, status):
    answer = server.download(video, {"If-Range": value.format(etag), "Range": "bytes=10-19"})
    assert answer.status == status, answer
    assert answer.body == (BODY[10:20] if status == 206 else BODY)


def test_row_29_if_range_without_range(server, video):
    assert server.download(video, {"If-Range": '"other"'}).status == 200


def test_row_30_order_of_preconditions(server, video, etag):
    """RFC 9110 §13.2.2, one step at a time."""
    old, new = "Mon, 01 Jan 2024 00:00:00 GMT", LAST_MODIFIED
    everything = {
        "If-Match": '"other"',
        "If-Unmodified-Since": new,
        "If-None-Match": etag,
        "If-Modified-Since": old,
        "Range": "bytes=0-9",
    }
    assert server.download(video, everything).status == 412
    # If-Match overrides If-Unmodified-Since, and If-None-Match overrides If-Modified-Since.
    assert server.download(
        video, {**everything, "If-Match": etag, "If-Unmodified-Since": old}
    ).status == 304
    passing = {"If-Match": etag, "If-None-Match": '"other"', "If-Modified-Since": new}
    assert server.download(video, passing).status == 200
    part = server.download(video, {**passing, "Range": "bytes=0-9"})
    assert (part.status, part.body) == (206, BODY[:10])
    beyond = {"Range": f"bytes={SIZE}-"}
    assert server.download(video, {**beyond, "If-None-Match": etag}).status == 304
    assert server.download(video, {**beyond, "If-Match": '"other"'}).status == 412
    assert server.download(video, {**beyond, "If-Range": '"other"'}).status == 200


@pytest.mark.parametrize("fields", [{"If-Match": '"x"'}, {"If-Match": "*"}, {"If-None-Match": "*"}])
def test_row_30_missing_file_stays_404(server, fields):
    absent = Lesson("absent.mp4")
    check_problem(server.download(absent, fields, mint(absent)), 404)


def test_boundaries_and_request_ids_are_not_foreseen(server, video):
    """One response reveals neither the identifiers of the next one nor their number."""
    answers = [server.download(video, {"Range": "bytes=0-1,4-5"}) for _ in range(20)]
    boundaries = [answer.get("Content-Type").split("boundary=")[1] for answer in answers]
    halves = {text for boundary in boundaries for text in (boundary[6:22], boundary[22:])}
    assert len(halves) == 40 and all(len(text) == 16 for text in halves)
    ids = [answer.get("X-Request-Id") for answer in answers]
    assert all(len(name) == 32 for name in ids) and len(set(ids)) == 20
    assert sorted(ids) != ids  # a count would be in order
    assert not any(text in name for text in halves for name in ids)
