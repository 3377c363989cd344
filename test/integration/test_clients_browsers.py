"""The download managers of real browsers. Pages reach them through the service worker of web/, which adds
the token; here the line adds it, so that the requests are the browser's own."""

import json
import time

import pytest
from support.browsers import CHROMIUM, FIREFOX, Chromium, Firefox
from support.ids import Lesson
from support.line import Line
from support.media import noise
from support.metrics import scrape_until
from support.paused import LARGE
from support.tokens import mint
from support.waiting import eventually

pytestmark = pytest.mark.tooling

SIZE, CUT = 3_000_000, 900_000
CONTENT = noise(SIZE)


@pytest.fixture(scope="module")
def video(media):
    return media.add(Lesson("browsers.mp4"), CONTENT)


@pytest.fixture
def line(server, video):
    """line(*script) → a Line that adds the token."""
    lines = []

    def make(*script):
        lines.append(Line(server.address, script, [("Authorization", f"Bearer {mint(video)}")]))
        return lines[-1]

    yield make
    for each in lines:
        each.__exit__()


with_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
with_firefox = pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed")


class Expiring(Line):
    """From the second download on, the token is one that expired an hour ago, with a resume window."""

    def __init__(self, server, video, cut=("fin", CUT)):
        window = int(time.time()) + 3600
        self.tokens = [mint(video), mint(video, ttl=-3600, resume_until=window)]
        super().__init__(server.address, [cut])

    def _handle(self, client, head):
        token = self.tokens[1 if self.downloads() else 0]
        self.add = [("Authorization", f"Bearer {token}")]
        return super()._handle(client, head)


def is_whole(file):
    return file.exists() and file.read_bytes() == CONTENT


@with_chromium
def test_chromium_resumes_by_itself_when_a_connection_ends_early(server, line, video, tmp_path):
    """Three ends in a row, as a proxy causes them; it gives up after five."""
    road = line(("fin", CUT), ("fin", CUT // 2), ("fin", CUT // 2))
    with Chromium(tmp_path / "chromium") as browser:
        browser.download(road.base + video.target())
        eventually(lambda: browser.state()[0] == "completed")
        assert is_whole(browser.files / video.filename)
    etag = server.download(video).get("ETag")
    first, *rest = road.downloads()
    assert first.get("Range") is None and len(rest) == 3
    for each in rest:
        assert (each.get("If-Range"), each.get("Accept-Encoding")) == (etag, "identity")
        assert each.get("Range").endswith("-")


@with_chromium
@pytest.mark.parametrize("script", [[CUT], [("fin", CUT), ("status", 503)], [("fin", CUT), ("status", 429)]],
                         ids=["reset", "503", "429"])
def test_chromium_waits_for_its_user(line, video, tmp_path, script):
    road = line(*script)
    with Chromium(tmp_path / "chromium") as browser:
        browser.download(road.base + video.target())
        eventually(lambda: browser.state()[0] == "canceled")  # the protocol's word for interrupted
        time.sleep(0.3)
        assert len(road.downloads()) == len(script)  # it did not resume by itself
        browser.press_pause_or_resume()
        eventually(lambda: is_whole(browser.files / video.filename))
    assert road.downloads()[-1].get("Range") and road.downloads()[-1].get("If-Range")


@with_chromium
def test_chromium_throws_the_part_away_after_401(line, video, tmp_path):
    road = line(("fin", CUT), ("status", 401))
    with Chromium(tmp_path / "chromium") as browser:
        browser.download(road.base + video.target())
        eventually(lambda: browser.state()[0] == "canceled")
        eventually(lambda: not list(browser.files.iterdir()))


@with_chromium
def test_chromium_finishes_in_the_resume_window(server, video, tmp_path):
    with Expiring(server, video) as road, Chromium(tmp_path / "chromium") as browser:
        browser.download(road.base + video.target())
        eventually(lambda: browser.state()[0] == "completed")
        assert is_whole(browser.files / video.filename) and len(road.downloads()) == 2


@with_chromium
def test_chromium_pauses_and_goes_on(start_server, tree, tmp_path):
    """Its pause keeps the connection and stops reading: for the service, a client that pauses
    (limits.pause_timeout). One request in all."""
    large = tree.add(Lesson("paused.bin"), noise(1 << 20) * (LARGE >> 20))
    log = tmp_path / "access.log"
    server = start_server(tree, config={"log": {"access": str(log)},
                                        "limits": {"stall_timeout": 1, "connection_rate": 8 << 20}})
    downloads = lambda: [line for line in map(json.loads, log.read_text().split("\n")[:-1])
                         if line["route"] == "download"]
    with Chromium(tmp_path / "chromium") as browser:
        browser.download(server.base + large.target(), {"Authorization": f"Bearer {mint(large)}"})
        eventually(lambda: browser.state()[1] > 1 << 20)
        browser.press_pause_or_resume()
        scrape_until(server, lambda values: values['sluice_connections{state="paused"}'] == 1)
        received = browser.state()[1]
        time.sleep(5)  # five times stall_timeout
        assert browser.state() == ("inProgress", received) and received < LARGE
        assert downloads() == []
        browser.press_pause_or_resume()
        eventually(lambda: browser.state()[0] == "completed", 60)
    assert (browser.files / large.filename).read_bytes() == tree.content(large)
    line, = eventually(downloads)
    assert (line["status"], line["outcome"], line["delivered"]) == (200, "complete", LARGE)


FIREFOX_DOWNLOADS = """
const { Downloads } = ChromeUtils.importESModule("resource://gre/modules/Downloads.sys.mjs")
const [source, path, most] = given
const download = await Downloads.createDownload({ source, target: { path, partFilePath: path + ".part" } })
download.tryToKeepPartialData = true
const failures = []
for (let i = 0; i < most && !download.succeeded; i++) {
  await download.start().catch(() => failures.push(download.hasPartialData))
}
return failures
"""


def when_written(file):
    """Waits until a part of `file` is on disk. When a connection ends, Firefox drops what it has received and not yet
    written: on a busy machine that is everything, and then it starts from the first byte."""
    part = file.with_name(file.name + ".part")
    return lambda: eventually(lambda: part.exists() and part.stat().st_size > 0)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    with Firefox(tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


@with_firefox
@pytest.mark.parametrize("how", ["then", "fin"], ids=["reset", "closed"])
def test_firefox_resumes_when_its_user_asks(firefox, server, line, video, tmp_path, how):
    """It resumes with If-Match and If-Unmodified-Since, and keeps the part."""
    file = tmp_path / "video.mp4"
    road = line((how, CUT, when_written(file)))
    assert firefox.run(FIREFOX_DOWNLOADS, road.base + video.target(), str(file), 2) == [True]
    assert is_whole(file)
    first, second = road.downloads()
    head = server.download(video)
    assert first.get("Range") is None and second.get("Range").endswith("-")
    assert second.get("If-Match") == head.get("ETag")
    assert second.get("If-Unmodified-Since") == head.get("Last-Modified")


@with_firefox
@pytest.mark.parametrize("status", [401, 429, 503])
def test_firefox_throws_the_part_away_after_any_refusal(firefox, line, video, tmp_path, status):
    file = tmp_path / "video.mp4"
    road = line(("then", CUT, when_written(file)), ("status", status))
    assert firefox.run(FIREFOX_DOWNLOADS, road.base + video.target(), str(file), 3) == [True, False]
    assert is_whole(file)
    assert road.downloads()[2].get("Range") is None


@with_firefox
def test_firefox_is_told_when_the_file_is_another_one(firefox, server, media, tmp_path):
    video = media.add(Lesson("firefox.mp4"), CONTENT)
    fresh = noise(SIZE, seed=2)
    file = tmp_path / "video.mp4"
    written = when_written(file)
    script = [("then", CUT, lambda: written() and media.replace(video, fresh))]
    with Line(server.address, script, [("Authorization", f"Bearer {mint(video)}")]) as road:
        assert firefox.run(FIREFOX_DOWNLOADS, road.base + video.target(), str(file), 3) == [True, False]
    assert file.read_bytes() == fresh


@with_firefox
def test_firefox_finishes_in_the_resume_window(firefox, server, video, tmp_path):
    file = tmp_path / "video.mp4"
    with Expiring(server, video, ("fin", CUT, when_written(file))) as road:
        assert firefox.run(FIREFOX_DOWNLOADS, road.base + video.target(), str(file), 2) == [True]
    assert is_whole(file) and len(road.downloads()) == 2
