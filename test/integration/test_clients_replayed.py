"""Clients of phones that cannot run here, replayed: their requests field by field, and their handling
of the responses, both taken from their sources. background_downloader, URLSession and package:http are
in test_flutter.py, the project's own Dart package is in test_dart_package.py."""

import itertools
import re
import time

import pytest
from support.checks import check_problem
from support.ids import Lesson
from support.media import noise
from support.tokens import mint

SIZE = 300_000

numbers = itertools.count()


@pytest.fixture
def video(media):
    return media.add(Lesson(f"replayed{next(numbers)}.mp4"), noise(SIZE, seed=5))


class AndroidDownloads:
    """DownloadManager of Android 7 to 14 (DownloadThread.java). It stores the ETag with the part. Its
    row ends as success, waiting to retry, cannot resume, or failed."""

    def __init__(self, server, video, token):
        self.server, self.video, self.token = server, video, token
        self.content, self.etag = b"", None

    def fields(self):
        fields = [("Authorization", f"Bearer {self.token}"),
                  ("User-Agent", "AndroidDownloadManager/14 (Linux; U; Android 14; Pixel 8 Build/UQ1A)"),
                  ("Accept-Encoding", "identity"), ("Connection", "close")]
        if self.content:
            if self.etag is not None:
                fields.append(("If-Match", self.etag))
            fields.append(("Range", f"bytes={len(self.content)}-"))
        return [*fields, ("Host", self.server.host)]

    def attempt(self, upto=None):
        """One run of the job; `upto`: the connection is lost after that many bytes of it."""
        if self.content and self.etag is None:
            return "cannot resume"
        response = self.server.request("GET", self.video.target(), self.fields())
        is_resume = bool(self.content)
        if response.status in (500, 503):
            return "waiting to retry"
        if response.status in (412, 416) or response.status == (200 if is_resume else 206):
            return "cannot resume"
        if response.status not in (200, 206):
            return "failed"
        if not is_resume:
            self.etag = response.get("ETag")
        self.content += response.body[:upto]
        return "waiting to retry" if upto is not None else "success"


def test_android_resumes_with_if_match(server, media, video):
    download = AndroidDownloads(server, video, mint(video))
    assert download.attempt(upto=100_000) == "waiting to retry"
    assert download.etag is not None  # without one it could never resume
    assert download.attempt(upto=100_000) == "waiting to retry"
    assert download.attempt() == "success"
    assert download.content == media.content(video)


def test_android_is_told_when_the_file_is_another_one(server, media, video):
    """A 200 would be just as fatal; 412 says why."""
    download = AndroidDownloads(server, video, mint(video))
    download.attempt(upto=100_000)
    media.replace(video, noise(SIZE, seed=6))
    check_problem(server.request("GET", video.target(), download.fields()), 412)
    assert download.attempt() == "cannot resume"


def test_android_does_not_survive_its_token(server, video):
    download = AndroidDownloads(server, video, mint(video))
    download.attempt(upto=100_000)
    download.token = mint(video, ttl=-1)
    assert download.attempt() == "failed"


def late(video):
    """A token that expired an hour ago and can continue downloads for another hour."""
    return mint(video, ttl=-3600, resume_until=int(time.time()) + 3600)


@pytest.mark.parametrize("client", ["AndroidDownloads", "ExoDownload"])
def test_phones_finish_with_an_expired_token_in_its_window(server, media, video, client):
    download = globals()[client](server, video, mint(video))
    download.attempt(upto=100_000)
    download.token = late(video)
    assert download.attempt() in ("success", "complete")
    assert download.content == media.content(video)


def test_a_replaced_file_in_the_window(server, media, video):
    """Android is told by 412. ExoPlayer has no condition and mixes versions, as before the expiry."""
    download = AndroidDownloads(server, video, mint(video))
    download.attempt(upto=100_000)
    media.replace(video, noise(SIZE, seed=6))
    download.token = late(video)
    check_problem(server.request("GET", video.target(), download.fields()), 412)


def test_android_closes_every_connection(server, video):
    download = AndroidDownloads(server, video, mint(video))
    with server.connect() as connection:
        response = connection.request("GET", video.target(), download.fields())
        assert response.status == 200 and "close" in response.list("Connection")
        assert connection.is_closed()


class ExoDownload:
    """An offline download of ExoPlayer/Media3: CacheWriter over DefaultHttpDataSource. It fills the
    holes of its cache; with a known length a request names its last byte."""

    def __init__(self, server, video, token):
        self.server, self.video, self.token = server, video, token
        self.content, self.length = b"", None

    def fields(self):
        fields = [("Authorization", f"Bearer {self.token}"), ("User-Agent", "app/1.0 (Linux;Android 14) AndroidXMedia3/1.4.1"),
                  ("Accept-Encoding", "identity"), ("Host", self.server.host), ("Connection", "Keep-Alive")]
        if self.content:
            end = "" if self.length is None else self.length - 1
            fields.insert(0, ("Range", f"bytes={len(self.content)}-{end}"))
        return fields

    def attempt(self, upto=None):
        response = self.server.request("GET", self.video.target(), self.fields())
        position = len(self.content)
        if not 200 <= response.status < 300:
            size = re.search(r"/(\d+)$", response.get("Content-Range") or "")
            if response.status == 416 and size and int(size[1]) == position:
                return "complete"
            return f"error {response.status}"
        # A 200 to a range is accepted: the bytes up to the position are read and dropped.
        skipped = position if response.status == 200 else 0
        self.length = position + response.length - skipped
        self.content += response.body[skipped:][:upto]
        return "interrupted" if upto is not None else "complete"


def test_exoplayer_fills_the_hole(server, media, video):
    download = ExoDownload(server, video, mint(video))
    assert download.attempt(upto=100_000) == "interrupted"
    assert download.fields()[0] == ("Range", f"bytes=100000-{SIZE - 1}")
    assert download.attempt() == "complete" and download.content == media.content(video)
    download.length = None
    assert download.attempt() == "complete"  # by the 416


def test_exoplayer_mixes_versions(server, media, video):
    download = ExoDownload(server, video, mint(video))
    download.attempt(upto=100_000)
    old, new = media.content(video), noise(SIZE, seed=6)
    media.replace(video, new)
    assert download.attempt() == "complete"
    assert download.content == old[:100_000] + new[100_000:]


def test_exoplayer_is_refused_with_an_expired_token(server, video):
    download = ExoDownload(server, video, mint(video))
    download.attempt(upto=100_000)
    download.token = mint(video, ttl=-1)
    assert download.attempt() == "error 401"  # DownloadManager repeats it, five times by default


def dio(host, token, *more):
    """The request of dio 5 over dart:io. Its download() never sends a Range; an app that resumes adds
    the field itself."""
    return [("user-agent", "Dart/3.10 (dart:io)"), ("accept-encoding", "gzip"),
            ("authorization", f"Bearer {token}"), *more, ("host", host)]


def test_dio_needs_if_range_from_the_app(server, media, video):
    token = mint(video)
    first = server.request("GET", video.target(), dio(server.host, token))
    assert first.body == media.content(video) and first.get("Content-Encoding") is None
    range_ = ("range", "bytes=100000-")
    rest = server.request("GET", video.target(), dio(server.host, token, range_))
    assert first.body[:100_000] + rest.body == media.content(video)
    media.replace(video, noise(SIZE, seed=6))
    mixed = server.request("GET", video.target(), dio(server.host, token, range_))
    assert mixed.status == 206 and mixed.get("ETag") != first.get("ETag")
    whole = server.request("GET", video.target(),
                           dio(server.host, token, range_, ("if-range", first.get("ETag"))))
    assert (whole.status, whole.body) == (200, media.content(video))
