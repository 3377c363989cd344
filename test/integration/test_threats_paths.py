"""Hostile paths: rows 10 to 18 of the table of threats."""

import re
import unicodedata
from urllib.parse import quote

import pytest
from support.checks import attachment_name, check_problem
from support.ids import VIDEO, Course, Lesson
from support.server import run_sluice
from support.tokens import SECRET, mint, sign_payload


FOLDER = VIDEO.target().removesuffix("Video.mp4")
QUERY = f"type=lesson&user_id=trainer123&rel={VIDEO.rel()}&filename="


@pytest.mark.parametrize(
    "query, name",
    [
        ("type=course&user_id=trainer123&course_id=a/b&filename=c", "course_id"),
        ("type=course&user_id=trainer123&course_id=a&filename=b/c", "filename"),
        ("type=module&user_id=trainer123&course_id=a&module_id=1&filename=2/x", "filename"),
        ("type=module&user_id=trainer123&course_id=a&module_id=1/2&filename=x", "module_id"),
    ],
)
def test_row_10_glued_fields_at_mint(server, query, name):
    check_problem(server.ask(query), 400, parameter=name)


def test_row_10_glued_fields_in_a_signed_token(server, media):
    """Identifiers that are equal when joined are not the same media."""
    there = media.add(Course("c.mp4", course="a"), b"c")
    for claims in (
        {"type": "course", "course_id": "a/c.mp4", "filename": ""},
        {"type": "course", "course_id": "", "filename": "a/c.mp4"},
        {"type": "course", "course_id": "course/a", "filename": "c.mp4"},
        {"type": "module", "course_id": "a", "module_id": "c.mp4", "filename": "c.mp4"},
    ):
        token = sign_payload({**claims, "user_id": "trainer123", "exp": 1 << 40})
        assert server.get(there.target(), token=token).status in (401, 403)


@pytest.mark.parametrize(
    "target",
    [
        "/download2/t/c/m/l/../../../../etc/passwd",
        "/download2/t/c/m/%2e%2e/Video.mp4",
        "/download2/t/c/m/%2E%2E/Video.mp4",
        "/download2/t/c/m/.%2e/Video.mp4",
        "/download2/t/c/m/%2e./Video.mp4",
        "/download2/t/c/m/..;/Video.mp4",
        "/download2/t/c/m/./Video.mp4",
        "/download2/t/c/m/%2e/Video.mp4",
        "/download2/t/c/m//Video.mp4",
        "//download2/t/c/m/l/Video.mp4",
        FOLDER + "..",
        FOLDER,
        "../x",
        "download2/x",
        "/..",
    ],
)
def test_row_11_dot_and_empty_segments(server, target):
    check_problem(server.get(target, token=mint(VIDEO)), 400)


@pytest.mark.parametrize("name", ["a%2fb.mp4", "a%2Fb.mp4", "..%5c..%5cwin.ini", "%5C", "a\\b"])
def test_row_12_encoded_separators(server, name):
    check_problem(server.get(FOLDER + name, token=mint(VIDEO)), 400)
    check_problem(server.issue(VIDEO, filename="a/b"), 400, parameter="filename")


def test_row_13_decoded_once(server, media):
    literal = Lesson("%2e%2e%2f")
    assert literal.target() == FOLDER + "%252e%252e%252f"
    check_problem(server.download(literal, token=mint(literal)), 404)
    media.add(literal, b"a strange name")
    assert server.download(literal).body == b"a strange name"


@pytest.mark.parametrize(
    "name",
    ["x.mp4%00.txt", "%00", "a%0ab", "a%0db", "a%7fb", "%1b[2J", "a%02b", "a%09b", "a%C2%85b",
     "a%E2%80%8Bb", "a%E2%80%AEb"],
)
def test_row_14_controls(server, name):
    check_problem(server.get(FOLDER + name, token=mint(VIDEO)), 400)
    check_problem(server.ask(QUERY + name), 400, parameter="filename")


@pytest.mark.parametrize("name", ["%", "%2", "a%", "%zz", "%u002e", "%2g", "% 2", "%%"])
def test_row_15_bad_percent_escapes(server, name):
    check_problem(server.get(FOLDER + name, token=mint(VIDEO)), 400)
    check_problem(server.ask(QUERY + name), 400)


@pytest.mark.parametrize(
    "name",
    ["%c0%ae%c0%ae", "%e0%80%af", "%f0%80%80%af", "%ed%a0%80", "%ed%bf%bf", "%f4%90%80%80", "%80",
     "%c3", "a%e2%82", "%ff", "%fe", "%f8%88%80%80%80"],
)
def test_row_16_invalid_utf_8(server, name):
    check_problem(server.get(FOLDER + name, token=mint(VIDEO)), 400)
    check_problem(server.ask(QUERY + name), 400, parameter="filename")


def test_row_16_raw_bytes_beyond_ascii(server):
    target = (FOLDER + "é.mp4").encode().decode("latin-1")
    check_problem(server.get(target, token=mint(VIDEO)), 400)


def test_row_17_names_are_compared_byte_by_byte(server, media):
    composed = media.add(Lesson(unicodedata.normalize("NFC", "né.mp4")), b"composed")
    decomposed = Lesson(unicodedata.normalize("NFD", "né.mp4"))
    assert server.download(composed).body == b"composed"
    check_problem(server.download(decomposed, token=mint(composed)), 403)
    check_problem(server.download(composed, token=mint(decomposed)), 403)
    check_problem(server.download(decomposed, token=mint(decomposed)), 404)


def test_row_17_the_twin_of_a_name_is_named(start_server, tree):
    """The response stays 404; the log, `token why` and `config check` explain which file exists."""
    asked = Lesson("été.mp4")
    twin = tree.add(Lesson(unicodedata.normalize("NFD", asked.filename)), b"decomposed")
    course = Course("p.mp4", course="café")
    tree.add(Course("p.mp4", course=unicodedata.normalize("NFD", "café")), b"course")
    server = start_server(tree)
    check_problem(server.download(asked, token=mint(asked)), 404)
    event = server.wait_for_event(lambda one: one["event"] == "name_in_another_form")
    assert event["asked"] == quote(asked.path()) and event["there"] == quote(twin.path())
    check_problem(server.download(course, token=mint(course)), 404)
    server.wait_for_event(lambda one: one.get("there") == quote(unicodedata.normalize("NFD", "café")))
    for media, there in ((asked, twin.path()), (course, unicodedata.normalize("NFD", "café"))):
        why = run_sluice("token", "why", "--token", mint(media), "--url", media.target(),
                         "--media-root", tree.root, env={"SLUICE_SECRET": SECRET})
        assert why.stdout.startswith("404:") and quote(there) in why.stdout, why.stdout
    check = run_sluice("config", "check", "--media-root", tree.root, env={"SLUICE_SECRET": SECRET})
    assert check.returncode == 0
    assert f"the name {quote(twin.path())} is not in NFC" in check.stderr
    assert quote(asked.path()) not in check.stderr


@pytest.mark.parametrize("name", ["a／b.mp4", "．．", "a＼b.mp4", "a⁄b.mp4"])
def test_row_17_look_alikes_are_characters_like_others(server, media, name):
    video = Lesson(name)
    check_problem(server.download(video, token=mint(video)), 404)
    media.add(video, name.encode())
    assert server.download(video).body == name.encode()


JOINED = ["می\u200cروم.mp4", "क्\u200dष.mp4", "\U0001f468\u200d\U0001f469\u200d\U0001f467.mp4"]
HIDDEN = ["\u202e", "\u2066", "\u061c", "\u200e", "\u200b", "\u2060", "\ufeff"]


@pytest.mark.parametrize("name", JOINED)
def test_row_17_joiners_belong_to_some_names(server, media, name):
    video = media.add(Lesson(name, lesson=name.removesuffix(".mp4")), name.encode())
    answer = server.download(video)
    assert answer.body == name.encode()
    assert attachment_name(answer) == name
    # The token is not valid for the name without them: names are compared byte by byte.
    plain = Lesson(re.sub("[\u200c\u200d]", "", name), lesson=video.lesson)
    check_problem(server.download(plain, token=mint(video)), 403)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_row_17_what_hides_or_reorders_is_refused(server, hidden):
    for name in (f"a{hidden}b.mp4", f"م{hidden}م.mp4", f"\U0001f468{hidden}\U0001f469"):
        check_problem(server.issue(Lesson(name)), 400, parameter="filename")
        check_problem(server.issue(Lesson("v.mp4", lesson=name)), 400, parameter="rel")


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_row_17_joiners_beside_ascii_are_refused(server, joiner):
    for name in (f"a{joiner}b", f"م{joiner}.mp4", f"a{joiner}م", f"{joiner}م", f"م{joiner}",
                 f"م{joiner}{joiner}م"):
        check_problem(server.issue(Lesson(name)), 400, parameter="filename")
        check_problem(server.issue(VIDEO, user_id=name), 400, parameter="user_id")


def test_row_18_case(server):
    for target in ("/Download2" + VIDEO.target()[10:], "/API/get-download-token/v2", "/HEALTHZ"):
        check_problem(server.get(target, token=mint(VIDEO)), 404)
    for other in (Lesson("VIDEO.MP4"), Lesson("Video.mp4", lesson="Lesson001")):
        check_problem(server.download(other, token=mint(VIDEO)), 403)
        check_problem(server.download(VIDEO, token=mint(other)), 403)
