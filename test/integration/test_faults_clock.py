"""The wall clock is set, forwards and backwards, while the service runs."""

import time

import jwt
import pytest
from support.checks import check_invalid_token
from support.faults import not_sanitized
from support.ids import VIDEO, Lesson
from support.media import noise
from support.paused import LARGE, Paused
from support.tokens import mint

pytestmark = not_sanitized

DAY = 86400


@pytest.mark.parametrize("step", [-400 * DAY, -DAY, -3600, 3600, DAY, 400 * DAY])
def test_transfers_and_deadlines_do_not_notice(faulty, tree, step):
    video = tree.add(Lesson("large.mp4"), noise(LARGE))
    limits = {"idle_timeout": 2, "stall_timeout": 5}
    server, faults = faulty(tree, config={"limits": limits})
    transfer = Paused(server, video)
    with server.connect() as idle:
        assert idle.request("GET", "/healthz").status == 200
        faults.step_wall_clock(step)
        time.sleep(0.5)
        assert idle.request("GET", "/healthz").status == 200, "cut by a clock that was set"
        began = time.monotonic()
        assert idle.is_closed(10)
        assert 1 < time.monotonic() - began < 8
    assert transfer.finish() == tree.content(video)


@pytest.mark.parametrize("step", [-DAY, DAY])
def test_tokens_live_by_the_clock_that_holds_now(faulty, tree, step):
    server, faults = faulty(tree)
    before = server.token(VIDEO)
    faults.step_wall_clock(step)
    check_invalid_token(server.get(VIDEO.target(), token=before))  # from the future, or expired
    after = server.token(VIDEO)
    claims = claims_of(after)
    assert abs(claims["iat"] - (time.time() + step)) < 30
    assert server.get(VIDEO.target(), token=after).status == 200
    faults.step_wall_clock(0)
    assert server.get(VIDEO.target(), token=before).status == 200
    assert server.get(VIDEO.target(), token=mint(VIDEO)).status == 200


def test_date_and_log_follow(faulty, tree):
    server, faults = faulty(tree)
    faults.step_wall_clock(-400 * DAY)
    answer = server.get("/healthz")
    year = time.gmtime(time.time() - 400 * DAY).tm_year
    assert str(year) in answer.get("Date")
    # By this clock the file's mtime is in the future: the response has no date that could be later
    # than Date, and no validator that another write could share (docs/security.md, threat 61).
    newer = tree.add(Lesson("newer.mp4"), b"x", mtime_ns=time.time_ns())
    token = server.token(newer)
    answer = server.get(newer.target(), token=token)
    assert answer.status == 200 and answer.body == b"x"
    assert answer.get("Last-Modified") is None and answer.get("ETag") is None


def claims_of(token):
    """Decodes without checking the times: PyJWT would use the true clock."""
    return jwt.decode(token, options={"verify_signature": False})
