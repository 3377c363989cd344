"""Libraries do not resume by themselves: the programs in clients/examples show how. Each is cut, refused
for a moment, refused for good, killed, and sees its file replaced."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from support.ids import Lesson
from support.line import Line
from support.media import noise
from support.server import ROOT
from support.tokens import mint

pytestmark = pytest.mark.tooling

EXAMPLES = ROOT / "clients/examples"
SIZE, CUT = 3_000_000, 900_000
CONTENT = noise(SIZE)


def has_module(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


def program(name, is_there, *command):
    reason = f"{name} is not installed"
    return pytest.param(command, id=name, marks=pytest.mark.skipif(not is_there, reason=reason))


PROGRAMS = [
    *(program(name, has_module(name), sys.executable, EXAMPLES / f"download_{name}.py")
      for name in ("requests", "httpx", "aiohttp")),
    program("node", shutil.which("node"), "node", EXAMPLES / "download_fetch.mjs"),
    program("ruby", shutil.which("ruby"), "ruby", EXAMPLES / "download_net_http.rb"),
    program("go", shutil.which("go"), "go", "run", EXAMPLES / "download_http.go"),
    program("curl", shutil.which("curl"), "sh", EXAMPLES / "download_curl.sh"),
]


@pytest.fixture(scope="session")
def go_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("go")


@pytest.fixture
def start(tmp_path, go_cache):
    """start(command, line, video) → the running program, in `tmp_path`."""
    running = []

    def run(command, line, video):
        environment = {**os.environ, "SLUICE_TOKEN": mint(video), "NO_PROXY": "*", "GO111MODULE": "off",
                       "HOME": str(go_cache), "GOFLAGS": ""}
        running.append(subprocess.Popen(
            [*command, line.base + video.target(), "video.mp4"], cwd=tmp_path, env=environment,
            stderr=subprocess.PIPE, start_new_session=True))
        return running[-1]

    yield run
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture(scope="module")
def video(media):
    return media.add(Lesson("libraries.mp4"), CONTENT)


def finish(process):
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors.decode()


@pytest.mark.parametrize("command", PROGRAMS)
def test_resumes_after_every_kind_of_interruption(server, video, tmp_path, start, command):
    script = [("status", 503, "Retry-After: 1"), CUT, ("fin", CUT), ("status", 429, "Retry-After: 0")]
    with Line(server.address, script) as line:
        status, errors = finish(start(command, line, video))
    assert status == 0, errors
    assert (tmp_path / "video.mp4").read_bytes() == CONTENT
    assert os.listdir(tmp_path) == ["video.mp4"]
    etag = server.download(video).get("ETag")
    for each in line.downloads()[2:]:
        if each.get("Range"):
            assert each.get("If-Range") == etag
    assert line.downloads()[-1].get("Range")


@pytest.mark.parametrize("command", PROGRAMS)
def test_a_refusal_ends_it_and_keeps_the_part(server, video, tmp_path, start, command):
    with Line(server.address, [("fin", CUT), ("status", 403)]) as line:
        status, _ = finish(start(command, line, video))
    assert status not in (0, None)
    assert not (tmp_path / "video.mp4").exists() and (tmp_path / "video.mp4.part").stat().st_size > 0


@pytest.mark.parametrize("command", PROGRAMS)
def test_a_replaced_file_is_never_mixed(server, media, tmp_path, start, command):
    name = os.path.basename(command[-1])
    video = media.add(Lesson(f"library-{name}.mp4"), CONTENT)
    fresh = noise(SIZE, seed=2)
    with Line(server.address, [("then", CUT, lambda: media.replace(video, fresh))]) as line:
        status, errors = finish(start(command, line, video))
    assert status == 0, errors
    assert (tmp_path / "video.mp4").read_bytes() == fresh


@pytest.mark.parametrize("command", PROGRAMS)
def test_a_killed_program_continues(server, video, tmp_path, start, command):
    part = tmp_path / "video.mp4.part"
    with Line(server.address, [("then", CUT, lambda: time.sleep(60))]) as line:
        first = start(command, line, video)
        deadline = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size >= CUT // 2):
            assert time.monotonic() < deadline and first.poll() is None
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGKILL)
        status, errors = finish(start(command, line, video))
    assert status == 0, errors
    assert (tmp_path / "video.mp4").read_bytes() == CONTENT
    assert line.downloads()[-1].get("Range")


def test_requests_alone_takes_a_part_for_the_whole(server, video):
    """Before urllib3 2, a body that is closed in an orderly way before its end is no error. The service
    resets such connections; a proxy in between may not."""
    requests = pytest.importorskip("requests")
    if not requests.packages.urllib3.__version__.startswith("1."):
        pytest.skip("urllib3 2 checks the length")
    headers = {"Authorization": f"Bearer {mint(video)}"}
    with Line(server.address, [("fin", CUT)]) as line:
        answer = requests.get(line.base + video.target(), headers=headers, timeout=10)
    assert answer.status_code == 200 and len(answer.content) == CUT
