"""Signing keys change while downloads run: no restart, no signal, no rejected request."""

import json
import os
import signal
import threading
import time

import jwt
from support.ids import VIDEO
from support.issuers import Signer, bearer, jwks_file
from support.load import wrk
from support.tokens import b64url, decode, mint

SECRETS = {kid: f"the-key-{kid}-of-this-site-is-long-enough!" for kid in "abcd"}


def write(path, *keys):
    """Replaces the file as `sluice key` does. A key is a kid, or a kid and its times."""
    entries = []
    for key in keys:
        kid, times = (key, {}) if isinstance(key, str) else key
        entries.append({"kid": kid, "secret": b64url(SECRETS[kid].encode()), **times})
    put(path, json.dumps({"keys": entries}))


def put(path, text):
    other = path.with_suffix(".tmp")
    other.write_text(text)
    other.chmod(0o600)
    os.rename(other, path)


def wait_for(server, event, before):
    server.wait_for_event(lambda each: each["event"] == event, start=before)


def kid_of(server):
    """The kid of a fresh token; a node must serve it with any key."""
    token = server.token(VIDEO)
    assert server.download(VIDEO, token=token).status == 200
    return next(kid for kid, secret in SECRETS.items() if is_signed_with(token, secret))


def is_signed_with(token, secret):
    try:
        decode(token, secret)
    except Exception:  # PyJWT has many
        return False
    return True


class Clients:
    """Clients that each request a token from one node and download with it from every node,
    repeatedly."""

    def __init__(self, nodes, count=4):
        self.nodes = nodes
        self.stop = threading.Event()
        self.kids = set()
        self.failures = []
        self.downloads = 0
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(count)]

    def run(self, number):
        issuer = self.nodes[number % len(self.nodes)]
        while not self.stop.is_set():
            answer = issuer.issue(VIDEO)
            if answer.status != 200:
                self.failures.append(answer)
                return
            token = answer.json()["token"]
            self.kids.add(header_of(token)["kid"])
            for node in self.nodes:
                answer = node.download(VIDEO, token=token)
                self.downloads += 1
                if answer.status != 200:
                    self.failures.append((header_of(token), answer))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


def header_of(token):
    return jwt.get_unverified_header(token)


def test_rotation_under_load_fails_no_download(start_server, tree, tmp_path):
    """Two nodes get each new file seconds apart; one notices it, the other gets SIGHUP. wrk keeps
    one of them busy with a token of the first key, and clients carry tokens from node to node. The
    times are long enough for the slower node to have read a key before the other signs with it."""
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    nodes = []
    for path in paths:
        write(path, "a")
        arguments = ["--key-file", path, "--access-log", "off"]
        nodes.append(start_server(tree, arguments=arguments, env={}))
    target = nodes[0].base + VIDEO.target()
    with wrk(target, mint(VIDEO, SECRETS["a"]), seconds=18) as load, Clients(nodes) as clients:
        older = ["a"]
        for kid, has_signal, lead in (("b", False, 10), ("c", True, 6)):
            begins = int(time.time()) + lead
            seen = [len(node.events()) for node in nodes]
            for node, path in zip(nodes, paths):
                write(path, (kid, {"not_before": begins}), *older)
                if has_signal:
                    node.signal(signal.SIGHUP)
                time.sleep(1)
            for node, before in zip(nodes, seen):
                wait_for(node, "reloaded", before)
            has_signed = kid in clients.kids
            assert not has_signed or time.time() >= begins
            deadline = time.monotonic() + 30
            while kid not in clients.kids:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert time.time() >= begins
            older = [(kid, {"not_before": begins}), *older]
    load.assert_unharmed()
    assert clients.failures == []
    assert clients.kids == set("abc") and clients.downloads > 50
    for node in nodes:
        assert kid_of(node) == "c"


def test_a_bad_file_keeps_the_old_keys_and_is_shouted_about(start_server, tree, tmp_path):
    path = tmp_path / "keys.json"
    write(path, "a")
    server = start_server(tree, arguments=["--key-file", path], env={})
    before = len(server.events())
    put(path, '{"keys": [{"kid": "b"')
    wait_for(server, "reload_refused", before)
    assert kid_of(server) == "a"
    write(path, "b", "a")
    wait_for(server, "reloaded", before)
    assert kid_of(server) == "b"


def test_a_key_that_was_replaced_longer_ago_than_any_ttl_is_refused(start_server, tree, tmp_path):
    path = tmp_path / "keys.json"
    now = int(time.time())
    write(path, ("b", {"not_before": now - 400}), "a", ("c", {"not_after": now - 1}))
    config = {"tokens": {"max_ttl": 200, "default_ttl": 100}}
    server = start_server(tree, config=config, arguments=["--key-file", path], env={})
    assert kid_of(server) == "b"
    for kid in "ac":
        assert server.download(VIDEO, token=mint(VIDEO, SECRETS[kid])).status == 401


def test_keys_of_session_tokens_are_read_again(start_server, tree, tmp_path):
    path = tmp_path / "jwks.json"
    old, new = Signer("ES256", "old"), Signer("ES256", "new")
    jwks_file(path, old.jwk())
    server = start_server(tree, config={"issuer": {"jwt": {"key_file": str(path)}}})

    def statuses():
        return [server.issue(VIDEO, fields=bearer(one.token())).status for one in (old, new)]

    assert statuses() == [200, 401]
    before = len(server.events())
    put(path, json.dumps({"keys": [new.jwk()]}))
    wait_for(server, "reloaded", before)
    assert statuses() == [401, 200]
