"""SIGKILL and a restart in the middle of downloads: clients that resume get the same bytes."""

import hashlib

import pytest
from support.ids import Lesson
from support.media import noise
from support.reborn import Reborn, download_with_aria2, download_with_curl

BODY = noise(24 << 20)


@pytest.fixture
def reborn(tmp_path, tree):
    instance = Reborn(tmp_path / "servers", tree)
    yield instance
    instance.stop()


@pytest.mark.parametrize("download", [download_with_curl, download_with_aria2])
def test_every_download_ends_byte_identical(reborn, tree, tmp_path, download):
    video = tree.add(Lesson("large.mp4"), BODY)
    folder = tmp_path / "client"
    folder.mkdir()
    download(reborn, video, folder)
    got = (folder / "video.mp4").read_bytes()
    assert hashlib.sha256(got).hexdigest() == hashlib.sha256(BODY).hexdigest()
    assert reborn.kills > 1, "it was never killed in between"
