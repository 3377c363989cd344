"""deploy/nginx/object-cache.conf between the service and a real object store."""

import pytest
from support.balancers import FRONT, ProxyOfOthers
from support.ids import Lesson
from support.media import noise
from support.object_stores import add, key
from support.server import ROOT
from support.tokens import mint
from support.waiting import eventually
from support.wire import Connection, request_bytes

CONFIG = ROOT / "deploy/nginx/object-cache.conf"
SIZE = (3 << 20) + 12_345
LONG = {"cache": {"lifetime_ms": 60_000}}  # one HEAD is enough for a test
SHORT = {"cache": {"lifetime_ms": 50}}


@pytest.fixture
def cache(bucket, tmp_path):
    """The address of the cache, as an endpoint."""
    text = CONFIG.read_text(encoding="utf-8")
    for old, new in (("203.0.113.7:443", bucket.host), ("127.0.0.1:8090", FRONT), ("https://store", "http://store")):
        assert old in text, old
        text = text.replace(old, new)
    with ProxyOfOthers("nginx", tmp_path / "cache", text) as proxy:
        yield proxy.base


def test_a_second_download_costs_the_store_nothing(bucket, serve_bucket, cache):
    content = noise(SIZE, seed=21)
    video = add(bucket, Lesson("kept.mp4"), content)
    service = serve_bucket(LONG, endpoint=cache)
    assert service.download(video).body == content
    part = service.download(video, {"Range": "bytes=1048570-2097160"})
    assert (part.status, part.body) == (206, content[1048570:2097161])

    bucket.kill_gateway()
    try:
        assert service.download(video).body == content
        part = service.download(video, {"Range": "bytes=-100"})
        assert (part.status, part.body) == (206, content[-100:])
    finally:
        bucket.revive_gateway()


def test_a_replaced_object_is_the_new_one(bucket, serve_bucket, cache):
    video = add(bucket, Lesson("again.mp4"), noise(SIZE, seed=22))
    service = serve_bucket(SHORT, endpoint=cache)
    assert service.download(video).body == noise(SIZE, seed=22)
    content = noise(SIZE - 1, seed=23)
    add(bucket, video, content)
    answer = service.download(video)
    assert (answer.status, answer.body) == (200, content)
    assert answer.get("ETag") == bucket.etag(key(video))


def test_a_missing_object_is_not_kept(bucket, serve_bucket, cache):
    service = serve_bucket(SHORT, endpoint=cache)
    late = Lesson("late.mp4")
    token = mint(late)
    assert service.download(late, token=token).status == 404
    add(bucket, late, b"now it is here")
    eventually(lambda: service.download(late, token=token).status == 200)
    assert service.download(late, token=token).body == b"now it is here"


def test_a_store_that_breaks_off_behind_it(bucket, serve_bucket, cache):
    content = noise(24 << 20, seed=24)
    video = add(bucket, Lesson("broken.mp4"), content)
    service = serve_bucket(LONG, endpoint=cache)
    with Connection(service.address, receive_buffer=65536, timeout=30) as connection:
        connection.send(request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"}))
        head = connection.read_head()
        got = connection.read_exactly(1 << 20, head)
        bucket.kill_gateway()
        bucket.revive_gateway()
        got += connection.read_exactly(len(content) - len(got), head)
    assert got == content


def test_it_passes_no_writes_on(cache):
    host, _, port = cache.removeprefix("http://").partition(":")
    with Connection((host, int(port))) as connection:
        assert connection.request("PUT", "/vod/x").status == 403
