"""docs/api.md §2: headers, conditions and ranges of a download."""

import pytest
from support.checks import attachment_name, byte_ranges, check_problem
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, VIDEO, Course, Lesson
from support.media import LAST_MODIFIED, MTIME_NS, MediaTree, noise
from support.tokens import mint

BODY = noise(100_000, seed=2)
EARLIER = "Mon, 01 Jan 2024 00:00:00 GMT"
LATER = "Wed, 03 Jan 2024 00:00:00 GMT"


@pytest.fixture(scope="module")
def video(media):
    return media.add(Lesson("contract.mp4"), BODY)


@pytest.fixture(scope="module")
def etag(server, video):
    return server.download(video).get("ETag")


@pytest.mark.parametrize("sample", [VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION])
def test_whole_file(server, media, sample):
    answer = server.download(sample)
    assert answer.status == 200
    assert answer.body == media.content(sample)
    assert attachment_name(answer) == sample.filename
    assert answer.get("Content-Type") == "video/mp4"
    assert answer.get("Accept-Ranges") == "bytes"
    assert answer.get("Last-Modified") == LAST_MODIFIED
    assert answer.list("Cache-Control") == {"private", "no-cache"}
    assert answer.get("X-Content-Type-Options") == "nosniff"
    assert answer.get("ETag").startswith('"') and answer.get("ETag").endswith('"')
    assert answer.get("Date") and answer.get("X-Request-Id")
    assert "authorization" in answer.list("Vary")


def test_head_has_the_fields_of_get_and_no_body(server, video):
    with server.connect() as connection:
        token = {"Authorization": f"Bearer {server.token(video)}"}
        get = connection.request("GET", video.target(), token)
        head = connection.request("HEAD", video.target(), token)
        again = connection.request("GET", video.target(), token)

    def stable(response):
        return [each for each in response.fields if each[0] not in ("Date", "X-Request-Id")]

    assert (head.status, stable(head), head.body) == (200, stable(get), b"")
    assert again.body == BODY, "a body after HEAD would have been read as the next response"


def test_a_trainer_may_be_called_course(server, media):
    """The routes differ in the number of path segments."""
    for trainer in ("course", "module"):
        lesson = media.add(
            Lesson("l.mp4", trainer=trainer, course=f"of-{trainer}"), trainer.encode()
        )
        token = server.token(lesson, user_id=trainer)
        assert server.download(lesson, token=token).body == trainer.encode()


def test_new_course_is_found_while_serving(start_server, tree):
    server = start_server(tree, config={"media": {"rescan_interval": 1}})
    fresh = Course("presentation.mp4", course="fresh")
    check_problem(server.issue(fresh), 403)
    tree.add(fresh, b"new")
    answers = (server.issue(fresh) for _ in range(2000))
    assert any(answer.status == 200 for answer in answers)
    assert server.download(fresh).body == b"new"


def test_layout_templates(start_server, tree):
    tree.add("courses/c7/presentation.mp4", b"flat")
    layout = {"course": "courses/{course_id}/{filename}"}
    server = start_server(tree, config={"media": {"layout": layout}})
    from_elsewhere = Course("presentation.mp4", course="c7")
    assert server.download(from_elsewhere, token=mint(from_elsewhere)).body == b"flat"


def test_etag_is_the_same_on_every_replica(start_server, tree, tmp_path):
    copy = MediaTree(tmp_path / "copy")
    one, two = start_server(tree), start_server(copy)
    assert tree.path(VIDEO).stat().st_ino != copy.path(VIDEO).stat().st_ino
    for name in ("ETag", "Last-Modified"):
        assert one.download(VIDEO).get(name) == two.download(VIDEO).get(name)
    token, etag = one.token(VIDEO), one.download(VIDEO).get("ETag")
    assert two.download(VIDEO, {"If-Range": etag, "Range": "bytes=9-"}, token).status == 206


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.replace(VIDEO, b"x", MTIME_NS),
        lambda tree: tree.replace(VIDEO, tree.content(VIDEO), MTIME_NS + 1000),
        lambda tree: tree.replace(VIDEO, tree.content(VIDEO), MTIME_NS + 10**9),
    ],
    ids=["size", "microsecond", "second"],
)
def test_etag_changes_with_the_file(start_server, tree, change):
    server = start_server(tree)
    before = server.download(VIDEO).get("ETag")
    change(tree)
    assert server.download(VIDEO).get("ETag") != before


@pytest.mark.parametrize(
    "wanted, first, last",
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=99999-", 99999, 99999),
        ("bytes=50000-", 50000, 99999),
        ("bytes=-1", 99999, 99999),
        ("bytes=-100000", 0, 99999),
        ("bytes=-100001", 0, 99999),
        ("bytes=0-100000", 0, 99999),
        ("BYTES=5-6", 5, 6),
        ("bytes= 5-6", 5, 6),
        ("bytes=5-6,", 5, 6),
    ],
)
def test_one_range(server, video, wanted, first, last):
    answer = server.download(video, {"Range": wanted})
    assert answer.status == 206
    assert answer.get("Content-Range") == f"bytes {first}-{last}/100000"
    assert answer.body == BODY[first : last + 1]
    assert answer.get("Content-Type") == "video/mp4"


@pytest.mark.parametrize(
    "wanted, parts",
    [
        ("bytes=0-9,20-29", [(0, 9), (20, 29)]),
        ("bytes=-5, 0-0 ,99-99", [(99995, 99999), (0, 0), (99, 99)]),
        ("bytes=0-49999,50000-", [(0, 49999), (50000, 99999)]),
    ],
)
def test_several_ranges(server, video, wanted, parts):
    answer = server.download(video, {"Range": wanted})
    assert answer.status == 206
    assert answer.get("Content-Range") is None
    expected = [(a, z, 100_000, "video/mp4", BODY[a : z + 1]) for a, z in parts]
    assert byte_ranges(answer) == expected


@pytest.mark.parametrize("wanted", ["bytes=100000-", "bytes=-0", "bytes=100000-200000,999999-"])
def test_range_beyond_the_end(server, video, etag, wanted):
    answer = server.download(video, {"Range": wanted})
    check_problem(answer, 416)
    assert answer.get("Content-Range") == "bytes */100000"
    assert answer.get("ETag") == etag


ETAG = "(its own)"


@pytest.mark.parametrize(
    "fields, status",
    [
        ({"If-Match": ETAG}, 200),
        ({"If-Match": f'"other", {ETAG}'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": f"W/{ETAG}"}, 412),
        ({"If-None-Match": ETAG}, 304),
        ({"If-None-Match": f"W/{ETAG}"}, 304),
        ({"If-None-Match": f'"a", {ETAG}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Modified-Since": LAST_MODIFIED}, 304),
        ({"If-Modified-Since": LATER}, 304),
        ({"If-Modified-Since": EARLIER}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Unmodified-Since": LAST_MODIFIED}, 200),
        ({"If-Unmodified-Since": EARLIER}, 412),
        ({"If-Unmodified-Since": "yesterday"}, 200),
    ],
    ids=str,
)
def test_conditions(server, video, etag, fields, status):
    fields = {name: value.replace(ETAG, etag) for name, value in fields.items()}
    answer = server.download(video, fields)
    if status == 412:
        check_problem(answer, 412)
        return
    assert answer.status == status
    assert answer.body == (b"" if status == 304 else BODY)
    assert answer.get("ETag") == etag
    assert "private" in answer.list("Cache-Control")
    assert "authorization" in answer.list("Vary")


def test_download_needs_no_host_of_its_own(server, video):
    """The Host field does not matter, so a balancer may use any host name: only the token
    matters."""
    answer = server.request(
        "GET",
        video.target(),
        {"Host": "media.example", "X-Forwarded-For": "192.0.2.7",
         "Authorization": f"Bearer {server.token(video)}"},
    )
    assert answer.status == 200
