"""docs/security.md, row 65: an expired token in its resume window, used for more than the rest of a
download. The generated forms of requests are in test/unit/http/handlers/resume_window_test.cpp."""

import json
import re
import time
from datetime import datetime, timezone

import pytest
from support.checks import check_problem, check_refusal
from support.ids import VIDEO, Course, Lesson
from support.metrics import check_metric, metric
from support.stores import SqliteStore
from support.tokens import OTHER_SECRET, SECRET, b64url, claims_for, mint, sign_payload
from support.waiting import eventually

HOUR = 3600
RESUME = {"Range": "bytes=10-"}
COUNTER = "sluice_resumes_after_expiry_total"


def late_token(media=VIDEO, window=HOUR, secret=SECRET, **claims):
    until = int(time.time()) + window
    return mint(media, secret, ttl=-HOUR, **{"resume_until": until, **claims})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Range": "bytes=0-"},
        {"Range": "bytes=00-99"},
        {"Range": "bytes=0-0"},
        {"Range": "bytes=-5"},
        {"Range": "bytes=-999999999999"},
        {"Range": "bytes=1-2,4-5"},
        {"Range": "bytes=1-,0-"},
        {"Range": "bytes=1-,"},
        {"Range": "bytes= 1-"},
        {"Range": "bytes=5-1"},
        {"Range": "bytes=+1-"},
        {"Range": "bytes=1"},
        {"Range": "bytes=one-"},
        {"Range": "items=1-"},
        {"Range": "bytes=20000000000000000000000-9"},
        {"Range": "bytes=1-", "If-Range": '"another"'},
        {"Range": "bytes=1-", "If-Range": "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"If-Range": '"another"'},
        {"If-None-Match": '"another"'},
        {"If-Match": "*"},
        {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"If-Unmodified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ],
    ids=str,
)
def test_row_65_only_the_rest_of_a_download(server, fields):
    before = metric(server, COUNTER)
    for method in ("GET", "HEAD"):
        answer = server.download(VIDEO, fields, late_token(), method)
        assert answer.status == 401
        assert answer.get("ETag") is None and answer.get("Content-Range") is None
        assert 'error="invalid_token"' in answer.get("WWW-Authenticate")
    check_refusal(server.download(VIDEO, fields, late_token()), 401, "token-expired")
    assert metric(server, COUNTER) == before
    two = [("Range", "bytes=1-"), ("Range", "bytes=5-")]
    check_refusal(server.download(VIDEO, two, late_token()), 400, "field-repeated")


def test_row_65_what_is_admitted(server, media):
    size = len(media.content(VIDEO))
    tag = server.download(VIDEO).get("ETag")
    for fields, status in (
        (RESUME, 206),
        ({"Range": "bytes=1-1"}, 206),
        ({"Range": f"bytes={size - 1}-99999999999999999999999"}, 206),
        ({"Range": f"bytes={size}-"}, 416),
        ({"Range": "bytes=99999999999999999999999-"}, 416),
        ({**RESUME, "If-Range": tag}, 206),
        ({**RESUME, "If-Match": tag}, 206),
        ({**RESUME, "If-Match": '"another"'}, 412),
        ({**RESUME, "If-None-Match": tag}, 304),
    ):
        before = metric(server, COUNTER)
        assert server.download(VIDEO, fields, late_token()).status == status, fields
        check_metric(server, COUNTER, before + 1)


def test_row_65_what_ends_a_token_ends_its_window(start_server, tree, tmp_path):
    """Revoked, banned, the key revoked, the key removed; and another path, which it never opened."""
    store = SqliteStore(tmp_path / "store.db")
    keys = tmp_path / "keys.json"

    def write(*kids):
        entries = [{"kid": kid, "secret": b64url(secret.encode())} for kid, secret in kids]
        keys.write_text(json.dumps({"keys": entries}))
        keys.chmod(0o600)

    write(("a", SECRET), ("b", OTHER_SECRET))
    server = start_server(tree, config={**store.config(), "tokens": {"key_file": str(keys)}}, env={})
    eventually(lambda: server.get("/readyz").status == 200)

    def resume(token, media=VIDEO):
        return server.download(media, RESUME, token)

    revoked, banned = late_token(jti="jti-of-a-lost-phone-01"), late_token(user_id="mallory")
    good, other = late_token(jti="mine"), late_token(secret=OTHER_SECRET)
    assert {resume(token).status for token in (revoked, banned, good, other)} == {206}
    store.run("revoke", "token", "jti-of-a-lost-phone-01")
    store.run("revoke", "user", "mallory")
    for token in (revoked, banned):
        eventually(lambda token=token: resume(token).status == 401)
        check_refusal(resume(token), 401, "token-revoked")
    write(("a", SECRET))
    server.reload()
    check_refusal(resume(other), 401, "token-invalid")
    absent = Lesson("no.mp4")
    for media in (Course("presentation.mp4"), absent):
        check_refusal(resume(good, media), 403, "token-mismatch")
    check_refusal(resume(late_token(absent), absent), 404, "media-not-found")
    assert resume(good).status == 206
    store.run("revoke", "key", "a")
    eventually(lambda: resume(good).status == 401)
    check_refusal(resume(good), 401, "token-revoked")


def test_row_65_a_revocation_is_kept_for_the_window(tmp_path):
    """As long as the longest window of a token that was issued just before, and no shorter."""
    for resume in (0, 604800):
        store = SqliteStore(tmp_path / f"{resume}.db").migrate()
        settings = (f"--set=tokens.max_resume={resume}", "--set=tokens.max_ttl=1000", "--set=tokens.leeway=0")
        for what in (("token", "jti-of-a-lost-phone-01"), ("user", "u", "--before", "now")):
            text = store.run("revoke", *what, *settings)
            until = datetime.fromisoformat(re.search(r"until ([0-9TZ:-]+)", text)[1].replace("Z", "+00:00"))
            left = (until - datetime.now(timezone.utc)).total_seconds()
            assert 1000 + resume - 60 < left < 1000 + resume + 60, text


def test_row_65_no_window_beyond_the_right(start_server, tree, store):
    """A token and its window end with the grant; a window that would begin then is left out."""
    store.migrate()
    now = int(time.time())
    store.grant("anna", trainer="trainer123", until=now + 2000)
    server = start_server(tree, config=store.config())
    eventually(lambda: server.get("/readyz").status == 200)
    answer = server.issue(VIDEO, "anna", resume=604800).json()
    assert answer["expires_in"] == 900 and 1900 < answer["resume_expires_in"] <= 2000
    answer = server.issue(VIDEO, "anna", ttl=86400, resume=604800).json()
    assert 1900 < answer["expires_in"] <= 2000 and "resume_expires_in" not in answer
    assert server.issue(VIDEO, resume=60).json()["resume_expires_in"] == 960  # its owner


@pytest.mark.parametrize(
    "until", ["0", "-1", '"4000000000"', "null", "true", "[4000000000]", "1e300", "{}"]
)
def test_row_65_abuse_of_resume(server, until):
    """In the claim: a time later than exp, or the token is invalid, in the window and before."""
    for ttl in (-HOUR, HOUR):
        claims = json.dumps(claims_for(VIDEO, ttl=ttl))
        token = sign_payload(claims[:-1] + f', "resume_until": {until}}}')
        check_refusal(server.download(VIDEO, RESUME, token), 401, "token-invalid")


def test_row_65_the_end_of_the_window(server):
    for until, status in ((time.time() + 1.5, 206), (time.time() - 0.5, 401)):
        assert server.download(VIDEO, RESUME, late_token(resume_until=until)).status == status
    exp = int(time.time()) - 5
    same = late_token(exp=exp, resume_until=exp)
    check_refusal(server.download(VIDEO, RESUME, same), 401, "token-invalid")
    assert server.download(VIDEO, RESUME, late_token(resume_until=4e9)).status == 206
    twice = server.get(VIDEO.query("trainer123", resume=1) + "&resume=1")
    check_problem(twice, 400, parameter="resume")
