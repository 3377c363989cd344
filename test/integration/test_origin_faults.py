"""docs/objects.md: what clients notice of faults of an object store, and of one another: nothing, or an error."""

import contextlib
import http.server
import pathlib
import socket
import threading
import time

import pytest
from support.checks import byte_ranges, check_problem
from support.clocks import shifted
from support.hosts import own_hosts
from support.ids import Course, Lesson
from support.media import noise
from support.metrics import scrape
from support.object_stores import BODY, VIDEO, Rgw, add, key
from support.paused import LARGE, Paused
from support.server import BINARY, SANITIZER_MARK, Server
from support.tokens import SECRET, mint
from support.waiting import eventually
from support.wire import request_bytes

REQUESTS = 'sluice_object_requests_total{origin="objects",outcome="%s"}'
RELEASED = 'sluice_object_released_total{origin="objects"}'
RESUMED = 'sluice_object_resumed_total{origin="objects"}'
IS_SANITIZED = SANITIZER_MARK in BINARY.read_bytes()


def in_threads(*calls):
    """The results of calls that run at the same time."""
    results = [None] * len(calls)

    def run(index):
        results[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for one in threads:
        one.start()
    return threads, results


def finish(threads):
    for one in threads:
        one.join(60)
        assert not one.is_alive()


def problems(service, outcome):
    return [event for event in service.events()
            if event["event"] == "object_store_problem" and event["outcome"] == outcome]


def test_a_client_that_pauses_outlives_the_connection_to_the_store(serve_bucket, bucket):
    service = serve_bucket(release_after=1)
    content = noise(LARGE, seed=3)
    paused = Paused(service, add(bucket, Lesson("large.mp4"), content))
    eventually(lambda: scrape(service)[RELEASED] == 1)
    assert scrape(service)['sluice_object_buffer_bytes{origin="objects"}'] == 0
    assert paused.finish() == content
    assert scrape(service)[RESUMED] >= 1


def test_row_75_two_versions_of_an_object_are_never_spliced(serve_bucket, bucket):
    service = serve_bucket(release_after=1)
    old, new = noise(LARGE, seed=4), noise(LARGE, seed=5)
    large = add(bucket, Lesson("changing.mp4"), old)
    paused = Paused(service, large)
    eventually(lambda: scrape(service)[RELEASED] == 1)
    add(bucket, large, new)
    received = paused.cut()
    assert old.startswith(received) and len(received) < len(old)
    assert eventually(lambda: [line for line in service.access_log()
                               if line.get("cause") == "object_changed"])
    assert service.download(large, {"Range": "bytes=0-99"}).body == new[:100]


def test_an_object_that_is_deleted_while_a_client_pauses(serve_bucket, bucket):
    service = serve_bucket(release_after=1)
    old = noise(LARGE, seed=10)
    large = add(bucket, Lesson("deleted.mp4"), old)
    paused = Paused(service, large)
    eventually(lambda: scrape(service)[RELEASED] == 1)
    bucket.delete("media/" + large.path())
    assert old.startswith(paused.cut())
    check_problem(service.download(large, token=mint(large)), 404)


@pytest.fixture
def versioned(bucket, serve_bucket):
    """A bucket that keeps old versions: (put(content) → version id, delete(version id or None), a service)."""
    if not isinstance(bucket, Rgw):
        pytest.skip("the Swift of the tests keeps no versions")
    path = "/versions/media/" + VIDEO.path()
    assert bucket.ask("PUT", "/versions")[0] in (200, 409)
    assert bucket.ask("PUT", "/versions", "versioning=", b"<VersioningConfiguration xmlns="
                      b'"http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>')[0] == 200

    def put(content):
        status, _, fields = bucket.ask("PUT", path, body=content)
        assert status == 200
        return fields["x-amz-version-id"]

    def delete(version=None):
        status, _, fields = bucket.ask("DELETE", path, f"versionId={version}" if version else "")
        assert status == 204
        return fields["x-amz-version-id"]

    return put, delete, serve_bucket(bucket="versions", release_after=1)


def test_a_bucket_with_versions_shows_its_current_one(versioned):
    """docs/objects.md: what is there now is served; a version is never asked for by its id."""
    put, delete, service = versioned
    put(BODY)
    etag = service.download(VIDEO).get("ETag")
    newer = put(b"newer")
    assert service.download(VIDEO).body == b"newer"
    marker = delete()
    check_problem(service.download(VIDEO, token=mint(VIDEO)), 404)
    delete(marker)
    assert service.download(VIDEO, token=mint(VIDEO)).body == b"newer"
    delete(newer)
    assert service.download(VIDEO, token=mint(VIDEO)).body == BODY
    assert service.download(VIDEO).get("ETag") == etag


def test_an_overwritten_version_is_not_resumed_although_the_bucket_keeps_it(versioned):
    put, _, service = versioned
    old = noise(LARGE, seed=23)
    put(old)
    paused = Paused(service, VIDEO)
    eventually(lambda: scrape(service)[RELEASED] == 1)
    put(BODY)
    received = paused.cut()
    assert old.startswith(received) and len(received) < len(old)
    assert service.download(VIDEO, token=mint(VIDEO)).body == BODY


def changing_content(version):
    """Each version is shorter than the one before."""
    return noise(200_000 - 1000 * version, seed=40 + version)


# Requests that are sent while the cache has the version before: the fields; then the status, and what the response
# says of the present version. {old} and {new} are their tags.
DECIDED_AGAIN = {
    "whole": ({}, 200, lambda new: new),
    "range": ({"Range": "bytes=100-199"}, 206, lambda new: new[100:200]),
    "last bytes": ({"Range": "bytes=-5"}, 206, lambda new: new[-5:]),
    "several": ({"Range": "bytes=0-1,500-70000"}, 206, lambda new: [new[:2], new[500:70_001]]),
    "range of the old one": ({"Range": "bytes={size}-"}, 416, None),
    "If-Match": ({"If-Match": "{old}"}, 412, None),
    "If-Match, new": ({"If-Match": '{old}, {new}'}, 200, lambda new: new),
    "If-None-Match": ({"If-None-Match": "{new}"}, 304, None),
    "If-Range": ({"If-Range": "{old}", "Range": "bytes=10-"}, 200, lambda new: new),
}


def test_a_request_that_begins_with_an_outdated_version_gets_the_present_one(serve_bucket, bucket):
    """Conditions and ranges are decided again: the store says only that the version has changed."""
    service = serve_bucket({"threads": 1, "cache": {"lifetime_ms": 60_000}})
    video = add(bucket, Lesson("replaced.mp4"), changing_content(0))
    assert service.download(video).body == changing_content(0)
    token = mint(video)
    for version, (case, (fields, status, wanted)) in enumerate(DECIDED_AGAIN.items(), start=1):
        old = bucket.etag(key(video))
        new = changing_content(version)
        add(bucket, video, new)
        names = {"old": old, "new": bucket.etag(key(video)), "size": len(new)}
        sent = {name: value.format(**names) for name, value in fields.items()}
        answer = service.download(video, sent, token)
        assert answer.status == status, case
        assert answer.get("ETag") == names["new"], case
        if status == 416:
            assert answer.get("Content-Range") == f"bytes */{len(new)}"
        elif case == "several":
            assert [part[-1] for part in byte_ranges(answer)] == wanted(new)
        elif wanted is not None:
            assert answer.body == wanted(new), case
        assert scrape(service)[REQUESTS % "changed"] == version, case
    bucket.delete(key(video))
    check_problem(service.download(video, token=token), 404)
    add(bucket, video, BODY)
    assert service.download(video, token=token).body == BODY
    assert scrape(service)["sluice_media_read_failures_total"] == 0
    statuses = [200, *(status for _, status, _ in DECIDED_AGAIN.values()), 404, 200]
    assert eventually(lambda: [line["status"] for line in service.access_log() if line["route"] == "download"] == statuses)


def test_requests_behind_one_that_begins_again_are_answered_in_order(serve_bucket, bucket):
    service = serve_bucket({"threads": 1, "cache": {"lifetime_ms": 60_000}})
    video = add(bucket, Lesson("pipelined.mp4"), noise(5000, seed=60))
    other = add(bucket, Lesson("other.mp4"), noise(5000, seed=61))
    assert service.download(video).status == service.download(other).status == 200
    add(bucket, video, noise(5001, seed=62))
    with service.connect() as connection:
        for one in (video, other, video):
            connection.send(request_bytes("GET", one.target(), {"Authorization": f"Bearer {mint(one)}"}))
        bodies = [connection.read().body for _ in range(3)]
    assert bodies == [noise(5001, seed=62), noise(5000, seed=61), noise(5001, seed=62)]


class AlwaysReplaced(http.server.BaseHTTPRequestHandler):
    """A store in which each object is replaced between the HEAD and the GET of a client."""

    protocol_version = "HTTP/1.1"
    asked = []

    def do_HEAD(self):
        self.asked.append("HEAD")
        self.respond(200, b"", {"ETag": f'"v{len(self.asked)}"', "Content-Length": "10"})

    def do_GET(self):
        if "?" in self.path:  # a list
            self.respond(500, b"")
            return
        self.asked.append("GET")
        self.respond(412, b"<Error><Code>PreconditionFailed</Code></Error>")

    def respond(self, status, body, fields=None):
        self.send_response(status)
        for name, value in (fields or {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_an_object_that_is_replaced_all_the_time_is_tried_twice(serve_bucket, tmp_path):
    AlwaysReplaced.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), AlwaysReplaced) as store:
        threading.Thread(target=store.serve_forever, daemon=True).start()
        service = serve_bucket({"threads": 1}, endpoint=f"http://127.0.0.1:{store.server_port}")
        answer = service.download(VIDEO, token=mint(VIDEO))
        check_problem(answer, 503)
        assert answer.get("Retry-After")
        assert AlwaysReplaced.asked == ["HEAD", "GET", "HEAD", "GET"]
        (line,) = eventually(lambda: [one for one in service.access_log() if one.get("cause") == "object_changed"])
        assert line["status"] == 503
        assert scrape(service)["sluice_media_read_failures_total"] == 1
        store.shutdown()


def test_a_gateway_that_is_killed_and_comes_back_is_not_the_clients_problem(serve_bucket, bucket):
    service = serve_bucket()
    content = noise(LARGE, seed=6)
    lessons = [add(bucket, Lesson(f"killed{i}.mp4"), content) for i in range(4)]
    downloads = [Paused(service, lesson) for lesson in lessons]
    bucket.kill_gateway()
    threads, bodies = in_threads(*(lambda one=one: one.finish() == content for one in downloads))
    time.sleep(2)  # for so long it is away
    bucket.revive_gateway()
    finish(threads)
    assert bodies == [True] * len(downloads)
    assert scrape(service)[RESUMED] >= len(downloads)


def overflows():
    """How often the kernel has dropped a connection because its listener does not accept any more."""
    names, values = [line.split() for line in pathlib.Path("/proc/net/netstat").read_text().splitlines()
                     if line.startswith("TcpExt:")]
    return int(dict(zip(names, values))["ListenOverflows"])


@contextlib.contextmanager
def mute_address(port):
    """[::1]:port, where nobody answers: its queue of connections is full, and the kernel drops the next ones."""
    with contextlib.ExitStack() as open_ones:
        listener = open_ones.enter_context(socket.socket(socket.AF_INET6))
        listener.bind(("::1", port))
        listener.listen(0)
        for _ in range(10):
            one = open_ones.enter_context(socket.socket(socket.AF_INET6))
            one.settimeout(0.3)
            if one.connect_ex(("::1", port)) != 0:
                yield
                return
        raise AssertionError("the queue has no end")


def test_a_name_with_two_addresses_of_which_one_is_dead(serve_bucket, bucket, tmp_path):
    """The resolver gives the dead one first: each new connection tries it, and goes on with the other."""
    command = own_hosts(tmp_path, "::1 store.test", "127.0.0.1 store.test")
    content = noise(LARGE, seed=25)
    large = add(bucket, Lesson("two-addresses.mp4"), content)
    with mute_address(bucket.port):
        before = overflows()
        service = serve_bucket(command=command, endpoint=f"http://store.test:{bucket.port}", plain_http=True,
                               release_after=1)
        assert service.get("/readyz").status == 200
        assert service.download(VIDEO).body == BODY
        assert overflows() > before, "the dead address was tried"
        paused = Paused(service, large)
        eventually(lambda: scrape(service)[RELEASED] == 1)
        assert paused.finish() == content
        assert scrape(service)[RESUMED] >= 1
        assert problems(service, "unreachable") == []


def test_a_storage_daemon_that_hangs(serve_bucket, bucket):
    """Ceph's gateway then hangs as well, for good: the limits are ours."""
    service = serve_bucket(more={"storage": {"open_timeout": 2, "read_timeout": 60}})
    content = noise(LARGE, seed=11)
    unseen = add(bucket, Lesson("unseen.mp4"), BODY)
    paused = Paused(service, add(bucket, Lesson("stalls.mp4"), content))
    bucket.freeze()
    try:
        threads, bodies = in_threads(lambda: paused.finish() == content)
        check_problem(service.download(unseen, token=mint(unseen)), 503)
        assert service.get("/healthz").status == 200
    finally:
        bucket.thaw()
    finish(threads)
    assert bodies == [True]
    eventually(lambda: service.download(unseen, token=mint(unseen)).body == BODY)


def test_the_time_for_a_response_is_a_setting(serve_bucket, bucket):
    """A lookup and a body are given up after a second, well before the limits of the client's request."""
    service = serve_bucket(more={"storage": {"open_timeout": 5, "read_timeout": 60}}, first_byte_timeout=1,
                           stall_timeout=1)
    content = noise(LARGE, seed=26)
    unseen = add(bucket, Lesson("unseen-too.mp4"), BODY)
    paused = Paused(service, add(bucket, Lesson("stalls-too.mp4"), content))
    bucket.freeze()
    try:
        threads, bodies = in_threads(lambda: paused.finish() == content)
        check_problem(service.download(unseen, token=mint(unseen)), 503)
        causes = eventually(lambda: {event["cause"] for event in problems(service, "unreachable")})
    finally:
        bucket.thaw()
    finish(threads)
    assert bodies == [True]
    assert causes <= {"the server did not answer in time", "the server stopped in the middle of its response"}


def test_a_store_that_closes_idle_and_stalled_connections_after_two_seconds(bucket, tmp_path):
    """60 s by default: a paused body is cut by the store, and the next request on a connection that
    was idle meets its end."""
    limits = {"S3_CLIENT_TIMEOUT": "2", "S3_TIMEOUT_MS": "2000"}
    brief = type(bucket)(tmp_path / "brief", **limits)
    try:
        brief.make_bucket()
        content = noise(LARGE, seed=8)
        large = add(brief, Lesson("large.mp4"), content)
        add(brief, VIDEO, BODY)
        service = Server(tmp_path / "service", None, config=brief.config(tmp_path))
        paused = Paused(service, large)
        for pause in (1.9, 2.0, 2.1):  # around the limit
            assert service.download(VIDEO).body == BODY
            time.sleep(pause)
        assert service.download(VIDEO).body == BODY
        assert paused.finish() == content
        service.stop()
    finally:
        brief.stop()


def test_a_store_that_asks_for_fewer_requests(bucket, tmp_path):
    if not isinstance(bucket, Rgw):
        pytest.skip("Swift has no such limit for GET")
    busy = Rgw(tmp_path / "busy", S3_RGW_EXTRA="rgw max concurrent requests = 2")
    try:
        busy.make_bucket()
        content = noise(4 << 20, seed=12)
        lessons = [add(busy, Lesson(f"busy{i}.mp4"), content) for i in range(12)]
        service = Server(tmp_path / "service", None, config=busy.config(
            tmp_path, {"storage": {"open_timeout": 30, "read_timeout": 60}}))
        threads, bodies = in_threads(*(
            lambda one=one: service.download(one, token=mint(one)).body == content for one in lessons))
        finish(threads)
        assert bodies == [True] * len(lessons)
        service.stop()
    finally:
        busy.stop()


def test_row_76_what_the_store_says_and_its_secret_stay_here(serve_bucket, bucket):
    service = serve_bucket()
    assert service.download(VIDEO).status == 200
    bucket.credentials(service.folder, secret="wrong-secret-that-nobody-has")
    service.wait_for_event(lambda event: event["event"] == "object_credentials_renewed")
    # The version of the object is in the cache for a while.
    unseen = Lesson("never-asked-for.mp4")
    for _ in range(5):
        answer = service.download(unseen, token=mint(unseen))
        check_problem(answer, 503)
        assert answer.json()["type"].endswith("media-unavailable")
        assert b"Signature" not in answer.body and not answer.get("x-amz-request-id")
    event = service.wait_for_event(lambda event: event["event"] == "object_store_problem")
    assert event["outcome"] in ("credentials", "forbidden")
    assert event["code"] and event["store_request_id"] and event["status"] == "403"
    assert len(problems(service, event["outcome"])) == 1, "once in ten seconds"
    assert scrape(service)[REQUESTS % event["outcome"]] >= 5
    assert "wrong-secret" not in service.stderr() + service.stdout()
    bucket.credentials(service.folder)
    add(bucket, unseen, BODY)
    eventually(lambda: service.download(unseen, token=mint(unseen)).body == BODY)


def test_credentials_that_are_replaced_under_load(serve_bucket, bucket):
    """A bad file in the middle of downloads costs them time, not their connections."""
    service = serve_bucket(more={"storage": {"read_timeout": 60}}, release_after=1)
    content = noise(LARGE, seed=13)
    downloads = [Paused(service, add(bucket, Lesson(f"rotated{i}.mp4"), content)) for i in range(3)]
    eventually(lambda: scrape(service)[RELEASED] == 3)
    bucket.credentials(service.folder, secret="not-yet-known-to-the-store")
    service.wait_for_event(lambda event: event["event"] == "object_credentials_renewed")
    threads, bodies = in_threads(*(lambda one=one: one.finish() == content for one in downloads))
    service.wait_for_event(lambda event: event["event"] == "object_store_problem")
    bucket.credentials(service.folder)
    finish(threads)
    assert bodies == [True] * 3


def test_credentials_of_the_environment(serve_bucket, bucket):
    service = serve_bucket(credentials_file="", env={
        "SLUICE_SECRET": SECRET, "AWS_ACCESS_KEY_ID": bucket.access,
        "AWS_SECRET_ACCESS_KEY": bucket.secret})
    assert service.download(VIDEO).body == BODY


def test_the_wrong_region(serve_bucket, bucket):
    if isinstance(bucket, Rgw):
        pytest.skip("Ceph accepts any region")
    service = serve_bucket(region="eu-west-3")
    check_problem(service.download(VIDEO, token=mint(VIDEO)), 503)
    (event,) = problems(service, "region")
    assert event["code"] == "AuthorizationHeaderMalformed" and event["store_request_id"]


def test_a_store_that_says_403_for_a_missing_object(serve_bucket, bucket):
    if not isinstance(bucket, Rgw):
        pytest.skip("Swift says 404 to whoever may read")
    bucket.grant("s3:GetObject", "arn:aws:s3:::vod/*")
    missing = Lesson("missing.mp4")
    access, secret = bucket.reader

    def serve_reader(**s3):
        service = serve_bucket(more={"storage": {"open_timeout": 2}, "cache": {"lifetime_ms": 60_000}}, **s3)
        bucket.credentials(service.folder, secret, access)
        service.wait_for_event(lambda event: event["event"] == "object_credentials_renewed")
        eventually(lambda: service.download(VIDEO, token=mint(VIDEO)).body == BODY)
        return service

    service = serve_reader()
    check_problem(service.download(missing, token=mint(missing)), 503)
    eventually(lambda: service.get("/readyz").status == 503)
    service = serve_reader(hides_missing=True)
    check_problem(service.download(missing, token=mint(missing)), 404)
    eventually(lambda: service.get("/readyz").status == 200)
    gone = add(bucket, Lesson("gone.mp4"), BODY)
    assert service.download(gone, token=mint(gone)).body == BODY
    bucket.delete(key(gone))
    check_problem(service.download(gone, token=mint(gone)), 404)  # although the cache has its version


@pytest.mark.skipif(IS_SANITIZED, reason="libfaketime and the sanitizers exclude each other")
@pytest.mark.parametrize("shift", ["-20m", "+20m"])
def test_a_clock_that_is_wrong(serve_bucket, shift):
    """The store rejects the first request, and says what time it is: others are signed by its clock."""
    service = serve_bucket(command=shifted(shift))
    assert service.download(VIDEO).body == BODY
    assert problems(service, "clock")[0]["code"] == "RequestTimeTooSkewed"
    offset = scrape(service)['sluice_object_clock_offset_seconds{origin="objects"}']
    assert 1190 <= offset <= 1210


def test_a_store_that_is_away_is_503_and_the_service_starts_without_it(serve_bucket):
    service = serve_bucket(more={"storage": {"open_timeout": 1}}, endpoint="http://127.0.0.1:9")
    check_problem(service.download(VIDEO, token=mint(VIDEO)), 503)
    check_problem(service.download(Course("x.mp4"), token=mint(Course("x.mp4"))), 503)
    assert service.get("/readyz").status == 503
    assert service.get("/healthz").status == 200


def test_many_slow_clients_share_a_bounded_memory(serve_bucket, bucket):
    service = serve_bucket(buffer=1 << 20, total_buffer=4 << 20)
    large = add(bucket, Lesson("slow.mp4"), noise(LARGE, seed=14))
    with contextlib.ExitStack() as open_ones:
        for _ in range(16):
            open_ones.callback(Paused(service, large).close)
        held = scrape(service)['sluice_object_buffer_bytes{origin="objects"}']
        assert 0 < held <= (4 << 20) + 16 * 4096
