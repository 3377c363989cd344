"""docs/api.md §3 and §4: error responses and their order, and the other routes."""

import json
import shutil

import pytest
from support.checks import check_invalid_token, check_problem, without_request_id
from support.ids import TOKEN_ROUTE, VIDEO, Course, Lesson, Module
from support.metrics import parse as parse_metrics
from support.tokens import OTHER_SECRET, mint
from support.wire import Connection, request_bytes

ABSENT = Lesson("absent.mp4")


def test_no_credential(server):
    answer = server.get(VIDEO.target())
    check_problem(answer, 401)
    assert answer.get("WWW-Authenticate").startswith("Bearer")
    assert "error" not in answer.get("WWW-Authenticate")


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic dTpw"])
def test_bad_credential(server, value):
    check_invalid_token(server.get(VIDEO.target(), {"Authorization": value}))


@pytest.mark.parametrize("target", ["/", "/nowhere", "/download2", "/download2/a", "/download2/a/b",
                                    "/download2/a/b/c", "/download2/a/b/c/d", "/api",
                                    "/download2/a/b/c/d/e/f", "/api/get-download-token/v1",
                                    "/healthz/x", "/metrics/x"])
def test_unknown_route(server, target):
    check_problem(server.get(target), 404)


def test_unknown_method(server):
    check_problem(server.request("BREW", VIDEO.target()), 501)


@pytest.mark.parametrize("media_id", [ABSENT, Course("absent.mp4"), Module("absent.mp4"),
                                      Course("a.mp4", course="absent"),
                                      Lesson("a.mp4", trainer="absent")])
def test_matching_token_and_no_file(server, media_id):
    check_problem(server.download(media_id, token=mint(media_id)), 404)


@pytest.mark.parametrize("other", [ABSENT, Lesson("Video.mp4", lesson="lesson002")])
def test_mismatch_is_the_same_whether_or_not_the_file_exists(server, other):
    token = mint(other)
    there = server.download(VIDEO, token=token)
    gone = server.download(Lesson("also-absent.mp4"), token=token)
    check_problem(there, 403)
    assert without_request_id(there) == without_request_id(gone)


def test_problem_types_are_stable_and_distinct(server):
    """Each cause has its own URI, so that a client can distinguish them without reading prose."""
    answers = {
        "missing": server.get(VIDEO.target()),
        "invalid": server.get(VIDEO.target(), token="a.b.c"),
        "expired": server.download(VIDEO, token=mint(VIDEO, ttl=-1)),
        "mismatch": server.download(VIDEO, token=mint(ABSENT)),
        "absent": server.download(ABSENT, token=mint(ABSENT)),
        "route": server.get("/nowhere"),
        "owner": server.issue(VIDEO, user_id="stranger"),
    }
    types = {name: answer.json()["type"] for name, answer in answers.items()}
    assert len(set(types.values())) == len(types), types


def test_request_ids_are_distinct(server):
    ids = {server.get("/nowhere").get("X-Request-Id") for _ in range(20)}
    assert len(ids) == 20 and None not in ids


@pytest.mark.parametrize("text", ["echo-7f3a", "%3Cscript%3E"])
def test_refusals_echo_nothing(server, text):
    answers = [
        server.get(f"/{text}"),
        server.get(f"{TOKEN_ROUTE}?type={text}"),
        server.get(VIDEO.target(), {"Authorization": f"Bearer {text}"}),
        server.get(f"/download2/a/b/c/d/{text}", token=mint(VIDEO)),
        server.get(VIDEO.target(), {"Range": f"bytes={text}"}, server.token(VIDEO)),
    ]
    for answer in answers:
        assert answer.status >= 400
        whole = str(answer.fields).encode() + answer.body
        assert text.encode() not in whole and b"<script" not in whole


# Each row is invalid in the respect that names it and in all later ones; the first one decides.
ORDER = {
    "syntax": (400, "/download2/a/../c/d/e", lambda: "Bearer not-a-token"),
    "credential": (401, ABSENT.target(), lambda: "Basic dTpw"),
    "mac": (401, VIDEO.target(), lambda: "Bearer " + mint(ABSENT, secret=OTHER_SECRET, ttl=-60)),
    "claims": (401, VIDEO.target(), lambda: "Bearer " + mint(ABSENT, ttl=-60, type=7)),
    "time": (401, VIDEO.target(), lambda: "Bearer " + mint(ABSENT, ttl=-60)),
    "binding": (403, ABSENT.target(), lambda: "Bearer " + mint(VIDEO)),
    "file": (404, ABSENT.target(), lambda: "Bearer " + mint(ABSENT)),
}


@pytest.mark.parametrize("name", ORDER)
def test_order_of_checks(server, name):
    status, target, authorization = ORDER[name]
    problem = check_problem(server.get(target, {"Authorization": authorization()}), status)
    assert ("expired" in problem["type"]) == (name == "time")


def test_two_authorizations_close_the_connection(server):
    token = server.token(VIDEO)
    data = request_bytes("GET", VIDEO.target(), [("Authorization", f"Bearer {token}")] * 2)
    with server.connect() as connection:
        connection.send(data)
        answer = connection.read()
        check_problem(answer, 400)
        assert answer.get("Connection") == "close"
        assert connection.is_closed()


@pytest.mark.parametrize("target", ["/healthz", "/readyz"])
def test_health(server, target):
    answer = server.get(target)
    assert answer.status == 200
    assert "no-store" in answer.list("Cache-Control")
    assert server.get(target, method="HEAD").body == b""


def test_readiness_goes_red_without_the_media_root(start_server, tree):
    server = start_server(tree)
    assert server.get("/readyz").status == 200
    shutil.rmtree(tree.root)
    check_problem(server.get("/readyz"), 503)
    assert server.get("/healthz").status == 200


def test_metrics_count(start_server, tree):
    server = start_server(tree)
    server.get(VIDEO.target())
    assert server.download(VIDEO).status == 200
    answer = server.get("/metrics")
    assert answer.get("Content-Type").startswith("text/plain; version=0.0.4")
    values = parse_metrics(answer.body.decode())
    assert values['sluice_responses_total{route="download",status="2xx"}'] == 1
    assert values['sluice_responses_total{route="download",status="4xx"}'] == 1
    assert values["sluice_tokens_issued_total"] == 1
    assert values["sluice_sent_bytes_total"] > len(tree.content(VIDEO))


def test_metrics_on_a_listener_of_their_own(start_server, tree):
    server = start_server(tree, config={"metrics": {"listen": "127.0.0.1:0"}})
    check_problem(server.get("/metrics"), 404)
    addresses = {event["address"] for event in server.events() if event.get("event") == "listening"}
    assert len(addresses) == 2
    host, port = (addresses - {server.host}).pop().rsplit(":", 1)
    with Connection((host, int(port))) as connection:
        parse_metrics(connection.request("GET", "/metrics").body.decode())
        check_problem(connection.request("GET", VIDEO.target()), 404)


def test_access_log_has_one_line_per_response(start_server, tree):
    server = start_server(tree)
    wanted = [server.get("/healthz"), server.get(VIDEO.target()), server.download(VIDEO)]
    server.stop()
    lines = {line["request_id"]: line for line in server.access_log()}
    assert len(lines) == 4, json.dumps(lines)
    for response, route in zip(wanted, ("health", "download", "download")):
        line = lines[response.get("X-Request-Id")]
        assert (line["status"], line["route"]) == (response.status, route)
        assert line["bytes"] >= len(response.body)
