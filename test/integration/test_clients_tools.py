"""Command-line clients, cut in mid-transfer: what each sends when it resumes, and what it takes for
fatal. docs/clients.md has the table."""

import shutil
import time

import pytest
from support.clients import run_client
from support.ids import Lesson
from support.line import Line
from support.media import noise
from support.tokens import mint

pytestmark = pytest.mark.tooling

SIZE, CUT = 3_000_000, 900_000
CONTENT = noise(SIZE)


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


@pytest.fixture(scope="module")
def video(media):
    return media.add(Lesson("tools.mp4"), CONTENT)


class Run:
    """`client` downloads `video` over a line with this script."""

    def __init__(self, client, server, video, folder, script):
        token = mint(video)
        header = f"Authorization: Bearer {token}"
        self.file = folder / video.filename
        added = [("Authorization", f"Bearer {token}")] if client == "lftp" else []
        with Line(server.address, script, added) as self.line:
            url = self.line.base + video.target()
            commands = {
                "curl": f'for try in 1 2 3; do curl -sSfO -C - -H "{header}" {url} && break; done',
                "curl --retry": f'curl -sSfO -C - --retry 3 --retry-all-errors --retry-delay 1 -H "{header}" {url}',
                "wget": f'wget -qc --waitretry=1 --header="{header}" {url}',
                "wget, told to": f'wget -qc --waitretry=1 --retry-on-http-error=429,500,502,503,504 '
                                 f'--header="{header}" {url}',
                "wget2": f'wget2 -qc --header="{header}" {url}',
                "aria2": f'aria2c -q --no-conf -x1 --retry-wait=1 --header="{header}" {url}',
                "rclone": f"rclone copyto --http-no-head --http-url {self.line.base} --http-headers "
                          f'"Authorization,Bearer {token}" ":http:{video.target()[1:]}" {video.filename}',
                # Its own retries work most of the time; sometimes it gives up without a reason.
                "lftp": f'for try in 1 2 3; do lftp -c "set net:max-retries 1; get -c {url}" && break; done',
            }
            self.result = run_client("sh", "-c", commands[client], folder=folder, check=False)
        self.status = self.result.returncode
        self.ranges = [each.get("Range") for each in self.line.downloads()]
        self.conditions = [name for each in self.line.downloads()
                           for name in ("If-Range", "If-Match") if each.get(name)]

    @property
    def is_whole(self):
        return self.status == 0 and self.file.read_bytes() == CONTENT


@pytest.fixture
def run(server, video, tmp_path):
    return lambda client, *script: Run(client, server, video, tmp_path, script)


RESUMING = [pytest.param(name, marks=needs(name if name != "aria2" else "aria2c"))
            for name in ("curl", "wget", "aria2", "rclone", "lftp")]


@pytest.mark.parametrize("cut", [CUT, ("fin", CUT)], ids=["reset", "closed"])
@pytest.mark.parametrize("client", RESUMING)
def test_resumes_where_it_was_cut_without_a_validator(run, client, cut):
    done = run(client, cut)
    assert done.is_whole, done.result
    first, second = done.ranges
    assert first is None and 0 < int(second.removeprefix("bytes=").split("-")[0]) <= CUT
    assert done.conditions == []
    assert second.endswith("-") != (client == "aria2")  # aria2 names the end too


def test_retry_of_curl_begins_where_the_first_attempt_began(run):
    done = run("curl --retry", CUT)
    assert done.is_whole and done.ranges == [None, None]


@needs("lftp")
def test_lftp_finishes_in_the_resume_window(server, video, tmp_path):
    """It begins a download with HEAD, but resumes without."""
    token = mint(video, ttl=-3600, resume_until=int(time.time()) + 3600)
    file = tmp_path / video.filename
    file.write_bytes(CONTENT[:CUT])
    with Line(server.address, (), [("Authorization", f"Bearer {token}")]) as line:
        run_client("lftp", "-c", f"set net:max-retries 1; get -c {line.base + video.target()}", folder=tmp_path)
    assert file.read_bytes() == CONTENT
    assert [each.get("Range") for each in line.requests] == [f"bytes={CUT}-"]


@needs("wget2")
def test_wget2_takes_a_part_for_the_whole(run):
    """Version 1.99 of Debian 12 reports success for a transfer that was cut."""
    if "1.99" not in run_client("wget2", "--version", folder="/", check=False).stdout:
        pytest.skip("another version of wget2")
    done = run("wget2", CUT)
    assert done.status == 0 and done.file.stat().st_size < SIZE and done.ranges == [None]


# (client, statuses after which it tries again, statuses that end it)
REACTIONS = [
    ("aria2", (502, 503), (401, 404, 429, 500)),
    ("wget", (), (401, 404, 429, 500, 502, 503)),
    ("wget, told to", (429, 500, 502, 503), (401, 404)),
    ("curl --retry", (429, 500, 502, 503), ()),
]


@pytest.mark.parametrize(
    "client, status, goes_on",
    [(client, status, status in again) for client, again, fatal in REACTIONS for status in again + fatal],
)
def test_statuses_that_end_a_resume(run, client, status, goes_on):
    done = run(client, CUT, ("status", status, "Retry-After: 1"))
    assert done.is_whole == goes_on, done.result
    assert done.status == 0 or not goes_on
    assert len(done.ranges) == (3 if goes_on else 2)


@needs("rclone")
def test_rclone_begins_again_after_a_refusal(run):
    done = run("rclone", CUT, ("status", 503))
    assert done.is_whole and done.ranges[0] is None and done.ranges[2] is None


@pytest.mark.parametrize("client", RESUMING)
def test_a_replaced_file_becomes_a_mixture(server, media, tmp_path, client):
    """Nothing in the request shows which version the client has: docs/clients.md recommends a new
    name for a new version."""
    video = media.add(Lesson(f"replaced-{client}.mp4"), noise(SIZE, seed=1))
    old, new = media.content(video), noise(SIZE, seed=2)

    def replace():
        media.replace(video, new)

    done = Run(client, server, video, tmp_path, [("then", CUT, replace)])
    content = done.file.read_bytes()
    assert done.status == 0 and len(content) == SIZE, done.result
    assert content not in (old, new)
    assert content[:1000] == old[:1000] and content[-1000:] == new[-1000:]
