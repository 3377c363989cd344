"""Other common download clients: wget, aria2, and a player's probe."""

import json

import pytest
from support.clients import run_client
from support.ids import SAMPLES, Lesson
from support.media import noise


def authorization(server, video):
    return f"--header=Authorization: Bearer {server.token(video)}"


def test_wget_resumes(server, media, tmp_path):
    video = media.add(Lesson("wget.mp4"), noise(500_000))
    (tmp_path / "wget.mp4").write_bytes(media.content(video)[:123_456])
    result = run_client(
        "wget", "-c", "-S", authorization(server, video), server.base + video.target(),
        folder=tmp_path,
    )
    assert "206 Partial Content" in result.stderr
    assert (tmp_path / "wget.mp4").read_bytes() == media.content(video)


def test_aria2_with_eight_segments(server, media, tmp_path):
    video = media.add(Lesson("aria2.mp4"), noise(20 << 20))
    result = run_client(
        "aria2c", "-x8", "-s8", "-k1M", "--no-conf", "--file-allocation=none", "--log-level=info",
        "--log=aria2.log", authorization(server, video), server.base + video.target(),
        folder=tmp_path,
    )
    assert "download completed" in result.stdout
    assert (tmp_path / "aria2.mp4").read_bytes() == media.content(video)
    assert (tmp_path / "aria2.log").read_text().count("HTTP/1.1 206") >= 7


@pytest.mark.parametrize("video", SAMPLES, ids=lambda video: video.path())
def test_downloaded_sample_plays(server, tmp_path, video):
    (tmp_path / "sample.mp4").write_bytes(server.download(video).body)
    result = run_client(
        "ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", "sample.mp4",
        folder=tmp_path,
    )
    assert result.stderr == ""
    streams = {each["codec_type"]: each for each in json.loads(result.stdout)["streams"]}
    assert streams["video"]["codec_name"] == "h264"
    assert streams["audio"]["codec_name"] == "aac"
    assert int(streams["video"]["nb_read_frames"]) >= 48


def test_player_reads_over_http(server, tmp_path):
    """A player seeks: ffprobe fetches the file itself, by ranges."""
    video = SAMPLES[0]
    result = run_client(
        "ffprobe", "-v", "error", "-headers", f"Authorization: Bearer {server.token(video)}\r\n",
        "-show_format", "-of", "json", server.base + video.target(), folder=tmp_path,
    )
    assert json.loads(result.stdout)["format"]["nb_streams"] == 2
