"""Signing keys change while downloads run: no restart, no signal, nothing refused."""

import json
import os
import time

from support.ids import VIDEO
from support.issuers import Signer, bearer, jwks_file
from support.load import wrk
from support.tokens import b64url, decode, mint

SECRETS = {kid: f"the-key-{kid}-of-this-site-is-long-enough!" for kid in "abcd"}


def write(path, *keys):
    """Replaces the file as sluice key does. A key is a kid, or a kid and its times."""
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
    """Of a fresh token; whatever the key, a node must serve it."""
    token = server.token(VIDEO)
    assert server.download(VIDEO, token=token).status == 200
    return next(kid for kid, secret in SECRETS.items() if is_signed_with(token, secret))


def is_signed_with(token, secret):
    try:
        decode(token, secret)
    except Exception:  # PyJWT has many
        return False
    return True


def test_rotation_under_load_fails_no_download(start_server, tree, tmp_path):
    path = tmp_path / "keys.json"
    write(path, "a")
    arguments = ["--key-file", path, "--access-log", "off"]
    server = start_server(tree, arguments=arguments, env={})
    with wrk(server.base + VIDEO.target(), mint(VIDEO, SECRETS["a"]), seconds=12) as load:
        for keys, signs in ((("b", "a"), "b"), (("c", "b", "a"), "c"), (("d", "a"), "d")):
            before = len(server.events())
            write(path, *keys)
            wait_for(server, "reloaded", before)
            deadline = time.monotonic() + 10
            while kid_of(server) != signs:
                assert time.monotonic() < deadline
    load.assert_unharmed()


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


def test_a_key_is_published_before_it_signs(start_server, tree, tmp_path):
    """Two nodes that read the new file at different times never refuse each other's tokens."""
    nodes, paths = [], []
    for name in ("one", "two"):
        paths.append(tmp_path / f"{name}.json")
        write(paths[-1], "a")
        nodes.append(start_server(tree, arguments=["--key-file", paths[-1]], env={}))
    begins = int(time.time()) + 6
    for node, path in zip(nodes, paths):
        before = len(node.events())
        write(path, ("b", {"not_before": begins}), "a")
        wait_for(node, "reloaded", before)
        for each in nodes:
            token = each.token(VIDEO)
            assert [other.download(VIDEO, token=token).status for other in nodes] == [200, 200]
    assert time.time() < begins and kid_of(nodes[0]) == "a"
    deadline = time.monotonic() + 20
    while kid_of(nodes[0]) != "b":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    token = nodes[0].token(VIDEO)
    assert nodes[1].download(VIDEO, token=token).status == 200
    assert nodes[1].download(VIDEO, token=mint(VIDEO, SECRETS["a"])).status == 200


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
