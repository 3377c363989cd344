"""Tokens in both directions between this service and PyJWT, which server.py signs with."""

import re
import time

import pytest
from support.checks import check_invalid_token, check_problem
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, SAMPLES, VIDEO
from support.tokens import OTHER_SECRET, SECRET, decode, mint

KINDS = [VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION]


@pytest.mark.parametrize("video", SAMPLES, ids=lambda video: video.path())
def test_pyjwt_decodes_ours(server, video):
    before = int(time.time())
    header, claims = decode(server.token(video))
    after = int(time.time())

    assert set(header) == {"alg", "typ", "kid"}
    assert (header["alg"], header["typ"]) == ("HS256", "JWT")
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", header["kid"])
    bound = {**video.claims(), "user_id": "trainer123"}
    if video.kind != "lesson":  # a presentation's path does not name the trainer: the token does
        bound["owner"] = "trainer123"
    assert set(claims) == {*bound, "iat", "exp", "jti"}
    assert {name: claims[name] for name in bound} == bound
    assert type(claims["iat"]) is int and before <= claims["iat"] <= after
    assert type(claims["exp"]) is int and claims["exp"] - claims["iat"] == 900


def test_jti_is_128_random_bits(server):
    ids = [decode(server.token(VIDEO))[1]["jti"] for _ in range(20)]
    assert len(set(ids)) == len(ids)
    for jti in ids:
        assert re.fullmatch(r"[A-Za-z0-9_-]{22}|[0-9a-f]{32}", jti)


@pytest.mark.parametrize("ttl", [1, 60, 86400])
def test_ttl_sets_exp(server, ttl):
    answer = server.issue(VIDEO, ttl=ttl).json()
    assert answer["expires_in"] == ttl
    _, claims = decode(answer["token"], may_have_expired=True)  # one second may already be over
    assert claims["exp"] - claims["iat"] == ttl


@pytest.mark.parametrize("video", SAMPLES, ids=lambda video: video.path())
def test_minted_by_pyjwt_downloads(server, media, video):
    response = server.download(video, token=mint(video))
    assert response.status == 200
    assert response.body == media.content(video)


def test_minted_without_iat_downloads(server):
    assert server.download(VIDEO, token=mint(VIDEO, drop=["iat"])).status == 200


def test_minted_with_a_jti_and_claims_of_its_own_downloads(server):
    token = mint(VIDEO, jti="from-elsewhere", session={"device": "phone"}, roles=["student"])
    assert server.download(VIDEO, token=token).status == 200


def test_minted_for_another_user_downloads(server):
    """The right to a token is checked when it is issued, not when it is used."""
    assert server.download(VIDEO, token=mint(VIDEO, user_id="student9")).status == 200


@pytest.mark.parametrize(
    "options",
    [
        {"secret": OTHER_SECRET},
        {"secret": SECRET + "x"},
        {"algorithm": "HS384"},
        {"algorithm": "HS512"},
        {"algorithm": "none", "secret": None},
        {"ttl": -1},
        {"ttl": 0},
        {"ttl": -86400},
        {"drop": ["exp"]},
        {"drop": ["type"]},
        {"drop": ["rel"]},
        {"drop": ["filename"]},
        {"type": "Lesson"},
        {"type": 7},
        {"rel": ["trainer123", "course456", "module789", "lesson001"]},
        {"filename": None},
        {"course_id": "course456"},
        {"nbf": 4102444800},
    ],
    ids=str,
)
@pytest.mark.parametrize("video", [VIDEO], ids=["lesson"])
def test_minted_wrongly_is_refused(server, video, options):
    check_invalid_token(server.download(video, token=mint(video, **options)))


@pytest.mark.parametrize("of", KINDS, ids=lambda video: video.kind)
@pytest.mark.parametrize("to", KINDS, ids=lambda video: video.kind)
def test_a_token_opens_its_own_file_alone(server, of, to):
    response = server.download(to, token=mint(of))
    if of is to:
        assert response.status == 200
    else:
        check_problem(response, 403)
