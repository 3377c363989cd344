"""Origins and callers: rows 44, 46 and 47 of the table of threats."""

import pytest
from support.checks import check_problem
from support.ids import TOKEN_ROUTE, VIDEO
from support.server import Server, run_sluice
from test_strict_messages import only_response


EXPOSED = {"content-disposition", "content-length", "content-range", "accept-ranges", "etag",
           "last-modified", "retry-after", "x-request-id"}
REQUESTED = {"authorization", "range", "if-range", "if-match", "if-none-match", "if-modified-since",
             "if-unmodified-since", "cache-control", "x-request-id", "traceparent", "tracestate", "baggage",
             "sentry-trace"}
PREFLIGHT = {
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization, if-range, range",
}
GOOD = "https://good.example"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1"])
def test_row_44_spoofed_forwarding(start_server, tree, host):
    server = start_server(tree, config={"issuer": {"mode": "none"}})
    for fields in (
        {"X-Forwarded-Host": host},
        {"Forwarded": f"host={host}"},
        {"X-Original-Host": host},
        {"X-Forwarded-Proto": "gopher"},
    ):
        answer = server.issue(VIDEO, fields=fields)
        assert answer.json()["download_url"] == server.base + VIDEO.target()


def test_row_44_forwarded_loopback_address_opens_nothing(server):
    for value in ("127.0.0.1", "::1", "localhost"):
        answer = server.issue(VIDEO, fields={"X-Forwarded-For": value})
        check_problem(answer, 403)


def test_row_44_configured_base_beats_the_host(start_server, tree):
    arguments = ["--public-base-url", "https://media.example", "--issuer", "none"]
    server = start_server(tree, arguments=arguments)
    answer = server.issue(VIDEO, fields={"Host": "evil.example"})
    assert answer.json()["download_url"] == "https://media.example" + VIDEO.target()


@pytest.fixture(scope="module")
def cors_server(tmp_path_factory, media):
    config = {"cors": {"allowed_origins": [GOOD]}}
    instance = Server(tmp_path_factory.mktemp("cors"), media.root, config=config)
    yield instance
    instance.stop()


@pytest.mark.parametrize("target", [TOKEN_ROUTE, VIDEO.target()])
def test_row_46_preflight(cors_server, target):
    answer = cors_server.request("OPTIONS", target, {"Origin": GOOD, **PREFLIGHT})
    assert answer.status == 204
    assert answer.get("Access-Control-Allow-Origin") == GOOD
    assert REQUESTED <= answer.list("Access-Control-Allow-Headers")
    assert "get" in answer.list("Access-Control-Allow-Methods")
    assert "origin" in answer.list("Vary")
    assert answer.get("Access-Control-Allow-Credentials") is None


@pytest.mark.parametrize(
    "origin",
    ["null", "https://good.example.evil.com", "https://evil-good.example", "http://good.example",
     "https://good.example:8443", "https://GOOD.example.", "https://good.example/", "*", "",
     GOOD + " x",
     "https://sub.good.example"],
)
def test_row_46_other_origins(cors_server, origin):
    for answer in (
        cors_server.request("OPTIONS", VIDEO.target(), {"Origin": origin, **PREFLIGHT}),
        cors_server.download(VIDEO, {"Origin": origin}),
        cors_server.get(VIDEO.target(), {"Origin": origin}),
    ):
        assert answer.get("Access-Control-Allow-Origin") is None
        assert "origin" in answer.list("Vary")


def test_row_46_answers_to_an_allowed_origin(cors_server):
    token = cors_server.token(VIDEO)
    for answer, status in (
        (cors_server.download(VIDEO, {"Origin": GOOD}, token), 200),
        (cors_server.download(VIDEO, {"Origin": GOOD, "Range": "bytes=0-1"}, token), 206),
        (cors_server.download(VIDEO, {"Origin": GOOD, "Range": "bytes=x"}, token), 416),
        (cors_server.get(VIDEO.target(), {"Origin": GOOD}), 401),
        (cors_server.issue(VIDEO, fields={"Origin": GOOD}), 200),
        (cors_server.issue(VIDEO, user_id="stranger", fields={"Origin": GOOD}), 403),
    ):
        assert answer.status == status
        assert answer.get("Access-Control-Allow-Origin") == GOOD
        assert EXPOSED <= answer.list("Access-Control-Expose-Headers")
        assert "origin" in answer.list("Vary")


def test_row_46_a_site_adds_request_fields(start_server, tree):
    server = start_server(tree, config={"cors": {"allowed_origins": [GOOD], "allowed_headers": ["X-Tenant"]}})
    for target in (TOKEN_ROUTE, VIDEO.target()):
        answer = server.request("OPTIONS", target, {"Origin": GOOD, **PREFLIGHT})
        assert REQUESTED | {"x-tenant"} <= answer.list("Access-Control-Allow-Headers")
        assert ("x-api-key" in answer.list("Access-Control-Allow-Headers")) == (target == TOKEN_ROUTE)
    for bad in ("*", "X Y", "X:", "É"):
        refused = run_sluice("config", "check", "--media-root", tree.root, "--set", f"cors.allowed_headers={bad}")
        assert refused.returncode == 1 and "cors.allowed_headers" in refused.stderr


ORIGIN = f"Origin: {GOOD}\r\n".encode()
EARLY = {
    400: b"GET /healthz HTTP/1.1\r\nHost: h\r\n" + ORIGIN + b"X : y\r\n\r\n",
    413: b"GET / HTTP/1.1\r\nHost: h\r\n" + ORIGIN + b"Content-Length: 99999999\r\n\r\n",
    417: b"GET / HTTP/1.1\r\nHost: h\r\n" + ORIGIN + b"Expect: more\r\n\r\n",
    431: b"GET / HTTP/1.1\r\nHost: h\r\n" + ORIGIN + b"Cookie: " + b"c" * 20_000,
    501: b"BREW / HTTP/1.1\r\nHost: h\r\n" + ORIGIN + b"\r\n",
    505: b"GET / HTTP/1.2\r\nHost: h\r\n" + ORIGIN + b"\r\n",
}


@pytest.mark.parametrize("status", EARLY)
def test_row_46_a_page_reads_refusals_of_requests_that_were_never_whole(cors_server, status):
    for origin in (GOOD, "https://evil.example"):
        answer = only_response(cors_server.raw(EARLY[status].replace(GOOD.encode(), origin.encode())))
        check_problem(answer, status)
        assert answer.get("Access-Control-Allow-Origin") == (GOOD if origin == GOOD else None)
        assert "origin" in answer.list("Vary")
        assert origin != GOOD or EXPOSED <= answer.list("Access-Control-Expose-Headers")


def test_row_46_a_page_reads_time_outs_and_crowding_too(start_server, tree):
    limits = {"header_timeout": 1, "connections": 1}
    server = start_server(tree, config={"cors": {"allowed_origins": [GOOD]}, "limits": limits})
    with server.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\n" + ORIGIN)
        crowded = server.get("/healthz", {"Origin": GOOD})
        late = connection.read()
    for answer, status in ((crowded, 503), (late, 408)):
        check_problem(answer, status)
        assert answer.get("Access-Control-Allow-Origin") == GOOD


def test_row_46_star(start_server, tree):
    server = start_server(tree, config={"cors": {"allowed_origins": ["*"]}})
    answer = server.download(VIDEO, {"Origin": "https://anybody.example"})
    assert answer.get("Access-Control-Allow-Origin") == "*"
    check_problem(server.issue(VIDEO, fields={"Origin": "https://anybody.example"}), 403)


def test_row_46_nobody_by_default(server):
    answer = server.download(VIDEO, {"Origin": GOOD})
    assert answer.status == 200
    assert answer.get("Access-Control-Allow-Origin") is None


def test_row_47_shared_caches(server):
    issued = server.issue(VIDEO)
    assert "no-store" in issued.list("Cache-Control")
    for fields in ({}, {"Range": "bytes=0-1"}):
        answer = server.download(VIDEO, fields)
        assert "private" in answer.list("Cache-Control")
        assert "authorization" in answer.list("Vary")
    assert "no-store" in server.get(VIDEO.target()).list("Cache-Control")
