"""Compares the running service with docs/openapi.yaml: every documented response is provoked, and
every response must be documented."""

import contextlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import time

import pytest
from support.api_description import ApiDescription
from support.crowds import ask_full, one_download_too_many
from support.faults import IS_SANITIZED
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, TOKEN_ROUTE, VIDEO
from support.ids import Course, Lesson
from support.issuers import bearer
from support.openapi_world import World
from support.server import ROOT, run_sluice
from support.tokens import decode, mint

API = ApiDescription()
KINDS = {
    "downloadLesson": VIDEO,
    "downloadCourse": COURSE_PRESENTATION,
    "downloadModule": MODULE_PRESENTATION,
}
PROBES = {"isAlive": "/healthz", "isReady": "/readyz", "readMetrics": "/metrics"}
HUGE = "bytes=999999999-"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("openapi"))
    yield made
    made.stack.close()


def absent(media):
    return type(media)("absent.mp4")


def download(world, media, fields=(), token=None):
    server = world.plain
    fields = dict(fields) if fields else {}
    return server.get(media.target(), fields, token=mint(media) if token is None else token)


def etag(world, media):
    return download(world, media).get("ETag")


def without_descriptors(world, target, token=None):
    """The response on an open connection when no more files can be opened."""
    if IS_SANITIZED:
        pytest.skip("UBSan needs a descriptor of its own to look at an object")
    server = world.serve("descriptors", config={"cache": {"files": 0}, "threads": 1})
    fields = {"Authorization": f"Bearer {token}"} if token else {}
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with server.connect() as connection:
        assert connection.request("GET", "/healthz").status == 200
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, before[1]))
        try:
            return connection.request("GET", target, fields, host=server.host)
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def revoked(world, media):
    server = world.with_store
    token = server.token(media)
    with contextlib.closing(sqlite3.connect(server.store, timeout=10)) as store, store:
        store.execute(
            "INSERT INTO sluice_revocations (kind, subject, expires_at) VALUES ('token', ?, ?)",
            (decode(token)[1]["jti"], int(time.time()) + 900),
        )
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        answer = server.get(media.target(), token=token)
        if answer.status != 200:
            return answer
        time.sleep(0.05)
    pytest.fail("never revoked")


def with_credential(world, credential):
    return world.credentials.issue(VIDEO, fields=bearer(credential))


def draining(world):
    server = world.serve("draining")
    media = server.tree.add(Lesson("large.bin"), bytes(48 << 20))
    with server.connect(receive_buffer=65536) as transfer, server.connect() as waiting:
        transfer.send(
            f"GET {media.target()} HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {mint(media)}\r\n\r\n".encode()
        )
        transfer.read_head()
        assert waiting.request("GET", "/readyz").status == 200
        server.signal(signal.SIGTERM)
        while not any(event.get("event") == "draining" for event in server.events()):
            time.sleep(0.01)
        return waiting.request("GET", "/readyz")


def rootless(world):
    server = world.serve("rootless")
    shutil.rmtree(server.tree.root)
    return server.get("/readyz")


def last_of(ask):
    """The last of several responses to requests that exceed a rate of one per second."""
    return [ask() for _ in range(6)][-1]


def banned(world):
    server = world.with_store
    run_sluice("revoke", "user", "--store", f"sqlite://{server.store}", "mallory")
    deadline = time.monotonic() + 20
    while True:
        answer = server.issue(VIDEO, user_id="mallory")
        if "user-banned" in answer.body.decode() or time.monotonic() > deadline:
            return answer
        time.sleep(0.05)


# The request for each response, by (status, problem). The media is that of the operation.
DOWNLOADS = {
    (200, None): lambda w, m: download(w, m),
    (206, None): lambda w, m: download(w, m, {"Range": "bytes=10-19"}),
    (304, None): lambda w, m: download(w, m, {"If-None-Match": etag(w, m)}),
    (400, "target-invalid"): lambda w, m: w.plain.get(m.target() + "%00", token=mint(m)),
    (401, "credential-missing"): lambda w, m: w.plain.get(m.target()),
    (401, "credential-malformed"): lambda w, m: w.plain.get(m.target(), {"Authorization": "x"}),
    (401, "token-invalid"): lambda w, m: download(w, m, token="a.b.c"),
    (401, "token-expired"): lambda w, m: download(w, m, token=mint(m, ttl=-1)),
    (401, "token-not-yet-valid"): lambda w, m: download(
        w, m, token=mint(m, nbf=int(time.time()) + 600)
    ),
    (401, "token-revoked"): revoked,
    (403, "token-mismatch"): lambda w, m: download(w, absent(m), token=mint(m)),
    (404, "media-not-found"): lambda w, m: download(w, absent(m)),
    (409, "course-ambiguous"): lambda w, m: (
        lambda shared: w.two_trainers.get(shared.target(), token=mint(shared))
    )(type(m)("presentation.mp4", course="shared")),
    (412, "precondition-failed"): lambda w, m: download(w, m, {"If-Match": '"other"'}),
    (416, "range-not-satisfiable"): lambda w, m: download(w, m, {"Range": HUGE}),
    (503, "too-many-connections-from-peer"): lambda w, m: ask_full(
        w, m.target(), "peer", {"connections_per_peer": 2, "uncounted_peers": []}
    ),
    (503, "too-many-downloads"): lambda w, m: one_download_too_many(w, m),
    (429, "too-many-bad-credentials"): lambda w, m: last_of(
        lambda: w.impatient.get(m.target(), token="a.b.c")
    ),
    (503, "media-unavailable"): lambda w, m: without_descriptors(w, m.target(), mint(m)),
    (503, "too-many-connections"): lambda w, m: ask_full(
        w, m.target(), "full", {"connections": 2}
    ),
}
SHARED = Course("presentation.mp4", course="shared")
TOKENS = {
    (200, None): lambda w: w.plain.issue(VIDEO),
    (400, "query-invalid"): lambda w: w.plain.get(TOKEN_ROUTE + "?type=%"),
    (400, "parameter-missing"): lambda w: w.plain.issue(VIDEO, rel=None),
    (400, "parameter-repeated"): lambda w: w.plain.get(VIDEO.query("trainer123") + "&type=lesson"),
    (400, "parameter-invalid"): lambda w: w.plain.issue(VIDEO, ttl="0"),
    (400, "parameter-not-applicable"): lambda w: w.plain.issue(VIDEO, course_id="course456"),
    (401, "issuer-credential-missing"): lambda w: w.credentials.issue(VIDEO),
    (401, "issuer-credential-refused"): lambda w: with_credential(w, "a b"),
    (401, "issuer-key-invalid"): lambda w: with_credential(w, "sk_lms_guess"),
    (401, "session-invalid"): lambda w: with_credential(w, "a.b.c"),
    (401, "session-expired"): lambda w: with_credential(w, w.credentials.signer.token(exp=1)),
    (403, "not-entitled"): lambda w: w.plain.issue(VIDEO, user_id="stranger"),
    (403, "user-banned"): banned,
    (403, "issuer-not-permitted"): lambda w: with_credential(w, w.credentials.key),
    (403, "session-mismatch"): lambda w: with_credential(w, w.credentials.signer.token("other")),
    (403, "issuer-closed"): lambda w: w.plain.issue(VIDEO, fields={"Via": "1.1 proxy"}),
    (404, "media-not-found"): lambda w: w.plain.issue(Lesson("absent.mp4")),
    (409, "course-ambiguous"): lambda w: w.two_trainers.issue(SHARED),
    (503, "too-many-connections-from-peer"): lambda w: ask_full(
        w, VIDEO.query("trainer123"), "peer", {"connections_per_peer": 2, "uncounted_peers": []}
    ),
    (429, "too-many-bad-credentials"): lambda w: last_of(
        lambda: w.impatient.get(VIDEO.query("trainer123"), {"X-Api-Key": "sk_lms_guess"})
    ),
    (429, "rate-exceeded"): lambda w: [
        with_credential(w, w.credentials.slow) for _ in range(2)
    ][-1],
    (503, "media-unavailable"): lambda w: without_descriptors(w, VIDEO.query("trainer123")),
    (503, "store-unavailable"): lambda w: w.without_store.issue(VIDEO, user_id="student7"),
    (503, "session-keys-unavailable"): lambda w: w.without_key_set.get(
        VIDEO.query("trainer123"), {"Authorization": "Bearer a.b.c"}
    ),
    (503, "too-many-connections"): lambda w: ask_full(
        w, VIDEO.query("trainer123"), "full", {"connections": 2}
    ),
}
OTHERS = {
    (503, "draining"): draining,
    (503, "media-unavailable"): rootless,
}


def bring_about(world, operation, status, slug):
    if operation in KINDS:
        return DOWNLOADS[status, slug](world, KINDS[operation])
    if operation == "issueToken":
        return TOKENS[status, slug](world)
    if operation == "unknownRoute":
        return world.plain.get("/nowhere/at/all")
    if status == 200:
        return world.plain.get(PROBES[operation])
    return OTHERS[status, slug](world)


@pytest.mark.parametrize("operation, status, slug", list(API.promises()))
def test_every_promise_is_kept(world, operation, status, slug):
    response = bring_about(world, operation, status, slug)
    assert response.status == status, response
    assert API.check(operation, response) == slug


def test_every_problem_of_a_route_is_in_the_document():
    """Responses that an operation does not list apply to every path: "default" covers them."""
    table = (ROOT / "http/problem/problem.cpp").read_text(encoding="utf-8")
    slugs = set(re.findall(r'\.slug = "([a-z-]+)"', table))
    promised = {slug for _, _, slug in API.promises() if slug}
    assert promised <= slugs, promised - slugs
    of_every_path = slugs - promised
    assert of_every_path == {
        *("malformed-request", "host-invalid", "framing-invalid", "field-repeated"),
        *("content-refused", "content-too-large", "target-too-long", "fields-too-large"),
        *("transfer-coding-unknown", "version-unsupported", "method-unknown"),
        *("expectation-failed", "header-timeout", "tls-required", "method-not-allowed"),
        *("overloaded", "handler-timeout", "internal"),
    }, "describe the new problem in docs/openapi.yaml"


@pytest.mark.parametrize(
    "operation, target, method, fields, status",
    [
        ("isAlive", "/healthz", "POST", {}, 405),
        ("isAlive", "/nowhere", "GET", {}, 404),
        ("isAlive", "/healthz", "GET", {"Expect": "magic"}, 417),
        ("isAlive", "/healthz", "BREW", {}, 501),
        ("isAlive", "/healthz?" + "x" * 9000, "GET", {}, 414),
        ("isAlive", "/healthz", "GET", {"X-Long": "x" * 20000}, 431),
        ("downloadLesson", VIDEO.target(), "GET", {"Content-Length": "nine"}, 400),
    ],
)
def test_what_holds_for_every_path(world, operation, target, method, fields, status):
    response = world.plain.request(method, target, fields)
    assert response.status == status
    API.check(operation, response)


JUNK = ["", ".", "..", "a/b", "%", "é", "x" * 300, "\x00", "0", "-1", "trainer123", "lesson", " "]


def test_no_query_leads_out_of_the_document(world):
    """Parameters present, absent, repeated and unusual, in generated combinations."""
    from urllib.parse import quote

    rng = random.Random(20)
    good = {**VIDEO.claims(), "user_id": "trainer123", "course_id": "course456", "ttl": "60"}
    names = [each["name"] for each in API.parameters("issueToken")]
    seen = set()
    with world.plain.connect() as connection:
        for _ in range(400):
            pairs = [
                (name, good.get(name, "x") if rng.random() < 0.85 else rng.choice(JUNK))
                for name in [*names, "other"]
                if rng.random() < 0.8
            ]
            pairs += [rng.choice(pairs)] if pairs and rng.random() < 0.1 else []
            query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
            response = connection.request("GET", f"{TOKEN_ROUTE}?{query}", host=world.plain.host)
            seen.add((response.status, API.check("issueToken", response)))
    assert len(seen) >= 5, seen


def test_no_field_leads_out_of_the_document(world):
    rng = random.Random(21)
    token, tag = mint(VIDEO), etag(world, VIDEO)
    values = {
        "Range": ["bytes=0-9", "bytes=5-", "bytes=-7", HUGE, "bytes=9-2", "items=1-2", "x"]
        + ["bytes=0-1,4-5"],
        "If-Range": [tag, '"other"', "W/" + tag, "yesterday"],
        "If-Match": [tag, "*", '"other"', "x"],
        "If-None-Match": [tag, "*", '"other"', "x"],
        "If-Modified-Since": ["Tue, 02 Jan 2024 03:04:05 GMT", "x"],
        "If-Unmodified-Since": ["Tue, 02 Jan 2024 03:04:05 GMT", "Mon, 01 Jan 2001 00:00:00 GMT"],
    }
    assert set(values) == {
        each["name"] for each in API.parameters("downloadLesson") if each["in"] == "header"
    }
    seen = set()
    with world.plain.connect() as connection:
        for _ in range(400):
            fields = {n: rng.choice(v) for n, v in values.items() if rng.random() < 0.35}
            fields["Authorization"] = f"Bearer {token}" if rng.random() < 0.9 else "Bearer x"
            response = connection.request("GET", VIDEO.target(), fields)
            seen.add((response.status, API.check("downloadLesson", response)))
    assert {status for status, _ in seen} == {200, 206, 304, 401, 412, 416}


TARGETS = {"Token": VIDEO.query("trainer123"), "Lesson": VIDEO.target(), "Course": COURSE_PRESENTATION.target(),
           "Module": MODULE_PRESENTATION.target(), "Alive": "/healthz", "Ready": "/readyz", "Metrics": "/metrics"}


@pytest.mark.parametrize("name", TARGETS)
def test_head_and_options_are_described(world, name):
    media = {media.target(): media for media in KINDS.values()}.get(TARGETS[name])
    token = mint(media) if media else None
    good = world.plain.get(TARGETS[name], token=token, method="HEAD")
    assert good.status == 200
    bad = world.plain.get(TARGETS[name], token="x" if media else None, method="HEAD", fields={"Expect": "more"} if not media else ())
    assert bad.status == (401 if media else 417)
    answers = [good, bad]
    if media:
        late = mint(media, ttl=-5, resume_until=int(time.time()) + 60)
        answers.append(world.plain.get(TARGETS[name], {"Range": "bytes=1-"}, late, "HEAD"))
        assert answers[-1].status == 206
    for answer in answers:
        API.check_without_content(f"head{name}", answer)
    answer = world.plain.request("OPTIONS", TARGETS[name])
    assert answer.status == 204
    API.check_without_content(f"optionsOf{name}", answer)


def test_every_path_describes_every_method():
    for path, methods in API.document["paths"].items():
        wanted = {"get"} if path == "/{unknown_route}" else {"get", "head", "options"}
        assert wanted <= set(methods), path


def test_the_document_needs_no_yaml_1_1():
    """YAML 1.2 has no merge keys: its parsers would take << for the name of a member."""
    text = (ROOT / "docs/openapi.yaml").read_text(encoding="utf-8")
    assert "<<" not in text
    assert not re.search(r": (yes|no|on|off)$", text, re.I | re.M)


def test_a_wrong_answer_would_be_noticed(world):
    response = world.plain.issue(VIDEO)
    response.body = b'{"token": "x", "expires_in": 900}'
    with pytest.raises(Exception):
        API.check("issueToken", response)
    response = world.plain.issue(VIDEO)
    response.status = 418
    with pytest.raises(AssertionError):
        API.check("issueToken", response)
