"""docs/objects.md: media in an object store. A client sees the same as with media in a directory."""

import re
import threading

import pytest
from support.checks import byte_ranges, check_problem
from support.hosts import own_hosts
from support.ids import Course, Lesson, Module
from support.media import noise
from support.metrics import scrape
from support.object_stores import BODY, VIDEO, Rgw, add, key
from support.server import ROOT, Server
from support.tokens import mint
from support.waiting import eventually

HARD_NAMES = [
    "a b.mp4", " lead.mp4", "trail .mp4", "Été à la plage.mp4", "E\u0301te\u0301.mp4", "日本語.mp4",
    "\U0001f3ac.mp4", "a+b.mp4", "%41.mp4", "%2F.mp4", "a%b&c=d~e(f)'g!h*i.mp4", "x<>^{}[];:@,$.mp4",
    "q?r#s|t`u.mp4", 'quote".mp4', "..mp4", "...", "-", "~",
]


def test_a_whole_object(origin, bucket):
    answer = origin.download(VIDEO)
    assert (answer.status, answer.body) == (200, BODY)
    assert answer.get("ETag") == bucket.etag(key(VIDEO))
    assert answer.get("Last-Modified") and answer.get("Accept-Ranges") == "bytes"
    assert answer.get("Content-Type") == "video/mp4"
    assert answer.list("Cache-Control") == {"private", "no-cache"}
    assert not [name for name, _ in answer.fields if name.lower().startswith("x-amz")]


@pytest.fixture
def named(bucket, tmp_path):
    """A service whose store has the bucket in its name: (store, service)."""
    if not isinstance(bucket, Rgw):
        pytest.skip("the Swift of the tests has no name of its own")
    command = own_hosts(tmp_path, "127.0.0.1 vod.store.test")
    store = Rgw(tmp_path / "named", S3_RGW_EXTRA="rgw dns name = store.test")
    store.make_bucket()
    config = store.config(tmp_path, s3={"endpoint": f"http://store.test:{store.port}", "plain_http": True,
                                        "addressing": "host"})
    service = Server(tmp_path / "service", None, config=config, prefix=command)
    yield store, service
    service.stop()
    store.stop()


def test_a_store_that_has_the_bucket_in_its_name(named):
    """s3.addressing "host": the bucket is in front of the name that is resolved and signed."""
    store, service = named
    odd, course = Lesson("Été a+b %41~.mp4"), Course("presentation.mp4")
    for media, content in ((VIDEO, BODY), (odd, BODY[::-1]), (course, BODY[:500])):
        add(store, media, content)
    eventually(lambda: service.download(course, token=mint(course)).status == 200)
    assert service.get("/readyz").status == 200, "the list was signed"
    assert service.download(VIDEO).body == BODY
    assert service.download(odd, {"Range": "bytes=0-99"}).body == BODY[::-1][:100]
    assert service.download(course).body == BODY[:500]


def test_head(origin):
    answer = origin.download(VIDEO, method="HEAD")
    assert (answer.status, answer.body, answer.get("Content-Length")) == (200, b"", str(len(BODY)))


@pytest.mark.parametrize("wanted, first, last", [
    ("0-0", 0, 0), ("100-199", 100, 199), ("99999-", 99_999, 99_999), ("-5", 99_995, 99_999),
    ("5-200000", 5, 99_999), ("0-99999", 0, 99_999),
])
def test_one_range(origin, wanted, first, last):
    answer = origin.download(VIDEO, {"Range": f"bytes={wanted}"})
    assert answer.status == 206
    assert answer.get("Content-Range") == f"bytes {first}-{last}/{len(BODY)}"
    assert answer.body == BODY[first:last + 1]


def test_several_ranges(origin):
    answer = origin.download(VIDEO, {"Range": "bytes=0-1,5000-70000,-3"})
    assert answer.status == 206
    assert [part[-1] for part in byte_ranges(answer)] == [BODY[:2], BODY[5000:70_001], BODY[-3:]]


RANGES = [
    "bytes=0-4", "bytes=6-", "bytes=-3", "bytes=-200000", "bytes=5-200000", "bytes= 0-4", "BYTES=0-4",
    "bytes=0-99999999999999999999", "bytes=-0", "bytes=100000-", "bytes=5-2", "bytes=abc", "bytes=",
    "0-4", "items=0-4", "bytes=0-1,4-5", "bytes=0-1,200000-200001", "bytes=0-1,1-2,2-3",
    "bytes=" + ",".join(f"{i}-{i}" for i in range(0, 102, 2)),
]
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"
EARLIER = "Sat, 01 Jan 2000 00:00:00 GMT"
CONDITIONS = [
    {"If-None-Match": "{etag}"}, {"If-None-Match": '"other", {etag}'}, {"If-None-Match": "W/{etag}"},
    {"If-None-Match": "*"}, {"If-None-Match": '"other"'}, {"If-Match": "{etag}"}, {"If-Match": "*"},
    {"If-Match": '"other"'}, {"If-Match": "W/{etag}"}, {"If-Match": '"other", {etag}'},
    {"If-Modified-Since": LATER}, {"If-Modified-Since": EARLIER}, {"If-Modified-Since": "yesterday"},
    {"If-Unmodified-Since": LATER}, {"If-Unmodified-Since": EARLIER},
    {"If-Match": "{etag}", "If-Unmodified-Since": EARLIER},
    {"If-None-Match": '"other"', "If-Modified-Since": LATER},
    {"If-Range": "{etag}", "Range": "bytes=0-4"}, {"If-Range": '"other"', "Range": "bytes=0-4"},
    {"If-Range": "W/{etag}", "Range": "bytes=0-4"}, {"If-Range": LATER, "Range": "bytes=0-4"},
    {"If-Match": '"other"', "Range": "bytes=200000-"}, {"If-None-Match": "{etag}", "Range": "bytes=0-4"},
]


@pytest.fixture(scope="module")
def twin(media):
    """The same bytes in a directory."""
    return media.add(Lesson("twin.mp4"), BODY)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("fields", [{"Range": text} for text in RANGES] + CONDITIONS)
def test_ranges_and_conditions_are_those_of_a_file(origin, server, twin, method, fields):
    """The store is never asked to decide: Swift and Ceph disagree on half of these."""
    def answer_of(service, media):
        etag = service.download(media, method="HEAD").get("ETag")
        sent = {name: value.replace("{etag}", etag) for name, value in fields.items()}
        answer = service.download(media, sent, method=method)
        kind = answer.get("Content-Type") or ""
        if kind.startswith("multipart"):
            parts = byte_ranges(answer) if method == "GET" else None
            return answer.status, "multipart", parts
        body = answer.body if answer.status in (200, 206) else b""
        has = [answer.get(name) is not None for name in ("ETag", "Last-Modified", "Accept-Ranges")]
        return answer.status, kind, answer.get("Content-Range"), has, body

    assert answer_of(origin, VIDEO) == answer_of(server, twin)


def test_an_empty_object(origin, bucket):
    empty = add(bucket, Lesson("empty.mp4"), b"")
    answer = origin.download(empty)
    assert (answer.status, answer.body, answer.get("Content-Length")) == (200, b"", "0")
    assert origin.download(empty, {"Range": "bytes=0-"}).status == 416


@pytest.mark.parametrize("name", HARD_NAMES)
def test_a_hard_name(origin, bucket, name):
    content = name.encode() * 3
    lesson = add(bucket, Lesson(name), content)
    answer = origin.download(lesson)
    assert (answer.status, answer.body) == (200, content)
    assert origin.download(lesson, {"Range": "bytes=1-2"}).body == content[1:3]


def test_presentations_are_found_by_their_owner(origin):
    for media in (Course("presentation.mp4"), Module("presentation.mp4")):
        answer = origin.download(media)
        assert (answer.status, answer.body) == (200, BODY)
    assert origin.issue(Course("presentation.mp4"), user_id="another").status == 403


def test_a_new_course_is_found_and_a_course_of_two_trainers_rejected(origin, bucket):
    fresh = add(bucket, Course("new.mp4", course="a b+é", trainer="trainer 9"), b"new")
    eventually(lambda: origin.issue(fresh, user_id="trainer 9").status == 200)
    assert origin.download(fresh, token=origin.token(fresh, "trainer 9")).body == b"new"
    for trainer in ("one", "two"):
        add(bucket, Course("x.mp4", course="shared", trainer=trainer), b"x")
    eventually(lambda: origin.issue(Course("x.mp4", course="shared"), "one").status == 409)


def test_a_missing_object(origin):
    missing = Lesson("missing.mp4")
    check_problem(origin.issue(missing), 404)
    check_problem(origin.download(missing, token=mint(missing)), 404)


def test_many_clients_share_one_lookup(serve_bucket, bucket):
    service = serve_bucket(more={"threads": 1})
    lesson = add(bucket, Lesson("shared.mp4"), BODY)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        service.download(lesson, token=mint(lesson)))) for _ in range(16)]
    before = scrape(service)
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [answer.body == BODY for answer in answers] == [True] * 16
    done = 'sluice_object_requests_total{origin="objects",outcome="done"}'
    asked = scrape(service)[done] - before[done]
    assert asked < 16 + 8, "one GET each, a few lookups, and the list of the courses meanwhile"


def test_a_token_and_its_download_share_one_lookup(bucket, tmp_path):
    """The costs in docs/objects.md."""
    config = bucket.config(tmp_path, more={"threads": 1, "cache": {"lifetime_ms": 60_000}})
    config["media"]["rescan_interval"] = 3600
    lesson = add(bucket, Lesson("counted.mp4"), BODY)
    service = Server(tmp_path / "service", None, config=config)
    try:
        done = 'sluice_object_requests_total{origin="objects",outcome="done"}'
        before = scrape(service)[done]
        for _ in range(3):
            assert service.download(lesson).body == BODY  # with a token of its own
        assert scrape(service)[done] - before == 1 + 3
    finally:
        service.stop()


def test_the_metrics_are_documented(origin):
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    families = {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name.split("{")[0])
                for name in scrape(origin) if name.startswith("sluice_object_")}
    assert len(families) == 11
    assert [name for name in sorted(families) if f"`{name}`" not in page] == []


def test_requests_to_the_store_are_timed_and_connections_counted(serve_bucket, bucket):
    service = serve_bucket({"threads": 1})
    assert [service.download(VIDEO).body == BODY for _ in range(3)] == [True] * 3

    def values(family):
        return {re.search(r'(?:kind|state)="(\w+)"', name)[1]: value for name, value in scrape(service).items()
                if name.startswith("sluice_object_" + family + "{")}

    counts = values("first_byte_seconds_count")
    assert counts["head"] >= 1 and counts["get"] == 3 and counts["list"] >= 1
    assert 0 < values("first_byte_seconds_sum")["get"] < 30
    # Bytes of a download that has ended are all read, so its connection is idle.
    assert eventually(lambda: values("connections") if values("connections")["busy"] == 0 else None)["idle"] >= 1
    opened = scrape(service)['sluice_object_connections_opened_total{origin="objects"}']
    assert 1 <= opened <= 4, "one for the worker, or two; one for the lists, or two"


def test_a_reload_moves_to_another_prefix_and_a_download_goes_on(serve_bucket, bucket):
    from support.paused import LARGE, Paused
    content = noise(LARGE, seed=9)
    large = add(bucket, Lesson("moving.mp4"), content)
    bucket.put("elsewhere/" + VIDEO.path(), b"another")
    service = serve_bucket()
    paused = Paused(service, large)
    service.reload(bucket.config(service.folder, s3={"prefix": "elsewhere/"}))
    assert service.download(VIDEO).body == b"another"
    assert paused.finish() == content
