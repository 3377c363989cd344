"""docs/api.md §1: the responses of the token route."""

import pytest
from support.checks import check_problem
from support.ids import TOKEN_ROUTE, VIDEO, Course, Lesson, Module
from support.tokens import decode
from support.waiting import eventually

COMPLETE = {
    "lesson": "type=lesson&user_id=trainer123&filename=Video.mp4"
    "&rel=trainer123/course456/module789/lesson001",
    "course": "type=course&user_id=trainer123&filename=presentation.mp4&course_id=course456",
    "module": "type=module&user_id=trainer123&filename=presentation.mp4&course_id=course456"
    "&module_id=module789",
}


@pytest.mark.parametrize("query", COMPLETE.values(), ids=COMPLETE)
def test_answer(server, query):
    answer = server.ask(query)
    assert answer.status == 200
    assert answer.get("Content-Type") == "application/json"
    assert "no-store" in answer.list("Cache-Control")
    assert set(answer.json()) == {"token", "expires_in", "download_url"}
    assert answer.json()["expires_in"] == 900


def test_answer_to_another_host_name_builds_on_it(server):
    host = f"localhost:{server.address[1]}"
    answer = server.ask(COMPLETE["lesson"], fields={"Host": host})
    assert answer.json()["download_url"] == f"http://{host}{VIDEO.target()}"


@pytest.mark.parametrize("base", ["https://media.example", "https://media.example/videos"])
def test_public_base_url(start_server, tree, base):
    server = start_server(tree, arguments=["--public-base-url", base])
    assert server.issue(VIDEO).json()["download_url"] == base + VIDEO.target()


@pytest.mark.parametrize("kind", COMPLETE)
def test_each_parameter_is_required_and_named(server, kind):
    for left_out in COMPLETE[kind].split("&"):
        name = left_out.split("=")[0]
        rest = "&".join(each for each in COMPLETE[kind].split("&") if each != left_out)
        check_problem(server.ask(rest), 400, parameter=name)
        check_problem(server.ask(f"{rest}&{name}="), 400, parameter=name)


@pytest.mark.parametrize("kind", COMPLETE)
def test_each_parameter_may_occur_once(server, kind):
    for again in (*COMPLETE[kind].split("&"), "ttl=900"):
        name = again.split("=")[0]
        query = f"{COMPLETE[kind]}&{again}" + ("&ttl=900" if name == "ttl" else "")
        check_problem(server.ask(query), 400, parameter=name)


@pytest.mark.parametrize(
    "kind, foreign",
    [
        ("lesson", "course_id"),
        ("lesson", "module_id"),
        ("course", "rel"),
        ("course", "module_id"),
        ("module", "rel"),
    ],
)
def test_parameter_of_another_type(server, kind, foreign):
    value = "trainer123/course456/module789/lesson001" if foreign == "rel" else "module789"
    answer = server.ask(f"{COMPLETE[kind]}&{foreign}={value}")
    check_problem(answer, 400, parameter=foreign)


@pytest.mark.parametrize("kind", COMPLETE)
def test_unknown_parameters_are_ignored(server, kind):
    assert server.ask(COMPLETE[kind] + "&_=1&quality=hd&quality=sd&token").status == 200


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "a/b", "a%2Fb", "a%5Cb", "a%00", "a%0Ab", "a%7F", "%C2%85", "%E2%80%AE",
     "%E2%80%8B", "%FF", "x" * 129],
)
@pytest.mark.parametrize("name", ["user_id", "course_id", "module_id"])
def test_what_is_no_identifier(server, name, value):
    query = "&".join(
        f"{name}={value}" if each.startswith(name + "=") else each
        for each in COMPLETE["module"].split("&")
    )
    check_problem(server.ask(query), 400, parameter=name)


def test_lengths_at_the_limit(server, media):
    longest_id, longest_name = "i" * 128, "n" * 251 + ".mp4"
    video = media.add(Lesson(longest_name, lesson=longest_id), b"at the limit")
    assert server.download(video).body == b"at the limit"
    too_long = Lesson("n" * 252 + ".mp4", lesson=longest_id)
    check_problem(server.issue(too_long), 400, parameter="filename")
    check_problem(server.issue(Lesson("a.mp4", lesson="i" * 129)), 400, parameter="rel")


@pytest.mark.parametrize("ttl, granted", [("86400", 86400), ("86401", 86400), ("999999999", 86400)])
def test_ttl_is_clamped_and_says_so(server, ttl, granted):
    answer = server.issue(VIDEO, ttl=ttl).json()
    assert answer["expires_in"] == granted
    _, claims = decode(answer["token"])
    assert claims["exp"] - claims["iat"] == granted


def test_configured_ttls(start_server, tree):
    server = start_server(tree, config={"tokens": {"default_ttl": 60, "max_ttl": 120}})
    assert server.issue(VIDEO).json()["expires_in"] == 60
    assert server.issue(VIDEO, ttl=500).json()["expires_in"] == 120


@pytest.mark.parametrize("video", [VIDEO, Course("presentation.mp4"), Module("presentation.mp4")])
def test_user_who_is_not_the_owner(server, video):
    check_problem(server.issue(video, user_id="trainer999"), 403)


@pytest.mark.parametrize("video", [Lesson("no.mp4"), Course("no.mp4"), Module("no.mp4")])
def test_owner_of_a_file_that_does_not_exist(server, video):
    check_problem(server.issue(video), 404)


@pytest.mark.parametrize(
    "there, absent",
    [
        (VIDEO, Lesson("no.mp4")),
        (Course("presentation.mp4"), Course("no.mp4")),
        (Course("presentation.mp4"), Course("presentation.mp4", course="no-such-course")),
        (Module("presentation.mp4"), Module("presentation.mp4", module="no-such-module")),
    ],
)
def test_stranger_learns_nothing_of_what_exists(server, there, absent):
    one = check_problem(server.issue(there, user_id="stranger"), 403)
    two = check_problem(server.issue(absent, user_id="stranger"), 403)
    assert {**one, "request_id": ""} == {**two, "request_id": ""}


def test_course_of_two_trainers_is_never_guessed(start_server, tree):
    tree.add("trainer123/shared-id/presentation.mp4", b"ours")
    tree.add("trainer999/shared-id/presentation.mp4", b"theirs")
    server = start_server(tree)
    shared = Course("presentation.mp4", course="shared-id")
    check_problem(server.issue(shared), 409)
    assert server.issue(Course("presentation.mp4")).status == 200
    eventually(lambda: any("shared-id" in str(event) for event in server.events()))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("target", [TOKEN_ROUTE, VIDEO.target(), "/healthz", "/readyz", "/metrics"])
def test_wrong_method(server, method, target):
    answer = server.request(method, target, {"Content-Length": "0"})
    check_problem(answer, 405)
    assert answer.list("Allow") == {"get", "head", "options"}


@pytest.mark.parametrize("target", [TOKEN_ROUTE, VIDEO.target()])
def test_options(server, target):
    answer = server.request("OPTIONS", target)
    assert answer.status == 204
    assert answer.list("Allow") == {"get", "head", "options"}
    assert answer.get("Content-Length") is None


@pytest.mark.parametrize(
    "fields",
    [
        {"Host": "media.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"X-Forwarded-Host": "media.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Port": "443"},
        {"X-Original-URL": "/"},
        {"CF-Connecting-IP": "192.0.2.7"},
        {"X-Real-IP": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
        {"Via": "1.1 balancer"},
        {"Origin": "https://elsewhere.example"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_local_issues_to_nobody_behind_a_proxy_that_says_so(server, fields):
    """A client of a proxy on this machine has a loopback address, but does not count as local."""
    problem = check_problem(server.issue(VIDEO, fields=fields), 403)
    assert "issuer.mode" in problem["detail"]


def test_none_issues_to_everybody_and_warns(start_server, tree):
    server = start_server(tree, config={"issuer": {"mode": "none"}})
    answer = server.issue(VIDEO, fields={"Host": "media.example", "X-Forwarded-For": "192.0.2.7"})
    assert answer.status == 200
    eventually(lambda: any(event["level"] == "warning" and "issuer" in str(event) for event in server.events()))
    check_problem(server.issue(VIDEO, user_id="stranger"), 403)
