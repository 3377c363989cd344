"""The requests of the Dart package (clients/dart/test/requests.json), sent as dart:io sends them, and
the responses that the package relies on. The package's own tests compare that file with its source."""

import itertools
import json
import time
from urllib.parse import urlencode

import pytest
from support.checks import check_problem
from support.ids import TOKEN_ROUTE, Course, Lesson, Module
from support.issuers import Signer, jwks_file
from support.media import noise
from support.server import ROOT
from support.tokens import mint

DECLARED = json.loads((ROOT / "clients/dart/test/requests.json").read_text(encoding="utf-8"))
HAVE = DECLARED["requests"]["rest of a file"]["have"]
SIZE = 300_000

numbers = itertools.count()


@pytest.fixture
def video(media):
    return media.add(Lesson(f"dart{next(numbers)}.mp4", lesson="lesson-dart"), noise(SIZE, seed=3))


def send(server, name, target, **values):
    """Sends a declared request with these values; dart:io writes names in lower case."""
    request = DECLARED["requests"][name]
    fields = {**DECLARED["added"], **request["fields"]}
    fields = [(key.lower(), text.format(host=server.host, **values)) for key, text in fields.items()]
    return server.request(request["method"], target, fields)


@pytest.mark.parametrize("parameters", DECLARED["media"], ids=lambda each: each["type"])
def test_each_type_of_token_is_issued_and_opens_its_file(server, media, parameters):
    name = parameters["filename"]
    kinds = {"lesson": Lesson(name), "course": Course(name), "module": Module(name)}
    media.add(kinds[parameters["type"]], noise(1000))
    answer = send(server, "token", f"{TOKEN_ROUTE}?{urlencode(parameters)}").json()
    assert isinstance(answer["expires_in"], int)
    target = answer["download_url"].removeprefix(server.base)
    response = send(server, "file", target, token=answer["token"])
    assert (response.status, response.body) == (200, noise(1000))


def test_the_session_is_verified_at_the_mint(start_server, tree, tmp_path):
    signer = Signer("ES256", kid="session")
    jwt = {"key_file": str(jwks_file(tmp_path / "jwks.json", signer.jwk()))}
    server = start_server(tree, config={"issuer": {"mode": "jwt", "jwt": jwt}})
    parameters = {**DECLARED["media"][1], "filename": "presentation.mp4"}
    target = f"{TOKEN_ROUTE}?{urlencode(parameters)}"
    answer = send(server, "token with a session", target, session=signer.token("trainer123"))
    assert answer.status == 200, answer
    expired = send(server, "token with a session", target, session=signer.token("trainer123", exp=1))
    assert check_problem(expired, 401)["type"] == "urn:sluice:problem:session-expired"
    check_problem(send(server, "token", target), 401)


def test_a_download_that_is_cut_continues(server, media, video):
    token = mint(video)
    first = send(server, "file", video.target(), token=token)
    assert first.status == 200 and first.length == SIZE and first.get("Content-Encoding") is None
    etag = first.get("ETag")
    assert etag.startswith('"')
    rest = send(server, "rest of a file", video.target(), token=token, etag=etag)
    assert rest.status == 206 and rest.get("ETag") == etag
    assert rest.get("Content-Range") == f"bytes {HAVE}-{SIZE - 1}/{SIZE}"
    assert first.body[:HAVE] + rest.body == media.content(video)


def test_a_complete_part_is_recognised(server, media):
    video = media.add(Lesson("dart-whole.mp4"), noise(HAVE))
    token = mint(video)
    etag = send(server, "file", video.target(), token=token).get("ETag")
    answer = send(server, "rest of a file", video.target(), token=token, etag=etag)
    check_problem(answer, 416)
    assert (answer.get("Content-Range"), answer.get("ETag")) == (f"bytes */{HAVE}", etag)


def test_a_replaced_file_comes_whole(server, media, video):
    token = mint(video)
    etag = send(server, "file", video.target(), token=token).get("ETag")
    media.replace(video, noise(SIZE, seed=4))
    answer = send(server, "rest of a file", video.target(), token=token, etag=etag)
    assert (answer.status, answer.body) == (200, media.content(video))
    assert answer.get("ETag") != etag


def test_an_expired_token_is_told_from_a_wrong_one(server, media, video):
    etag = send(server, "file", video.target(), token=mint(video)).get("ETag")
    expired = send(server, "rest of a file", video.target(), token=mint(video, ttl=-1), etag=etag)
    assert check_problem(expired, 401)["type"] == "urn:sluice:problem:token-expired"
    fresh = send(server, "rest of a file", video.target(), token=server.token(video), etag=etag)
    assert fresh.status == 206
    window = mint(video, ttl=-3600, resume_until=int(time.time()) + 3600)
    assert send(server, "rest of a file", video.target(), token=window, etag=etag).status == 206
    check_problem(send(server, "file", video.target(), token=window), 401)  # a start needs a new token
    media.replace(video, noise(SIZE, seed=4))  # 401 and not 200: the package requests a token and starts again
    check_problem(send(server, "rest of a file", video.target(), token=window, etag=etag), 401)
    other = send(server, "file", video.target(), token=mint(Lesson("another.mp4")))
    check_problem(other, 403)
