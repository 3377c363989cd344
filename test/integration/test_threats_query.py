"""Hostile queries: rows 22, 32 and 35 to 37 of the table of threats."""

from urllib.parse import quote

import pytest
from support.checks import check_problem
from support.ids import VIDEO, Lesson
from support.tokens import decode


REL = VIDEO.rel()
QUERY = f"type=lesson&user_id=trainer123&rel={REL}"


@pytest.mark.parametrize(
    "name", ["a%0d%0aSet-Cookie:s=1", "a%5C.mp4", "../../.bashrc", "..", ".", "n" * 4096, "n" * 256]
)
def test_row_22_names_that_cannot_exist(server, name):
    answer = server.ask(f"{QUERY}&filename={name}")
    check_problem(answer, 400, parameter="filename")
    assert answer.get("Set-Cookie") is None


@pytest.mark.parametrize(
    "ttl",
    ["-1", "0", "900.5", "1e9", "0x10", "+900", "%20900", "900%20", "", "٩٠٠",
     "00900", "0900", "9_0",
     "900s", "1,000"],
)
def test_row_32_ttl_abuse(server, ttl):
    query = f"{QUERY}&filename=Video.mp4&ttl={quote(ttl, safe='%+')}"
    check_problem(server.ask(query), 400, parameter="ttl")


@pytest.mark.parametrize("ttl", ["9999999999", "9223372036854775807", "99999999999999999999"])
def test_row_32_huge_ttl_never_lasts_longer_than_the_maximum(server, ttl):
    answer = server.issue(VIDEO, ttl=ttl)
    if answer.status == 400:
        check_problem(answer, 400, parameter="ttl")
        return
    assert answer.json()["expires_in"] == 86400
    _, claims = decode(answer.json()["token"])
    assert claims["exp"] - claims["iat"] == 86400


@pytest.mark.parametrize(
    "extra, name",
    [
        ("ttl=900&ttl=999999", "ttl"),
        ("filename=Video.mp4", "filename"),
        ("filename=other.mp4", "filename"),
        ("fil%65name=x", "filename"),
        ("user_id=trainer123", "user_id"),
        ("user%5Fid=other", "user_id"),
        ("type=lesson", "type"),
        (f"rel={REL}", "rel"),
        ("ttl=1;ttl=2", "ttl"),
    ],
)
def test_row_35_repeated_parameters(server, extra, name):
    check_problem(server.ask(f"{QUERY}&filename=Video.mp4&{extra}"), 400, parameter=name)


def test_row_35_brackets_make_another_name(server):
    check_problem(server.ask(f"{QUERY}&filename[]=Video.mp4"), 400)
    check_problem(server.ask(f"{QUERY}&filename%5B%5D=Video.mp4"), 400, parameter="filename")
    assert server.ask(f"{QUERY}&filename%5B%5D=x&filename=Video.mp4").status == 200


@pytest.mark.parametrize(
    "query, name",
    [
        (f"type=lesson&rel={REL}&course_id=1", "course_id"),
        (f"type=Lesson&rel={REL}", "type"),
        (f"type=lesson%20&rel={REL}", "type"),
        ("type=course", "course_id"),
        ("type=lesson&rel=/abs/b/c/d", "rel"),
        ("type=lesson&rel=../x/y/z", "rel"),
        ("type=lesson&rel=a//b/c", "rel"),
        ("type=lesson&rel=a/b/c", "rel"),
        ("type=lesson&rel=a/b/c/d/e", "rel"),
        ("type=lesson&rel=a/b/c/d/", "rel"),
        ("type=lesson&rel=a/b/c%5Cd", "rel"),
        ("type=lesson&rel=a/b/c%252Fd", "rel"),
    ],
)
def test_row_36_contradicting_parameters(server, query, name):
    answer = server.ask(f"{query}&user_id=trainer123&filename=Video.mp4")
    check_problem(answer, 400, parameter=name)


@pytest.mark.parametrize("name", ["a+b.mp4", "a b.mp4", "a%2Bb.mp4", "a&b=c.mp4", "a?b#c.mp4"])
def test_row_37_plus_and_space(server, media, name):
    video = media.add(Lesson(name, lesson="plus"), name.encode())
    answer = server.issue(video).json()
    assert answer["download_url"] == server.base + video.target()
    response = server.get(video.target(), token=answer["token"])
    assert response.body == name.encode()


def test_row_37_plus_is_a_space_in_a_query_alone(server, media):
    plus = media.add(Lesson("p+q.mp4", lesson="plus"), b"plus")
    space = media.add(Lesson("p q.mp4", lesson="plus"), b"space")
    query = f"type=lesson&user_id=trainer123&rel={plus.rel()}&filename="
    assert decode(server.ask(query + "p+q.mp4").json()["token"])[1]["filename"] == "p q.mp4"
    assert decode(server.ask(query + "p%2Bq.mp4").json()["token"])[1]["filename"] == "p+q.mp4"
    raw_plus = "/download2/" + plus.path()
    assert server.get(raw_plus, token=server.token(plus)).body == b"plus"
    check_problem(server.get(raw_plus, token=server.token(space)), 403)
