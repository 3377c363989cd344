"""Slow, hanging and cold storage: the figures of docs/performance.md, "Storage that is slow"."""

import contextlib
import multiprocessing
import os
import pathlib
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import time

from probe import SMALL, SMALL_BODY, Sample
from support.ids import Lesson
from support.leftovers import descriptors, pss_kib, threads
from support.metrics import metric
from support.server import Server
from support.slow_disk import SlowDisk, build
from support.tokens import mint
from support.wire import Closed, Connection, request_bytes

DELAY = 200  # milliseconds for each read
HOT_BOUND, MANY_BOUND, OTHER_BOUND = 10, 20, 20  # milliseconds
MORE_THREADS = 8  # an idle lane starts another thread when several requests arrive at once
# Of 10,000 aborted downloads. The allocator may keep the memory of freed windows: up to storage.memory,
# 64 MiB. A window for each download would be 2.5 GiB.
MOST_GROWTH_KIB = 65536
NGINX = """
{user} daemon off; pid nginx.pid; error_log stderr crit; worker_processes 2;
events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; aio threads; keepalive_requests 1000000;
  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


def get(media, host):
    return request_bytes("GET", media.target(), {"Authorization": f"Bearer {mint(media)}"}, host=host)


def plain(media, host):
    """For nginx, which checks no tokens."""
    return request_bytes("GET", "/" + str(media.path()), host=host)


def measure(address, request, seconds, pause=0.002):
    """One client on one connection, one request after the other."""
    sample, until = Sample(), time.monotonic() + seconds
    connection = Connection(address, timeout=20)
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            connection.send(request)
            if connection.read().status != 200:
                sample.failures += 1
        except (Closed, OSError):
            sample.failures += 1
            connection = Connection(address, timeout=20)
        sample.times.append(time.monotonic() - began)
        time.sleep(pause)
    connection.close()
    return sample


def receive_all(address, requests):
    """Downloads all at once and reads what comes."""
    waiting = selectors.DefaultSelector()
    for request in requests:
        one = socket.create_connection(address)
        one.sendall(request)
        waiting.register(one, selectors.EVENT_READ)
    while waiting.get_map():
        for key, _ in waiting.select():
            with contextlib.suppress(OSError):
                if key.fileobj.recv(1 << 18):
                    continue
            waiting.unregister(key.fileobj)
            key.fileobj.close()


@contextlib.contextmanager
def cold_downloads(address, requests):
    clients = multiprocessing.Process(target=receive_all, args=(address, requests), daemon=True)
    clients.start()
    time.sleep(1)
    try:
        yield
    finally:
        clients.kill()
        clients.join()


def add_cold(run, group, count, size):
    """Empty blocks: only the time of a read matters."""
    media = [Lesson(f"slow-{DELAY}-{group}{index}.mp4") for index in range(count)]
    for one in media:
        path = run.tree.path(one)
        path.touch()
        os.truncate(path, size)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return media


@contextlib.contextmanager
def serving(folder, root, config):
    server = Server(folder, root, config=config)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def nginx(run, root):
    folder = run.folder / "nginx"
    folder.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    (folder / "nginx.conf").write_text(NGINX.format(
        user="user root;" if os.geteuid() == 0 else "", port=address[1], root=root))
    process = subprocess.Popen(["nginx", "-p", folder, "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(address).close()
                break
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def report(run, what, sample, bound, alone=None):
    p99 = sample.quantile(0.99)
    before = "" if alone is None else f", alone {alone.quantile(0.99):.2f} ms"
    run.note(what, f"p99 {p99:.2f} ms{before}, {sample.failures} failures",
             bound is None or (p99 <= bound and sample.failures == 0))


def beside_cold(run, disk):
    seconds = 2 if run.quick else 5
    few, few_nginx = (add_cold(run, group, 32, 4 << 20) for group in "ab")
    many = add_cold(run, "c", 200 if run.quick else 1000, 1 << 20)
    with serving(run.folder / "slow", disk.root, config={"threads": 2}) as server:
        hot = get(SMALL, server.host)
        measure(server.address, hot, 0.5)
        alone = measure(server.address, hot, seconds)
        with cold_downloads(server.address, [get(one, server.host) for one in few]):
            report(run, "hot file beside 32 cold downloads", measure(server.address, hot, seconds),
                   max(HOT_BOUND, 3 * alone.quantile(0.99)), alone)
            issue = request_bytes("GET", SMALL.query("trainer123"), host=server.host)
            report(run, "minting beside them", measure(server.address, issue, seconds), OTHER_BOUND)
            health = request_bytes("GET", "/healthz", host=server.host)
            report(run, "/healthz beside them", measure(server.address, health, seconds), OTHER_BOUND)
        with cold_downloads(server.address, [get(one, server.host) for one in many]):
            report(run, f"hot file beside {len(many)} cold downloads",
                   measure(server.address, hot, seconds),
                   max(MANY_BOUND, 5 * alone.quantile(0.99)), alone)
    if shutil.which("nginx"):
        with nginx(run, disk.root) as address:
            hot = plain(SMALL, "nginx")
            measure(address, hot, 0.5)
            alone = measure(address, hot, seconds)
            with cold_downloads(address, [plain(one, "nginx") for one in few_nginx]):
                report(run, "nginx, aio threads: hot file beside 32", measure(address, hot, seconds),
                       None, alone)


def throughput(run):
    """Cold bytes of one file on a real disk; the page cache is dropped before each round."""
    large = Lesson("cold.mp4")
    path, size = run.tree.path(large), (64 if run.quick else 256) << 20
    with open(path, "wb") as out:
        for _ in range(size >> 20):
            out.write(os.urandom(1 << 20))
        os.fsync(out.fileno())
    os.utime(path, (1_700_000_000, 1_700_000_000))

    def once(address, request):
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        began = time.monotonic()
        receive_all(address, [request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")])
        return size / 1e6 / (time.monotonic() - began)

    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serving(run.folder / "cold", run.tree.root, config={}))
        contenders = {"Sluice": (server.address, get(large, server.host))}
        if shutil.which("nginx"):
            contenders["nginx, aio threads"] = (stack.enter_context(nginx(run, run.tree.root)),
                                                plain(large, "nginx"))
        speeds = {name: [] for name in contenders}
        for _ in range(3 if run.quick else 7):
            for name, (address, request) in contenders.items():
                speeds[name].append(once(address, request))
    run.note("cold throughput of one file",
             ", ".join(f"{name} {statistics.median(all_):.0f} MB/s" for name, all_ in speeds.items()),
             True)


def hung_mount(run, program):
    volume, point = run.folder / "volume", run.tree.root / "trainer123" / "mounted"
    far = Lesson("far.mp4", course="mounted")
    file = volume / pathlib.Path(far.path()).relative_to("trainer123/mounted")
    file.parent.mkdir(parents=True)
    file.write_bytes(SMALL_BODY * 4)
    point.mkdir(parents=True)
    disk = SlowDisk(program, volume, point)
    config = {"storage": {"open_timeout": 2}, "shutdown": {"drain_timeout": 1}, "threads": 2}
    try:
        server = Server(run.folder / "hung", run.tree.root, config=config)
        hot, health = get(SMALL, server.host), request_bytes("GET", "/healthz", host=server.host)
        measure(server.address, hot, 0.5)
        alone = measure(server.address, hot, 2)
        disk.hang()
        with cold_downloads(server.address, [get(far, server.host)] * 64):
            report(run, "a hung mount: other device's files", measure(server.address, hot, 3),
                   max(3 * alone.quantile(0.99), 2), alone)
            report(run, "a hung mount: /healthz", measure(server.address, health, 1), OTHER_BOUND)
        disk.resume()
        began, status = time.monotonic(), 0
        while status != 200 and time.monotonic() < began + 20:
            status = server.get(far.target(), token=mint(far)).status
        run.note("a resumed mount serves without a restart",
                 f"after {time.monotonic() - began:.1f} s", status == 200)
        disk.hang()
        with cold_downloads(server.address, [get(far, server.host)] * 8):
            began = time.monotonic()
            server.signal(signal.SIGTERM)
            server.wait(30)
        took = time.monotonic() - began
        run.note("SIGTERM while a mount hangs, drain_timeout 1", f"{took:.1f} s", took <= 3)
    finally:
        disk.unmount()


def hung_root(run, disk):
    config = {"storage": {"open_timeout": 5}, "threads": 2}
    with serving(run.folder / "root", disk.root, config=config) as server:
        disk.hang()
        began, status = time.monotonic(), 0
        while status != 503 and time.monotonic() < began + 20:
            status = server.get("/readyz").status
        took = time.monotonic() - began
        run.note("a hung root: /readyz is red", f"after {took:.1f} s", took <= 10)
        disk.resume()


def abort_downloads(server, request, count):
    """`count` downloads whose clients leave at once, 50 at a time. Waits until the service has
    noticed all of them; returns (descriptors, KiB of memory, requests and bytes of windows left)."""
    pid = server.process.pid
    before = descriptors(pid)
    for _ in range(count // 50):
        clients = [socket.create_connection(server.address) for _ in range(50)]
        for one in clients:
            one.sendall(request)
        for one in clients:
            one.close()
    until = time.monotonic() + 30
    while True:
        left = int(metric(server, "sluice_storage_window_bytes"))
        active = int(metric(server, "sluice_requests_active")) - 1  # this scrape
        is_done = left == 0 and active <= 0 and descriptors(pid) <= before + 2
        if is_done or time.monotonic() > until:
            return descriptors(pid), pss_kib(pid), max(active, 0) + left
        time.sleep(0.2)


def aborts(run, disk):
    """Clients that leave while their bytes are read. The first tenth starts the threads of the
    device and fills the pools."""
    count = 1000 if run.quick else 10000
    cold = Lesson("slow-5-aborted.mp4")
    path = run.tree.path(cold)
    path.touch()
    os.truncate(path, 64 << 20)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with serving(run.folder / "aborts", disk.root, config={"threads": 2}) as server:
        server.get(SMALL.target(), token=mint(SMALL))
        request, pid = get(cold, server.host), server.process.pid
        fds, memory, _ = abort_downloads(server, request, count // 10)
        started = threads(pid)
        more_fds, more_memory, left = abort_downloads(server, request, count)
        grown = more_memory - memory
        run.note(f"{count} aborted cold downloads",
                 f"{more_fds - fds} more descriptors, {threads(pid) - started} more threads, {grown} KiB more"
                 f" memory, {left} requests and bytes of windows left",
                 left == 0 and more_fds <= fds + 2 and threads(pid) <= started + MORE_THREADS
                 and grown <= MOST_GROWTH_KIB)


def run_storage(run):
    """The table of bars; a machine without FUSE has only the throughput."""
    throughput(run)
    program = build(run.folder)
    disk = SlowDisk(program, run.tree.root, run.folder / "mounted")
    try:
        beside_cold(run, disk)
        aborts(run, disk)
        hung_root(run, disk)
    finally:
        disk.unmount()
    hung_mount(run, program)
