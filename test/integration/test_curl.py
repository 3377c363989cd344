"""curl's own features: resume, ranges, HEAD, conditions, connection reuse, HTTP/1.0."""

import pytest
from support.clients import bearer, curl
from support.ids import Lesson
from support.media import LAST_MODIFIED, noise

SIZE = 300_000


@pytest.fixture
def video(media):
    return media.add(Lesson("curl.mp4"), noise(SIZE))


@pytest.fixture
def ask(server, video, tmp_path):
    """ask(*options) runs curl on the video with a fresh token and returns its result."""

    def run(*options, url=server.base + video.target(), **keywords):
        return curl(
            *bearer(server.token(video)), *options, url, folder=tmp_path, **keywords
        )

    return run


@pytest.mark.parametrize(
    "wanted, part",
    [("0-99", slice(0, 100)), ("1000-", slice(1000, None)), ("-500", slice(-500, None))],
)
def test_range(ask, media, video, tmp_path, wanted, part):
    result = ask("-r", wanted, "-o", "part", "-w", "%{http_code}")
    assert result.stdout == "206"
    assert (tmp_path / "part").read_bytes() == media.content(video)[part]


@pytest.mark.parametrize("have", [1, 100_000, SIZE - 1])
def test_resume_completes_a_partial_file(ask, media, video, tmp_path, have):
    (tmp_path / "curl.mp4").write_bytes(media.content(video)[:have])
    result = ask("-C", "-", "-O", "-w", "%{http_code} %{size_download}")
    assert result.stdout == f"206 {SIZE - have}"
    assert (tmp_path / "curl.mp4").read_bytes() == media.content(video)


def test_resume_of_a_complete_file_adds_nothing(ask, media, video, tmp_path):
    (tmp_path / "curl.mp4").write_bytes(media.content(video))
    result = ask("-C", "-", "-O", "-w", "%{http_code}", check=False)
    assert result.stdout == "416"
    assert (tmp_path / "curl.mp4").read_bytes() == media.content(video)


def test_head(ask, server, video):
    result = ask("-I")
    fields = result.stdout.lower()
    assert fields.startswith("http/1.1 200")
    assert f"content-length: {SIZE}" in fields
    assert "accept-ranges: bytes" in fields
    whole = server.download(video)
    assert f"etag: {whole.get('ETag').lower()}" in fields


def test_two_downloads_share_a_connection(ask, server, video):
    """The second transfer must not connect again, and a 404 before it must not hurt it."""
    result = ask(
        "-o", "one", "-o", "two", "-w", "%{http_code} %{num_connects}\n",
        f"{server.base}/nowhere",
    )
    assert result.stdout.splitlines() == ["404 1", "200 0"]


def test_compressed_changes_nothing(ask, media, video, tmp_path):
    result = ask("--compressed", "-D", "head", "-o", "whole", "-w", "%{http_code}")
    assert result.stdout == "200"
    assert "content-encoding" not in (tmp_path / "head").read_text().lower()
    assert (tmp_path / "whole").read_bytes() == media.content(video)


def test_http_1_0(ask, media, video, tmp_path):
    result = ask("-0", "-D", "head", "-o", "whole", "-w", "%{http_code}")
    assert result.stdout == "200"
    assert "transfer-encoding" not in (tmp_path / "head").read_text().lower()
    assert (tmp_path / "whole").read_bytes() == media.content(video)


def test_etag_saved_and_compared(ask, media, video, tmp_path):
    ask("--etag-save", "tag", "-o", "whole")
    again = ask("--etag-compare", "tag", "-o", "again", "-w", "%{http_code}")
    assert again.stdout == "304"
    (tmp_path / "tag").write_text('"of-another-version"\n')
    other = ask("--etag-compare", "tag", "-o", "other", "-w", "%{http_code}")
    assert other.stdout == "200"
    assert (tmp_path / "other").read_bytes() == media.content(video)


@pytest.mark.parametrize(
    "condition, status",
    [
        (LAST_MODIFIED, "304"),
        ("Tue, 02 Jan 2024 03:04:04 GMT", "200"),
        ("-Tue, 02 Jan 2024 03:04:06 GMT", "200"),
        ("-Tue, 02 Jan 2024 03:04:04 GMT", "412"),
    ],
)
def test_time_condition(ask, condition, status):
    result = ask("-z", condition, "-o", "whole", "-w", "%{http_code}")
    assert result.stdout == status


def test_token_route_prints_one_json_object(server, video, tmp_path):
    query = "?type=lesson&user_id=trainer123&filename=curl.mp4&rel=" + video.rel()
    url = f"{server.base}/api/get-download-token/v2{query}"
    result = curl("-w", "\n%{http_code} %{content_type}", url, folder=tmp_path)
    assert result.stdout.splitlines()[-1] == "200 application/json"
