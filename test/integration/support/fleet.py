"""Three nodes that share media, keys and a store, behind the balancer of deploy/; and a client that
resumes its download on another node."""

import contextlib
import json
import os
import threading
import time

from .balancers import Balancer, free_port
from .ids import VIDEO
from .metrics import metric
from .server import address_of
from .waiting import eventually
from .wire import Closed, request_bytes

FIRST_KEY = {"kid": "first", "secret": "Zmlyc3Qga2V5IG9mIHRoZSBmbGVldCwgMzIgYnl0ZXMgYW5kIG1vcmU"}
SECOND_KEY = {"kid": "second", "secret": "c2Vjb25kIGtleSBvZiB0aGUgZmxlZXQsIDMyIGJ5dGVzIGFuZCBtb3Jl"}
OWNER = "trainer123"


class Fleet:
    """`start_server` and `tree` are the fixtures; `store` is the store of the nodes, or None."""

    def __init__(self, start_server, tree, folder, store=None, balancer="haproxy"):
        self.start_server, self.tree = start_server, tree
        folder.mkdir()
        self.keys = folder / "keys.json"
        self.write_keys(FIRST_KEY)
        self.config = {
            "trusted_proxies": ["127.0.0.1"],
            "issuer": {"mode": "none"},
            "tokens": {"key_file": str(self.keys)},
            "shutdown": {"delay": 1},
            **(store.config() if store else {}),
        }
        # Each node has its own address, so that no other process takes its port during a restart.
        self.addresses = [f"127.0.0.{last}:{free_port()}" for last in (11, 12, 13)]
        self.nodes = [self.start(index) for index in range(3)]
        # As shipped, but with more frequent health checks: a restart takes two seconds less.
        changes = [("inter 1s", "inter 250ms")] if balancer == "haproxy" else []
        self.balancer = Balancer(balancer, folder / "balancer", self.addresses, changes)

    def __enter__(self):
        with contextlib.suppress(AssertionError):  # reported below, with the log
            self.balancer.wait_until_ready()
        for index in range(3):
            self.wait_until_in(index)
        return self

    def __exit__(self, *_):
        self.balancer.__exit__()
        leaving = [node for node in self.nodes if node.process.poll() is None]
        for node in leaving:  # together: each waits for its shutdown.delay
            node.signal()
        for node in leaving:
            assert node.wait(40) == 0, node.stderr()[-2000:]

    def write_keys(self, *keys):
        fresh = self.keys.with_suffix(".new")
        with open(fresh, "w", opener=lambda p, f: os.open(p, f, 0o600), encoding="utf-8") as file:
            json.dump({"keys": keys}, file)
        fresh.rename(self.keys)

    def start(self, index):
        listen = self.addresses[index]
        node = self.start_server(self.tree, config=self.config, env={}, listen=listen)
        assert node.address == address_of(listen)
        return node

    def restart(self, index):
        """Stops a node gracefully, waits for its exit, and starts it again on its port."""
        self.nodes[index].stop(timeout=40)
        self.revive(index)

    def kill(self, index):
        self.nodes[index].process.kill()
        self.nodes[index].process.wait()

    def revive(self, index):
        self.nodes[index] = self.start(index)
        self.wait_until_in(index)

    def wait_until_in(self, index, timeout=30):
        """Sends requests until the balancer forwards one to the node."""
        node = self.nodes[index]

        def is_in():
            for _ in range(3):
                self.balancer.request("/healthz")
            return metric(node, 'sluice_responses_total{route="health",status="2xx"}') > 0

        eventually(is_in, timeout)

    def get(self, target, token):
        return self.balancer.request(target, {"Authorization": f"Bearer {token}"})

    def token(self, media=VIDEO, user_id=OWNER):
        """From the node that the balancer selects."""
        answer = self.balancer.request(media.query(user_id))
        assert answer.status == 200, answer
        return answer.json()["token"]


class Download(threading.Thread):
    """Fetches a file through the balancer, and resumes at its last byte when a connection is lost,
    as a good client does. With `hold` it pauses in the middle until it is released."""

    def __init__(self, fleet, media, hold=False):
        super().__init__()
        self.fleet, self.media, self.token = fleet, media, fleet.token(media)
        self.content = fleet.tree.content(media)
        self.is_held, self.release = threading.Event(), threading.Event()
        if not hold:
            self.release.set()
        self.received, self.etag = bytearray(), None
        self.cuts = 0
        self.fault = None
        self.start()

    def run(self):
        try:
            while len(self.received) < len(self.content):
                with contextlib.suppress(Closed, OSError):
                    self.attempt()
                self.cuts += len(self.received) < len(self.content)
                assert self.cuts < 10
            assert self.received == self.content, "not the bytes of the file"
        except BaseException as fault:  # pylint: disable=broad-except  # for the test to see
            self.fault = fault
        self.is_held.set()

    def attempt(self):
        begin = len(self.received)
        fields = {"Authorization": f"Bearer {self.token}"}
        if begin:
            fields |= {"Range": f"bytes={begin}-", "If-Range": self.etag}
        with self.fleet.balancer.connect(timeout=60, receive_buffer=65536) as connection:
            connection.send(request_bytes("GET", self.media.target(), fields))
            head = connection.read_head()
            assert head.status == (206 if begin else 200), head
            assert self.etag in (None, head.get("ETag")), "another version"
            self.etag = head.get("ETag")
            while len(self.received) < len(self.content):
                self.received += connection.receive(262144) or self.lost()
                if len(self.received) > 1 << 20:
                    self.is_held.set()
                    assert self.release.wait(120)

    @staticmethod
    def lost():
        raise Closed


def downloads_of(node):
    """The downloads that a node is sending."""
    return metric(node, "sluice_transfers_active")


class Round(threading.Thread):
    """Makes one download after the other, each with a fresh token for a user with a grant, until it
    is stopped; every one must succeed at the first attempt."""

    def __init__(self, fleet, media, user_id):
        super().__init__()
        self.fleet, self.media, self.user_id = fleet, media, user_id
        self.stopping = threading.Event()
        self.done = 0
        self.fault = None
        self.start()

    def run(self):
        content = self.fleet.tree.content(self.media)
        try:
            while not self.stopping.is_set():
                answer = self.fleet.get(
                    self.media.target(), self.fleet.token(self.media, self.user_id)
                )
                assert answer.status == 200 and answer.body == content, answer
                self.done += 1
                time.sleep(0.01)
        except BaseException as fault:  # pylint: disable=broad-except  # for the test to see
            self.fault = fault
