"""The requests of the Flutter packages that docs/flutter.md describes, header for header and in
order, and the packages' handling of the responses."""

import itertools
import re
import time

import pytest
from support.checks import attachment_name, check_problem
from support.ids import ACCENTS, VIDEO, Lesson
from support.media import noise
from support.tokens import mint

SIZE = 300_000

numbers = itertools.count()


@pytest.fixture
def video(media):
    # One name per test: some tests replace the file, and restoring it would create another version.
    name = f"flutter{next(numbers)}.mp4"
    return media.add(Lesson(name, lesson="lesson-flutter"), noise(SIZE, seed=7))


def dart(host, token=None, *more, version="3.10"):
    """The request of package:http 1.6.0 over dart:io: lower-case names, its own fields first, host
    last."""
    fields = [("user-agent", f"Dart/{version} (dart:io)"), ("accept-encoding", "gzip")]
    if token is not None:
        fields.append(("authorization", f"Bearer {token}"))
    return [*fields, *more, ("host", host)]


def android(host, token, *more):
    """The request of background_downloader 9.5.4 on Android: HttpURLConnection, the task's fields
    first."""
    return [
        ("Authorization", f"Bearer {token}"),
        *more,
        ("User-Agent", "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UQ1A.240205.004)"),
        ("Host", host),
        ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"),
    ]


def ios(host, token, *more):
    """The request of a background URLSession: the content of its resume data and the fields that it
    adds."""
    return [
        ("Host", host),
        ("Accept", "*/*"),
        *more,
        ("Authorization", f"Bearer {token}"),
        ("Accept-Language", "fr-FR,fr;q=0.9"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("User-Agent", "app/1 CFNetwork/1490.0.4 Darwin/23.2.0"),
        ("Connection", "keep-alive"),
    ]


def ask(server, media, fields):
    return server.request("GET", media.target(), fields)


def test_dart_asks_for_a_token_and_downloads(server, media, video):
    answer = server.request("GET", video.query("trainer123"), dart(server.host))
    assert answer.status == 200
    token = answer.json()["token"]
    response = ask(server, video, dart(server.host, token))
    assert (response.status, response.body) == (200, media.content(video))
    assert response.get("Content-Encoding") is None  # though gzip was accepted


def test_dart_resumes_behind_the_last_byte(server, media, video):
    token, have = mint(video), 123_456
    etag = ask(server, video, dart(server.host, token)).get("ETag")
    resume = [("range", f"bytes={have}-"), ("if-range", etag)]
    response = ask(server, video, dart(server.host, token, *resume))
    assert response.status == 206
    assert response.get("Content-Range") == f"bytes {have}-{SIZE - 1}/{SIZE}"
    assert response.body == media.content(video)[have:]

    complete = [("range", f"bytes={SIZE}-"), ("if-range", etag)]
    response = ask(server, video, dart(server.host, token, *complete))
    check_problem(response, 416)
    assert response.get("Content-Range") == f"bytes */{SIZE}"

    media.replace(video, noise(SIZE, seed=8))
    response = ask(server, video, dart(server.host, token, *resume))
    assert (response.status, response.body) == (200, media.content(video))


def test_dart_renews_an_expired_token_and_goes_on(server, media, video):
    expired = mint(video, ttl=-1)
    response = ask(server, video, dart(server.host, expired, ("range", "bytes=1000-")))
    assert check_problem(response, 401)["type"] == "urn:sluice:problem:token-expired"
    fresh = server.token(video)
    response = ask(server, video, dart(server.host, fresh, ("range", "bytes=1000-")))
    assert response.body == media.content(video)[1000:]


def test_old_dart_sends_an_empty_length(server, media, video):
    """Before Dart 2.14, every GET has content-length: 0 (dart-lang/sdk#45871)."""
    fields = dart(server.host, mint(video), ("content-length", "0"), version="2.9")
    assert ask(server, video, fields).body == media.content(video)


def test_streamed_request_of_dart_is_served(server, media, video):
    """dart-lang/http#1969: StreamedRequest sends an empty chunked body (docs/security.md, threat 45)."""
    fields = dart(server.host, mint(video), ("transfer-encoding", "chunked"))
    with server.connect() as connection:
        response = connection.request("GET", video.target(), fields, body=b"0\r\n\r\n")
    assert response.status == 200 and response.body == media.content(video)


def test_android_resumes_every_nine_minutes(server, media, video):
    """The package resumes with Range only, and continues while the ETag stays the same and
    strong."""
    token, content, etag = mint(video), b"", None
    for start in range(0, SIZE, 100_000):  # each worker gets as far as this
        more = [("Range", f"bytes={start}-")] if start else []
        response = ask(server, video, android(server.host, token, *more))
        assert response.status == (206 if start else 200)
        assert response.get("Accept-Ranges") == "bytes"  # the condition for the package to resume
        if start:
            match = re.search(r"(\d+)-(\d+)/(\d+)", response.get("Content-Range"))
            assert int(match[1]) == start
            assert response.get("ETag") == etag
        etag = response.get("ETag")
        assert not etag.startswith("W/")
        content += response.body[:100_000]
    assert content == media.content(video)


def test_android_notices_another_version(server, media, video):
    token = mint(video)
    etag = ask(server, video, android(server.host, token)).get("ETag")
    media.replace(video, noise(SIZE, seed=9))
    response = ask(server, video, android(server.host, token, ("Range", "bytes=1000-")))
    assert response.status == 206 and response.get("ETag") != etag  # the package fails, and says so


def test_android_tells_missing_from_refused(server):
    """The package has a separate status for 404, which must mean that the file does not exist."""
    gone = Lesson("parti.mp4")
    check_problem(ask(server, gone, android(server.host, mint(gone))), 404)
    check_problem(ask(server, gone, android(server.host, mint(VIDEO))), 403)


def test_suggested_filename(server):
    response = ask(server, ACCENTS, android(server.host, mint(ACCENTS)))
    assert attachment_name(response) == ACCENTS.filename


def test_parallel_chunks(server, media, video):
    token, parts = mint(video), []
    for start in range(0, SIZE, 75_000):
        end = min(start + 75_000, SIZE) - 1
        fields = android(server.host, token, ("Range", f"bytes={start}-{end}"))
        parts.append(ask(server, video, fields))
    assert [part.status for part in parts] == [206] * 4
    assert len({part.get("ETag") for part in parts}) == 1
    assert b"".join(part.body for part in parts) == media.content(video)


def test_ios_resumes_with_the_stored_request(server, media, video):
    token = mint(video)
    first = ask(server, video, ios(server.host, token))
    assert first.get("ETag") and first.get("Last-Modified")  # one of them is what it needs
    resume = [("Range", "bytes=200000-"), ("If-Range", first.get("ETag"))]
    response = ask(server, video, ios(server.host, token, *resume))
    assert (response.status, response.body) == (206, media.content(video)[200_000:])
    # The client never renews its token: after a ttl that is too short, the resume is rejected.
    response = ask(server, video, ios(server.host, mint(video, ttl=-1), *resume))
    assert check_problem(response, 401)["type"] == "urn:sluice:problem:token-expired"


def test_ios_finishes_in_the_resume_window(server, media, video):
    """With its first token, which expired an hour ago. A 200 would be a new start; there is none."""
    etag = ask(server, video, ios(server.host, mint(video))).get("ETag")
    token = mint(video, ttl=-3600, resume_until=int(time.time()) + 3600)
    resume = [("Range", "bytes=200000-"), ("If-Range", etag)]
    response = ask(server, video, ios(server.host, token, *resume))
    assert (response.status, response.body) == (206, media.content(video)[200_000:])
    media.replace(video, noise(SIZE, seed=9))
    check_problem(ask(server, video, ios(server.host, token, *resume)), 401)
