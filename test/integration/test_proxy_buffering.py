"""An nginx with a common configuration, and a client slower than limits.stall_timeout."""

import subprocess
import time

import pytest
from support.balancers import free_port
from support.ids import VIDEO, Lesson
from support.media import noise
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, Connection, request_bytes

SIZE = 40 << 20
RATE = 4 << 20  # bytes per second
# nginx fills its temporary file, 1 GiB by default, and then reads nothing until its client has
# received all of it. Here it is 16 MiB: four seconds, twice as long as the node waits.
CONFIG = """
daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://{node}; proxy_max_temp_file_size 16m; {more} }}
    }}
}}
"""


@pytest.fixture
def through_nginx(start_server, tree, tmp_path):
    """through_nginx(more) → the address of an nginx in front of a node that cuts after two
    seconds."""
    running = []

    def start(more=""):
        node = start_server(tree, config={"limits": {"stall_timeout": 2, "pause_timeout": 0, "min_rate": 0}})
        port = free_port()
        config = tmp_path / "nginx.conf"
        config.write_text(CONFIG.format(folder=tmp_path, port=port, node="%s:%d" % node.address, more=more))
        running.append(subprocess.Popen(["nginx", "-e", "stderr", "-p", tmp_path, "-c", config],
                                        stderr=subprocess.DEVNULL))

        def answers():
            try:
                with Connection(("127.0.0.1", port)) as probe:
                    return probe.request("GET", "/healthz").status == 200
            except (OSError, Closed):
                return False

        eventually(answers)
        return "127.0.0.1", port

    yield start
    for process in running:
        process.terminate()
        process.wait(20)


def read_slowly(address, video):
    """The bytes that a client receives at RATE bytes a second; raises Closed when it is cut."""
    with Connection(address, receive_buffer=65536, timeout=20) as connection:
        connection.send(request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"}))
        head = connection.read_head()
        assert head.status == 200
        assert head.get("X-Accel-Buffering") is None  # it was for nginx
        body, began = bytearray(), time.monotonic()
        while len(body) < SIZE:
            body += connection.read_exactly(min(256 << 10, SIZE - len(body)), head)
            time.sleep(max(0, began + len(body) / RATE - time.monotonic()))
    return bytes(body)


def test_an_untuned_nginx_streams(through_nginx, tree):
    video = tree.add(Lesson("buffered.mp4"), noise(SIZE))
    assert read_slowly(through_nginx(), video) == tree.content(video)


def test_without_the_field_the_download_is_lost(through_nginx, tree):
    """When nginx ignores the field, the download is cut; otherwise the test above would prove
    nothing."""
    video = tree.add(Lesson("buffered.mp4"), noise(SIZE))
    with pytest.raises(Closed):
        read_slowly(through_nginx("proxy_ignore_headers X-Accel-Buffering;"), video)


def test_only_content_says_so(server, media):
    def field(**more):
        return server.download(VIDEO, **more).get("X-Accel-Buffering")

    etag = server.download(VIDEO).get("ETag")
    assert field() == field(method="HEAD") == "no"
    assert field(fields={"Range": "bytes=1-"}) == field(fields={"Range": "bytes=1-2,4-5"}) == "no"
    assert field(fields={"If-None-Match": etag}) is None
    assert field(fields={"Range": "bytes=99999999-"}) is None
    assert server.issue(VIDEO).get("X-Accel-Buffering") is None
