"""The client behind a proxy: the fields of trusted proxies are evaluated from the right; others are
ignored."""

import pytest
from support.ids import VIDEO
from support.wire import Connection, request_bytes
from test_listeners import logged_peer, start  # noqa: F401 (a fixture)

OPEN = {"issuer": {"mode": "none"}}
TRUSTING = {"trusted_proxies": ["127.0.0.1", "10.0.0.0/8"], **OPEN}
CLIENT = "198.51.100.7"


def mint(server, fields, host="node.example"):
    """The response of the token route, and the host of its URL."""
    with server.connect() as connection:
        connection.send(request_bytes("GET", VIDEO.query("trainer123"), fields, host=host))
        answer = connection.read()
    assert answer.status == 200, answer
    return answer, answer.json()["download_url"].removesuffix(VIDEO.target())


@pytest.mark.parametrize("fields,peer,base", [
    ({}, "127.0.0.1", "http://node.example"),
    ({"X-Forwarded-For": CLIENT}, CLIENT, "http://node.example"),
    ({"X-Forwarded-For": f"6.6.6.6, {CLIENT}, 10.0.0.9", "X-Forwarded-Proto": "https"}, CLIENT,
     "https://node.example"),
    ({"X-Forwarded-For": CLIENT, "X-Forwarded-Host": "media.example:8443",
      "X-Forwarded-Proto": "https"}, CLIENT, "https://media.example:8443"),
    ({"X-Forwarded-For": f"[2001:db8::7]:4711"}, "2001:db8::7", "http://node.example"),
    ([("X-Forwarded-For", "6.6.6.6"), ("x-forwarded-for", CLIENT)], CLIENT, "http://node.example"),
    ({"X-Forwarded-For": "garbage"}, "127.0.0.1", "http://node.example"),
    ({"X-Forwarded-Host": "evil.example/x", "X-Forwarded-Proto": "javascript"}, "127.0.0.1",
     "http://node.example"),
    ({"Forwarded": f"for={CLIENT};proto=https"}, "127.0.0.1", "http://node.example"),
])
def test_a_trusted_proxy_is_believed(start_server, tree, fields, peer, base):
    server = start_server(tree, config=TRUSTING)
    answer, got = mint(server, fields)
    assert got == base
    assert logged_peer(server, answer) == peer


@pytest.mark.parametrize("value,peer,base", [
    (f"for={CLIENT};proto=https;host=media.example", CLIENT, "https://media.example"),
    (f'for=6.6.6.6;host=evil, for="{CLIENT}:99";host=good, for=10.0.0.1', CLIENT, "http://good"),
    (f"for={CLIENT};host=a b", "127.0.0.1", "http://node.example"),
])
def test_forwarded_is_read_where_it_is_wanted(start_server, tree, value, peer, base):
    server = start_server(tree, config={"trusted_fields": "forwarded", **TRUSTING})
    answer, got = mint(server, {"Forwarded": value, "X-Forwarded-For": "6.6.6.6"})
    assert got == base
    assert logged_peer(server, answer) == peer


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"], ["unix"]])
def test_row_44_a_stranger_is_not_believed(start_server, tree, trusted):
    server = start_server(tree, config={"trusted_proxies": trusted, **OPEN})
    forged = {"X-Forwarded-For": "127.0.0.2", "X-Forwarded-Host": "evil.example",
              "X-Forwarded-Proto": "https", "Forwarded": "for=127.0.0.2;host=evil.example"}
    answer, base = mint(server, forged)
    assert base == "http://node.example"
    assert logged_peer(server, answer) == "127.0.0.1"


def test_row_44_a_forged_local_client_opens_nothing(start_server, tree):
    server = start_server(tree, config={"trusted_proxies": ["127.0.0.1"], "issuer": {"mode": "auto"}})
    for claimed in ("127.0.0.1", "::1"):
        fields = {"X-Forwarded-For": claimed}
        assert server.get(VIDEO.query("trainer123"), fields).status == 403


def test_many_clients_share_one_connection_of_a_proxy(start_server, tree):
    server = start_server(tree, config=TRUSTING)
    with server.connect() as kept:
        for peer in (CLIENT, "203.0.113.1", None, "2001:db8::1"):
            fields = {"X-Forwarded-For": peer} if peer else {}
            answer = kept.request("GET", "/healthz", fields)
            assert logged_peer(server, answer) == (peer or "127.0.0.1")


def test_a_proxy_by_a_unix_socket_is_trusted_by_name(start, tmp_path):  # noqa: F811
    path = tmp_path / "s.sock"
    server = start([{"address": f"unix:{path}"}], trusted_proxies=["unix"])
    with Connection(str(path)) as connection:
        answer = connection.request("GET", "/healthz", {"X-Forwarded-For": CLIENT})
    assert logged_peer(server, answer) == CLIENT


def test_a_reload_changes_whom_to_believe(start_server, tree):
    server = start_server(tree, config=OPEN)
    fields = {"X-Forwarded-For": CLIENT}
    assert logged_peer(server, server.get("/healthz", fields)) == "127.0.0.1"
    server.reload(TRUSTING)
    assert logged_peer(server, server.get("/healthz", fields)) == CLIENT


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("fields,wanted", [
    ({"X-Request-Id": "7f0c-of.the_proxy"}, "7f0c-of.the_proxy"),
    ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, TRACE),
    ({"X-Request-Id": 'no "id"', "traceparent": "00-no-trace-01"}, None),
    ({"X-Request-Id": "x" * 65}, None),
])
def test_a_request_keeps_the_name_that_a_trusted_proxy_gave_it(start_server, tree, fields, wanted):
    server = start_server(tree, config=TRUSTING)
    parts = server.get(VIDEO.target(), {"Range": "bytes=0-1,5-6", **fields}, token=server.token(VIDEO))
    assert parts.status == 206, parts
    refused = server.get("/nowhere", fields)
    assert refused.json()["request_id"] == refused.get("X-Request-Id")
    for answer in (parts, refused):
        name = answer.get("X-Request-Id")
        assert name == wanted if wanted else name not in fields.values()
        assert logged_peer(server, answer) == "127.0.0.1"
    kept = server.get("/healthz")  # it does not affect the next one
    assert len(kept.get("X-Request-Id")) == 32


def test_row_44_a_stranger_names_no_request(start_server, tree):
    server = start_server(tree, config={"trusted_proxies": ["10.0.0.0/8"]})
    forged = {"X-Request-Id": "forged", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    assert server.get("/healthz", forged).get("X-Request-Id") not in ("forged", TRACE)
