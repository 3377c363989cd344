"""HAProxy and nginx in front of nodes of a test: with the configurations shipped in deploy/, and
with minimal ones that only forward requests."""

import contextlib
import itertools
import os
import random
import re
import socket
import subprocess
import time

from .processes import terminate
from .server import ROOT
from .wire import Connection

SHIPPED = {"haproxy": ROOT / "deploy/haproxy/haproxy.cfg", "nginx": ROOT / "deploy/nginx/nginx.conf"}
FRONT, *NODES = (f"127.0.0.1:{port}" for port in (8080, 8081, 8082, 8083))


# Below the ports that the kernel gives to outgoing connections (32768 and above), and a thousand for each test
# process (support/side_by_side.py): nobody takes such a port between its choice and its use, or during a restart.
PROCESS = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0) % 9
FIRST_PORT, PORTS = 11000 + 1000 * PROCESS, 1000
_steps = itertools.count(random.randrange(PORTS))


def free_port():
    for step in itertools.islice(_steps, PORTS):
        port = FIRST_PORT + step % PORTS
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no free port from {FIRST_PORT} on")


UNTUNED_HAPROXY = """
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
frontend front
    bind {front}
    default_backend node
backend node
    server node {node}
"""
UNTUNED_NGINX = """
pid nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {front};
        {location}
    }}
}}
"""


class Proxy:
    """A running HAProxy or nginx: `address`, `base`. `text` is its configuration, which listens on FRONT."""

    def __init__(self, kind, folder, text):
        folder.mkdir(parents=True, exist_ok=True)
        self.address = ("127.0.0.1", free_port())
        self.base = "http://%s:%d" % self.address
        self.log = folder / "log"
        config = folder / "config"
        assert FRONT in text
        if kind == "nginx" and os.geteuid() == 0:  # only its user can access the folders of a test
            text = "user root;\n" + text
        config.write_text(text.replace(FRONT, "%s:%d" % self.address), encoding="utf-8")
        self.arguments = list(map(str, self.command(kind, folder, config)))
        self.start()

    def start(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.arguments, stdout=out, stderr=out)

    def command(self, kind, folder, config):
        if kind == "haproxy":
            return ["haproxy", "-db", "-f", config]
        return ["nginx", "-p", folder, "-e", "stderr", "-g", "daemon off;", "-c", config]

    def __enter__(self):
        self.wait_until_ready()
        return self

    def __exit__(self, *_):
        terminate(self.process)

    def connect(self, **options):
        return Connection(self.address, **options)

    def request(self, target, fields=(), source=None, **options):
        """One request on a new connection from the address `source`."""
        with self.connect(source=source) as connection:
            return connection.request("GET", target, fields, **options)

    def is_ready(self):
        """True when a node responds through it."""
        return self.request("/readyz").status == 200

    def wait_until_ready(self, timeout=30):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.is_ready():
                    return
            time.sleep(0.05)
        self.__exit__()
        raise AssertionError(self.log.read_text(errors="replace")[-3000:])


class ProxyOfOthers(Proxy):
    """A proxy whose nodes are no service of ours: it is ready when it accepts connections. It asks for nothing, because
    some tests look at the requests that arrive."""

    def is_ready(self):
        socket.create_connection(self.address, 1).close()
        return True


class Balancer(Proxy):
    """The shipped configuration. `nodes` are three addresses, not all different. `changes` are
    replacements in the configuration, which must contain each replaced text."""

    def __init__(self, kind, folder, nodes, changes=()):
        text = SHIPPED[kind].read_text(encoding="utf-8")
        for old, new in (*zip(NODES, nodes, strict=True), *changes):
            assert old in text, old
            text = text.replace(old, new)
        super().__init__(kind, folder, text)


def untuned_haproxy(folder, node):
    """`node` is host:port, or the path of a unix socket."""
    return Proxy("haproxy", folder, UNTUNED_HAPROXY.format(front=FRONT, node=node))


def untuned_nginx(folder, location):
    """`location` is the server block's content besides `listen`."""
    return Proxy("nginx", folder, UNTUNED_NGINX.format(front=FRONT, location=location))
