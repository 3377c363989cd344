"""Proxies as their packages configure them, in front of one node: a client that is slower than
limits.stall_timeout gets a file larger than the proxy's buffers, resumes, and sees a node die."""

import time

import pytest
from support.balancers import untuned_haproxy, untuned_nginx
from support.checks import check_problem
from support.ids import Lesson
from support.media import noise
from support.other_proxies import PIPE, OtherProxy
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, request_bytes

pytestmark = pytest.mark.tooling

SIZE = 24 << 20
RATE = 6 << 20  # bytes per second
STALL = 2  # seconds; the default is 60
# nginx fills a file of 1 GiB by default; this is the same for the scaled SIZE. Without
# X-Accel-Buffering it would then pause for longer than STALL (test_proxy_buffering.py).
NGINX = "location / {{ proxy_pass http://{node}; proxy_max_temp_file_size 14m; }}"
NAME = "Cours n° 1 – 100 % été.mp4"


@pytest.fixture(params=["haproxy", "nginx", "caddy", "apache", "varnish"])
def front(request, start_server, tree, tmp_path):
    """(node, proxy, video)"""
    node = start_server(tree, config={"limits": {"stall_timeout": STALL, "min_rate": 0}})
    address, folder = "%s:%d" % node.address, tmp_path / "proxy"
    if request.param == "haproxy":
        proxy = untuned_haproxy(folder, address)
    elif request.param == "nginx":
        proxy = untuned_nginx(folder, NGINX.format(node=address))
    else:
        proxy = OtherProxy(request.param, folder, address)
    with proxy:
        yield node, proxy, tree.add(Lesson(NAME), noise(SIZE))


def start(proxy, video):
    connection = proxy.connect(receive_buffer=65536, timeout=20)
    connection.send(request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"}))
    head = connection.read_head()
    assert head.status == 200, connection.rest()
    return connection, head


def read(connection, head, size, rate=None):
    """The next `size` bytes, at `rate` bytes per second."""
    body, began = bytearray(), time.monotonic()
    while len(body) < size:
        body += connection.read_exactly(min(256 << 10, size - len(body)), head)
        if rate is not None:
            time.sleep(max(0, began + len(body) / rate - time.monotonic()))
    return bytes(body)


def test_a_slow_client_gets_the_whole_file(front, tree):
    _, proxy, video = front
    connection, head = start(proxy, video)
    with connection:
        assert read(connection, head, SIZE, RATE) == tree.content(video)


def test_a_download_resumes_through_it(front, tree):
    _, proxy, video = front
    token = mint(video)
    whole = proxy.request(video.target(), {"Authorization": f"Bearer {token}", "Range": "bytes=0-9"})
    assert whole.status == 206
    resume = {"Authorization": f"Bearer {token}", "Range": "bytes=20000000-", "If-Range": whole.get("ETag")}
    rest = proxy.request(video.target(), resume)
    assert rest.status == 206 and rest.body == tree.content(video)[20_000_000:]
    expired = {**resume, "Authorization": f"Bearer {mint(video, ttl=-1)}"}
    check_problem(proxy.request(video.target(), expired), 401)


def test_one_client_never_gets_the_answer_of_another(front):
    """Nothing that was sent for one token is kept for others."""
    _, proxy, video = front
    for _ in range(2):
        answer = proxy.request(video.target(), {"Authorization": f"Bearer {mint(video)}", "Range": "bytes=0-9"})
        assert answer.status == 206 and "private" in answer.list("Cache-Control")
        check_problem(proxy.request(video.target(), {}), 401)


def test_a_node_that_dies_in_mid_transfer_is_noticed(front):
    """The proxy must not make a complete response of a part."""
    node, proxy, video = front
    connection, head = start(proxy, video)
    with connection:
        assert head.length == SIZE
        read(connection, head, 1 << 20)
        node.process.kill()
        node.process.wait()
        with pytest.raises(Closed):
            read(connection, head, SIZE - (1 << 20), RATE)


def test_varnish_swallows_a_file_unless_it_is_told_not_to(start_server, tree, tmp_path):
    """It reads the whole file into memory, however slow its client is. Piped, it does not."""
    video = tree.add(Lesson("swallowed.mp4"), noise(48 << 20))
    node = start_server(tree)
    for number, (more, swallows) in enumerate((("", True), (PIPE, False))):
        with OtherProxy("varnish", tmp_path / f"varnish{number}", "%s:%d" % node.address, more) as proxy:
            before = len(node.access_log())
            connection, head = start(proxy, video)
            with connection:
                read(connection, head, 1 << 20)

                def is_done():
                    return any(each["status"] == 200 and each["bytes"] >= 48 << 20
                               for each in node.access_log()[before:])

                if swallows:
                    eventually(is_done)
                else:
                    time.sleep(2)
                    assert not is_done()
