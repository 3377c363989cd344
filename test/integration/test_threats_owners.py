"""Ownership of media: rows 50, 51 and 64 of the table of threats."""

import pytest
from support.checks import check_problem, check_refusal
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, VIDEO, Course, Lesson
from support.issuers import bearer, issuer_key, keys_file
from support.server import run_sluice
from support.stores import SqliteStore
from support.tokens import SECRET, claims_for, decode, mint, sign_payload
from support.waiting import eventually

NO_TRAINER = "lessons/{course_id}/{module_id}/{lesson_id}/{filename}"
FLAT_COURSES = "courses/{course_id}/{filename}"
NO_TRAINER_PATH = "lessons/course456/module789/lesson001/Video.mp4"


def check_config(*settings):
    flags = [part for setting in settings for part in ("--set", setting)]
    return run_sluice("config", "check", "--media-root", "/", *flags, env={"SLUICE_SECRET": SECRET})


def layout_of(**templates):
    return [f"media.layout.{kind}={text}" for kind, text in templates.items()]


def test_row_50_a_layout_without_trainers_is_refused_at_start(start_server, tree):
    refused = check_config(*layout_of(lesson=NO_TRAINER))
    assert refused.returncode == 1
    assert "media.layout.lesson: does not name {trainer_id}" in refused.stderr
    assert "issuer.owners" in refused.stderr
    accepted = check_config("issuer.owners=nobody", *layout_of(lesson=NO_TRAINER))
    assert accepted.returncode == 0, accepted.stderr
    with pytest.raises(AssertionError, match="media.layout.lesson: does not name"):
        start_server(tree, config={"media": {"layout": {"lesson": NO_TRAINER}}})


def test_row_50_a_layout_without_trainers_is_refused_by_a_reload(start_server, tree):
    server = start_server(tree, config={})
    event = server.reload({"media": {"layout": {"lesson": NO_TRAINER}}}, outcome="reload_refused")
    assert "media.layout.lesson: does not name {trainer_id}" in event["reasons"]
    assert server.download(VIDEO).status == 200


def test_row_50_where_nobody_owns_grants_and_trusted_keys_mint(start_server, tree, tmp_path):
    """The name at the start of `rel` decides nothing, whether it is the caller's own, the original
    owner's, or one to which a key is limited."""
    tree.add(NO_TRAINER_PATH, b"shared")
    trusted, trusted_entry = issuer_key("lms", trust="trusted")
    limited, limited_entry = issuer_key("one", trust="trusted", trainers=["trainer123"])
    entitled, entitled_entry = issuer_key("app", trust="entitled")
    keys = keys_file(tmp_path / "issuers.json", trusted_entry, limited_entry, entitled_entry)
    store = SqliteStore(tmp_path / "store.db").migrate()
    store.grant("anna", course="course456")
    store.grant("bert", trainer="bert")
    config = {
        "media": {"layout": {"lesson": NO_TRAINER}},
        "issuer": {"owners": "nobody", "keys_file": str(keys)},
        **store.config(),
    }
    server = start_server(tree, config=config)
    eventually(lambda: server.get("/readyz").status == 200)

    def issue(media, user, key):
        return server.issue(media, user, bearer(key))

    for trainer in ("trainer123", "bert", "anna"):
        media = Lesson("Video.mp4", trainer=trainer)
        for user in ("trainer123", "bert"):
            check_refusal(issue(media, user, entitled), 403, "not-entitled")
        check_refusal(issue(media, "trainer123", limited), 403, "issuer-not-permitted")
        for user, key in (("anna", entitled), ("carla", trusted)):
            answer = issue(media, user, key)
            assert answer.status == 200, answer
            assert server.download(media, token=answer.json()["token"]).body == b"shared"
    check_refusal(issue(COURSE_PRESENTATION, "trainer123", entitled), 403, "not-entitled")
    assert issue(COURSE_PRESENTATION, "trainer123", limited).status == 200


def test_row_50_presentations_that_nobody_owns_are_said(start_server, tree):
    tree.add("c/course456/presentation.mp4", b"flat")
    templates = {
        "lesson": "l/{module_id}/{trainer_id}/{course_id}/{lesson_id}/{filename}",
        "course": "c/{course_id}/{filename}",
        "module": "m/{course_id}/{module_id}/{filename}",
    }
    said = check_config(*layout_of(**templates))
    assert said.returncode == 0 and "note: media.layout: nobody owns presentations" in said.stderr
    assert "nobody owns" not in check_config().stderr
    server = start_server(tree, config={"media": {"layout": templates}})
    server.wait_for_event(lambda event: event["event"] == "layout_remark")
    check_refusal(server.issue(COURSE_PRESENTATION), 403, "not-entitled")
    token = mint(COURSE_PRESENTATION)
    assert server.download(COURSE_PRESENTATION, token=token).body == b"flat"


def test_row_51_a_folder_of_one_template_is_no_trainer_of_another(start_server, tree):
    tree.add("courses/course456/presentation.mp4", b"flat")
    tree.add("courses/alone/presentation.mp4", b"alone")
    tree.add("courses/course456/module789/presentation.mp4", b"module")
    tree.add("courses/course456/module789/lesson001/Video.mp4", b"lesson")
    server = start_server(tree, config={"media": {"layout": {"course": FLAT_COURSES}}})
    assert server.download(COURSE_PRESENTATION).body == b"flat"
    assert server.download(MODULE_PRESENTATION).body == tree.content(MODULE_PRESENTATION)
    lesson = Lesson("Video.mp4", trainer="courses")
    for media in (COURSE_PRESENTATION, MODULE_PRESENTATION, Course("presentation.mp4", "alone"),
                  lesson):
        check_refusal(server.issue(media, "courses"), 403, "not-entitled")
    # Not even a signed token helps: no path to the file gives the name an owner.
    check_problem(server.get(lesson.target(), token=mint(lesson)), 404)
    assert not [event for event in server.events() if event["event"] == "courses_ambiguous"]


def test_row_51_templates_that_cannot_be_told_apart_are_refused(start_server, tree):
    for templates, where in (
        ({"course": "{course_id}/{filename}"}, "course"),
        ({"module": "{course_id}/{module_id}/{filename}"}, "module"),
        ({"course": "{trainer_id}-x/{course_id}/{filename}",
          "module": "x-{trainer_id}/{course_id}/{module_id}/{filename}"}, "module"),
    ):
        refused = check_config(*layout_of(**templates))
        assert refused.returncode == 1, templates
        assert f"media.layout.{where}: does not agree with media.layout." in refused.stderr
    server = start_server(tree, config={})
    layout = {"course": "{course_id}/{filename}"}
    event = server.reload({"media": {"layout": layout}}, outcome="reload_refused")
    assert "media.layout.course: does not agree with media.layout.lesson" in event["reasons"]


@pytest.mark.parametrize("media", [COURSE_PRESENTATION, MODULE_PRESENTATION])
def test_row_64_a_token_does_not_follow_the_name_of_a_course(start_server, tree, media):
    """Trainer 1 renames his course, and trainer 2 creates one with the same id."""
    # One thread, so that there is only one cache: each keeps a file for a second.
    server = start_server(tree, config={"media": {"rescan_interval": 1}, "threads": 1})
    own = tree.content(media)
    old = server.token(media)
    assert decode(old)[1]["owner"] == "trainer123"
    unbound, forged = mint(media), mint(media, owner="trainer2")
    assert server.download(media, token=old).body == own
    check_refusal(server.download(media, token=forged), 403, "token-mismatch")
    (tree.root / "trainer123" / media.course).rename(tree.root / "trainer123" / "renamed")
    theirs = type(media)(media.filename, trainer="trainer2")
    tree.add(theirs, b"of trainer 2")

    def is_seen():
        return server.issue(theirs, "trainer2").status == 200

    eventually(is_seen)
    fresh = server.token(theirs, "trainer2")
    for _ in range(2):  # opened, then remembered
        assert server.download(media, token=fresh).body == b"of trainer 2"
        check_refusal(server.download(media, token=old), 403, "token-mismatch")
        assert server.download(media, token=forged).body == b"of trainer 2"
    # The response is the same whether or not the file exists.
    tree.path(theirs).unlink()
    eventually(lambda: server.download(media, token=fresh).status == 404)
    check_refusal(server.download(media, token=old), 403, "token-mismatch")
    # A token of server.py has no owner: it is valid for the course of any trainer.
    tree.add(theirs, b"again")
    assert server.download(media, token=unbound).body == b"again"


def test_row_64_where_the_path_does_not_name_the_trainer(start_server, tree):
    tree.add("courses/course456/presentation.mp4", b"flat")
    server = start_server(
        tree, config={"media": {"layout": {"course": FLAT_COURSES}, "rescan_interval": 1},
                      "threads": 1, "cache": {"files": 0}}
    )
    old = server.token(COURSE_PRESENTATION)
    assert decode(old)[1]["owner"] == "trainer123"
    (tree.root / "trainer123" / "course456").rename(tree.root / "trainer123" / "renamed")
    (tree.root / "trainer2" / "course456").mkdir(parents=True)
    eventually(lambda: server.issue(COURSE_PRESENTATION, "trainer2").status == 200)
    eventually(lambda: server.download(COURSE_PRESENTATION, token=old).status == 403)
    (tree.root / "trainer3" / "course456").mkdir(parents=True)  # of several, none of them his
    server.wait_for_event(lambda event: event["event"] == "courses_ambiguous")
    check_refusal(server.download(COURSE_PRESENTATION, token=old), 403, "token-mismatch")
    (tree.root / "trainer123" / "course456").mkdir()  # one of them is his
    eventually(lambda: server.download(COURSE_PRESENTATION, token=old).status == 200)
    (tree.root / "trainer123" / "course456").rmdir()
    (tree.root / "trainer3" / "course456").rmdir()
    eventually(lambda: server.download(COURSE_PRESENTATION, token=old).status == 403)
    (tree.root / "trainer2" / "course456").rmdir()  # nobody's now, and nobody else's
    eventually(lambda: server.download(COURSE_PRESENTATION, token=old).status == 200)


def test_row_64_only_presentations_have_the_claim(server, media):
    assert "owner" not in decode(server.token(VIDEO))[1]
    check_refusal(server.download(VIDEO, token=mint(VIDEO, owner="trainer123")), 401, "token-invalid")
    assert server.download(VIDEO, token=mint(VIDEO, owner=None)).status == 200
    for owner in ("", "a/b", "..", 7, ["trainer123"]):
        token = sign_payload(claims_for(COURSE_PRESENTATION, owner=owner))
        check_refusal(server.download(COURSE_PRESENTATION, token=token), 401, "token-invalid")
    for owner in ("trainer123", None):
        token = mint(COURSE_PRESENTATION, owner=owner)
        assert server.download(COURSE_PRESENTATION, token=token).status == 200


def test_row_64_the_commands_know_the_claim(tree):
    env = {"SLUICE_SECRET": SECRET}
    course = ("--type", "course", "--course-id", "course456", "--filename", "presentation.mp4")

    def issue(*arguments):
        answer = run_sluice("token", "issue", "--user", "anna", *course, *arguments, env=env)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    assert "owner" not in decode(issue())[1]
    assert decode(issue("--owner", "trainer9"))[1]["owner"] == "trainer9"
    root = ("--set", f"media.root={tree.root}")
    assert decode(issue(*root))[1]["owner"] == "trainer123"
    assert "the trainer of the course" in run_sluice(
        "token", "inspect", issue(*root)).stdout
    url = "http://localhost" + COURSE_PRESENTATION.target()
    for token, verdict in ((issue(*root), "200"), (issue("--owner", "trainer9"), "403")):
        why = run_sluice("token", "why", "--token", token, "--url", url, *root, env=env)
        assert why.stdout.startswith(verdict), why.stdout
    assert "of trainer trainer9" in why.stdout
    lesson = ("--type", "lesson", "--rel", "t/c/m/l", "--filename", "f", "--owner", "t")
    refused = run_sluice("token", "issue", "--user", "anna", *lesson, env=env)
    assert refused.returncode == 2 and "--owner does not belong to" in refused.stderr
