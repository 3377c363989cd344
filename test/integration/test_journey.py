"""A journey that no download may be lost on: the network is cut at 30 %, the client is killed at 50 %, the
nodes are drained one after the other at 70 %, the token expires at 80 %, the proxy is restarted at 90 %.
Real clients, HAProxy with the configuration of deploy/, two nodes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from support.balancers import Balancer, free_port
from support.browsers import CHROMIUM, FIREFOX, Chromium, Firefox
from support.faults import Faults, not_sanitized
from support.gate import GatedLine, wait_at_gate
from support.ids import Lesson
from support.media import noise
from support.metrics import metric
from support.server import ROOT, address_of
from support.tokens import mint

pytestmark = not_sanitized

SIZE = 32 << 20
# A drain at 70 % must hit transfers: a node waits until the buffers on the way have taken its rest.
SMALL_BUFFERS = "\nglobal\n    tune.rcvbuf.server 65536\n    tune.sndbuf.client 65536\n"
# Between a node and a client: the receive buffers of HAProxy and of the line, the send buffer of HAProxy, 128 KiB each,
# its own buffer, and one piece of the line.
BUFFERS = 512 << 10
HOUR = 3600
EXAMPLES = ROOT / "clients/examples"


# Presses "Retry" a moment after each failure.
FIREFOX_USER = """
const { Downloads } = ChromeUtils.importESModule("resource://gre/modules/Downloads.sys.mjs")
const [source, path] = given
const download = await Downloads.createDownload({ source, target: { path, partFilePath: path + ".part" } })
download.tryToKeepPartialData = true
for (let i = 0; i < 30 && !download.succeeded; i++) {
  await download.start().catch(() => new Promise((done) => ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs").setTimeout(done, 700)))
}
return download.succeeded
"""


def scripted(name, *command):
    return name, lambda url, header: [*command, url, "video.mp4"]


def commands():
    """name → the command for (url, authorization field), of the clients that are installed."""
    python = sys.executable
    known = dict([
        scripted("requests", python, EXAMPLES / "download_requests.py"),
        scripted("httpx", python, EXAMPLES / "download_httpx.py"),
        scripted("aiohttp", python, EXAMPLES / "download_aiohttp.py"),
        scripted("node", "node", EXAMPLES / "download_fetch.mjs"),
        scripted("ruby", "ruby", EXAMPLES / "download_net_http.rb"),
        scripted("curl, script", "sh", EXAMPLES / "download_curl.sh"),
    ])
    known["curl"] = lambda url, header: [
        "sh", "-c", f'until curl -sSf -o video.mp4 -C - -H "{header}" {url}; do sleep 0.5; done']
    known["wget"] = lambda url, header: [
        "wget", "-q", "-c", "--tries=0", "--waitretry=1", "--retry-connrefused",
        "--retry-on-http-error=429,500,502,503,504", "-O", "video.mp4", f"--header={header}", url]
    known["aria2"] = lambda url, header: [
        "aria2c", "-q", "--no-conf", "-c", "-m0", "--retry-wait=1", "-x1", "--file-allocation=none",
        "--auto-save-interval=1", "-o", "video.mp4", f"--header={header}", url]
    if shutil.which("go"):
        known["go"] = lambda url, header: ["go", "run", EXAMPLES / "download_http.go", url, "video.mp4"]
    if shutil.which("rclone"):
        known["rclone"] = lambda url, header: [
            "sh", "-c", f"until rclone copyto -q --http-no-head --retries 1 --http-url {url.rsplit('/', 6)[0]} "
            f"--http-headers '{header.replace(': ', ',')}' ':http:{url.split('/', 3)[3]}' video.mp4; do sleep 0.5; done"]
    for name, module in (("httpx", "httpx"), ("aiohttp", "aiohttp")):
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode:
            del known[name]
    return known


class Traveller:
    """One client, its line and its folder."""

    def __init__(self, name, command, front, video, token, folder):
        self.line = GatedLine(front, gate=0)
        self.line.name = name
        self.folder = folder
        folder.mkdir(parents=True)
        self.command = command(self.line.base + video.target(), f"Authorization: Bearer {token}")
        self.environment = {**os.environ, "SLUICE_TOKEN": token, "NO_PROXY": "*", "HOME": str(folder.parent),
                            "GO111MODULE": "off"}
        self.start()

    def start(self):
        self.log = open(self.folder.parent / f"{self.folder.name}.log", "ab")
        self.process = subprocess.Popen([*map(str, self.command)], cwd=self.folder, env=self.environment,
                                        stdout=self.log, stderr=self.log, start_new_session=True)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


class World:
    """Two nodes with a wall clock that can be set, and HAProxy."""

    def __init__(self, start_server, tree, library, folder):
        self.start_server, self.tree = start_server, tree
        self.addresses = [f"127.0.0.{last}:{free_port()}" for last in (21, 22)]
        self.faults = [Faults(library, folder / f"clock{index}") for index in range(2)]
        self.nodes = [self.start(index) for index in range(2)]
        self.old = []
        self.proxy = Balancer("haproxy", folder / "haproxy", [*self.addresses, self.addresses[1]],
                              [("inter 1s", "inter 250ms"), ("\nglobal\n", SMALL_BUFFERS)])

    def start(self, index):
        config = {"trusted_proxies": ["127.0.0.1"], "issuer": {"mode": "none"},
                  "shutdown": {"delay": 1, "drain_timeout": 1}}
        listen = self.addresses[index]
        node = self.start_server(self.tree, config=config, listen=listen, env=self.faults[index].environment())
        assert node.address == address_of(listen)
        return node

    def drain(self, index):
        """Ends a node as a rolling update does, and starts its successor."""
        self.old.append(self.nodes[index])
        self.nodes[index].stop(timeout=30)
        self.nodes[index] = self.start(index)
        time.sleep(1)  # two health checks

    def restart_proxy(self):
        self.proxy.process.kill()
        self.proxy.process.wait()
        self.proxy.start()
        self.proxy.wait_until_ready()


@pytest.fixture
def world(start_server, tree, fault_library, tmp_path):
    made = World(start_server, tree, fault_library, tmp_path)
    with made.proxy:
        yield made


@pytest.fixture
def travellers(world, tree, tmp_path):
    video = tree.add(Lesson("journey.mp4"), noise(1 << 20, seed=1) * (SIZE >> 20))
    token = mint(video, ttl=HOUR, resume_until=int(time.time()) + 24 * HOUR)
    made = [Traveller(name, command, world.proxy.address, video, token, tmp_path / "travel" / name.replace(", ", "-"))
            for name, command in commands().items()]
    yield video, made
    for each in made:
        if each.process.poll() is None:
            each.kill()
        each.line.__exit__()


def eventually(condition, otherwise, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def test_no_download_is_lost(world, travellers, tree):
    video, all_of_them = travellers
    lines = [each.line for each in all_of_them]
    assert len(all_of_them) >= 8

    def cut():
        for line in lines:
            line.cut()

    def kill():
        for each in all_of_them:
            each.kill()
            each.start()

    def drain():
        world.drain(0)
        world.drain(1)

    def expire():
        for faults in world.faults:
            faults.step_wall_clock(2 * HOUR)
        cut()

    requests = {}
    for share, happens in ((0.3, cut), (0.5, kill), (0.7, drain), (0.8, expire), (0.9, world.restart_proxy)):
        for line in lines:
            line.move(int(SIZE * share))
        wait_at_gate(lines)
        requests[happens.__name__] = [len(line.downloads()) for line in lines]
        happens()
    for line in lines:
        line.move(SIZE + 1)

    for each in all_of_them:
        assert each.process.wait(120) == 0, (each.line.name, open(each.log.name).read()[-2000:])
    content = tree.content(video)
    for each in all_of_them:
        assert (each.folder / "video.mp4").read_bytes() == content, each.line.name
    requests["the end"] = [len(line.downloads()) for line in lines]
    for line, counts in zip(lines, zip(*requests.values(), strict=True), strict=True):
        # Every event has hit it: each cost at least one more request.
        assert sorted(set(counts)) == list(counts), (line.name, dict(zip(requests, counts, strict=True)))
    tell_the_story(world, video, lines)


@pytest.fixture
def browsers(tmp_path):
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(browser(tmp_path / name))
               for name, browser, program in (("chromium", Chromium, CHROMIUM), ("firefox", Firefox, FIREFOX))
               if program is not None}


def test_browsers_get_there_when_their_users_press_resume(world, tree, browsers, tmp_path):
    """The same journey without the kill, for downloads that a page has started. Chromium resumes by
    itself after some of the accidents."""
    if not browsers:
        pytest.skip("neither Chromium nor Firefox is installed")
    video = tree.add(Lesson("browsing.mp4"), noise(1 << 20, seed=1) * (SIZE >> 20))
    token = mint(video, ttl=HOUR, resume_until=int(time.time()) + 24 * HOUR)
    lines, files, helpers = [], {}, {}
    for name, browser in browsers.items():
        line = GatedLine(world.proxy.address, gate=0, add=[("Authorization", f"Bearer {token}")])
        line.name = name
        lines.append(line)
        if name == "chromium":
            browser.download(line.base + video.target())
            files[name] = browser.files / video.filename
        else:
            files[name] = tmp_path / "firefox.mp4"
            arguments = (FIREFOX_USER, line.base + video.target(), str(files[name]))
            helpers[name] = threading.Thread(target=browser.run, args=arguments)
            helpers[name].start()

    def help_chromium(is_done):
        """Presses "Resume" as often as it has to be pressed."""
        deadline = time.monotonic() + 120
        while not is_done():
            assert time.monotonic() < deadline, [(line.name, line.is_held(), line.downloads()) for line in lines]
            time.sleep(1)
            if "chromium" in browsers and not lines[0].open and not is_done():
                browsers["chromium"].press_pause_or_resume()

    def expire():
        for faults in world.faults:
            faults.step_wall_clock(2 * HOUR)

    def drain():
        world.drain(0)
        world.drain(1)

    for share, happens in ((0.3, lambda: None), (0.7, drain), (0.8, expire), (0.9, world.restart_proxy)):
        for line in lines:
            line.move(int(SIZE * share))
        help_chromium(lambda: all(line.is_held() for line in lines))
        happens()
        for line in lines:
            line.cut()
    for line in lines:
        line.move(SIZE + 1)
    help_chromium(lambda: all(file.exists() and file.stat().st_size == SIZE for file in files.values()))
    for helper in helpers.values():
        helper.join(60)
    for line in lines:
        assert files[line.name].read_bytes() == tree.content(video), line.name
        resumes = [each for each in line.downloads() if each.get("Range")]
        assert len(resumes) >= 4 and all(each.get("If-Range") or each.get("If-Match") for each in resumes)
        print(f"{line.name}: {len(line.downloads())} requests, {len(resumes)} resumes, {line.received / SIZE:.2f} times the file")
        line.__exit__()


def tell_the_story(world, video, lines):
    """Log and metrics: what was delivered is what arrived, cuts are cuts, expired tokens are counted."""
    for line in lines:
        resumes = sum(1 for each in line.downloads() if each.get("Range"))
        print(f"{line.name}: {len(line.downloads())} requests, {resumes} resumes, {line.received / SIZE:.2f} times the file")
    nodes = [*world.old, *world.nodes]
    received = sum(line.received for line in lines)

    def logged():
        return [row for node in nodes for row in node.access_log() if row.get("route") == "download"]

    # A client has its last byte before the service has written the line.
    eventually(lambda: received <= sum(row.get("delivered", 0) if row["outcome"] == "complete" else row["bytes"] for row in logged()),
               "the log lacks bytes that the clients received")
    rows = logged()
    check_delivered(nodes, rows, lines)
    assert {row["status"] for row in rows} <= {200, 206, 401, 416}
    eventually(lambda: sum(metric(node, "sluice_resumes_after_expiry_total") for node in world.nodes) >= len(lines),
               "too few resumes after the token expired")


def check_delivered(nodes, rows, lines):
    """The sum of `delivered` is what the clients received, within two bounds. HAProxy acknowledges bytes that it
    loses when a connection is cut or it is killed: for each request at most what the buffers behind the node hold.
    And when a node is at the end of its drain, its kernel may deliver what the node could not wait for: at most
    what it had sent of responses that are not `complete`."""
    delivered = sum(row.get("delivered", 0) for row in rows)
    received = sum(line.received for line in lines)
    unsure = sum(row["bytes"] - row.get("delivered", 0) for row in rows if row["outcome"] != "complete")
    requests = sum(len(line.downloads()) for line in lines)
    print(f"delivered {delivered}, received {received}, at most {unsure} more; {requests} requests")
    assert delivered <= received + requests * BUFFERS
    assert received <= delivered + unsure
    for node in nodes:
        if node.process.poll() is None:
            mine = sum(row.get("delivered", 0) for row in node.access_log())
            eventually(lambda n=node, m=mine: metric(n, "sluice_bytes_delivered_total") >= m, "the metric is behind the log")
