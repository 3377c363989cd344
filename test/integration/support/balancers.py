"""HAProxy and nginx as they are shipped in deploy/, in front of nodes of a test."""

import contextlib
import socket
import subprocess
import time

from .server import ROOT
from .wire import Connection

SHIPPED = {"haproxy": ROOT / "deploy/haproxy/haproxy.cfg", "nginx": ROOT / "deploy/nginx/nginx.conf"}
FRONT, *NODES = (f"127.0.0.1:{port}" for port in (8080, 8081, 8082, 8083))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Balancer:
    """A running balancer: `address`, `base`. `nodes` are three addresses, not all different; `changes`
    are made to the shipped configuration, which has to have what they replace."""

    def __init__(self, kind, folder, nodes, changes=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.address = ("127.0.0.1", free_port())
        self.base = "http://%s:%d" % self.address
        self.log = folder / "log"
        config = folder / "config"
        text = SHIPPED[kind].read_text(encoding="utf-8")
        places = zip((FRONT, *NODES), ("%s:%d" % self.address, *nodes), strict=True)
        for old, new in (*places, *changes):
            assert old in text, old
            text = text.replace(old, new)
        config.write_text(text, encoding="utf-8")
        command = {"haproxy": ["haproxy", "-db", "-f", config],
                   "nginx": ["nginx", "-p", folder, "-e", "stderr", "-g", "daemon off;", "-c", config]}
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(command[kind], stdout=out, stderr=out)

    def __enter__(self):
        self.wait_until_ready()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def connect(self, **options):
        return Connection(self.address, **options)

    def request(self, target, fields=(), source=None, **options):
        """One request on a connection of its own, which comes from `source`."""
        with self.connect(source=source) as connection:
            return connection.request("GET", target, fields, **options)

    def wait_until_ready(self, timeout=30):
        """Until a node answers through it."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.request("/readyz").status == 200:
                    return
            time.sleep(0.05)
        self.__exit__()
        raise AssertionError(self.log.read_text(errors="replace")[-3000:])
