"""docs/objects.md, Several origins: directories and buckets in one list."""

import contextlib
import json
import re

import pytest
from support.checks import check_problem
from support.ids import Course, Lesson, Module
from support.media import MediaTree, noise
from support.metrics import scrape
from support.object_stores import BODY, VIDEO
from support.paused import LARGE, Paused
from support.server import Server, run_sluice
from support.tokens import SECRET, mint
from support.waiting import eventually

SHORT = {"cache": {"lifetime_ms": 50}, "threads": 1}


class Directory:
    """An origin that is a directory."""

    def __init__(self, name, folder, **more):
        self.name = name
        self.tree = MediaTree(folder)
        self.more = more
        self.add = self.tree.add

    def entry(self):
        return {"name": self.name, "root": str(self.tree.root), **self.more}

    def put(self, path, content):
        self.tree.add(path, content)

    def remove(self, path):
        self.tree.path(path).unlink()


class Prefix:
    """An origin that is a part of a bucket."""

    def __init__(self, name, store, folder, **more):
        self.name, self.store, self.more = name, store, more
        self.credentials = store.credentials(folder)
        self.prefix = f"{folder.name}-{name}/"  # of this test alone

    def entry(self):
        return {"name": self.name, "s3": {"endpoint": self.store.endpoint, "bucket": "vod", "prefix": self.prefix,
                                          "credentials_file": self.credentials}, **self.more}

    def put(self, path, content):
        self.store.put(self.prefix + path, content)

    def remove(self, path):
        self.store.delete(self.prefix + path)

    def add(self, media, content):
        self.put(media.path(), content)
        return media


def config_of(*origins, **more):
    return {"media": {"origins": [one.entry() for one in origins], "rescan_interval": 1}, **SHORT, **more}


@pytest.fixture
def make(bucket, tmp_path):
    """make(kind, name, fields of the origin) → a directory or a part of the bucket."""
    def one(kind, name, **more):
        return (Directory(name, tmp_path / name, **more) if kind == "directory" else
                Prefix(name, bucket, tmp_path, **more))

    return one


@pytest.fixture
def serve(tmp_path):
    """serve(origins…, more settings) → a service."""
    started = []

    def start(*origins, **more):
        instance = Server(tmp_path / f"service{len(started)}", None, config=config_of(*origins, **more))
        started.append(instance)
        return instance

    yield start
    for one in started:
        one.stop()


@contextlib.contextmanager
def away(store):
    store.kill_gateway()
    try:
        yield
    finally:
        store.revive_gateway()


def asked(service, name, kind="head"):
    """The requests to a store so far."""
    return scrape(service)[f'sluice_object_first_byte_seconds_count{{origin="{name}",kind="{kind}"}}']


KINDS = [("directory", "bucket"), ("bucket", "directory"), ("directory", "directory"), ("bucket", "bucket")]
pairs = pytest.mark.parametrize("kinds", KINDS, ids=["-".join(each) for each in KINDS])


@pytest.fixture
def both(kinds, make):
    return make(kinds[0], "first"), make(kinds[1], "second")


@pairs
def test_the_first_origin_that_has_the_file(serve, both):
    first, second = both
    for one in both:
        one.add(Lesson(f"{one.name}.mp4"), one.name.encode())
        one.add(Lesson("both.mp4"), b"from " + one.name.encode())
        one.add(Course(f"{one.name}.mp4"), one.name.encode() * 2)
        one.add(Module("both.mp4"), b"from " + one.name.encode())
    service = serve(first, second)
    for method in ("HEAD", "GET"):
        assert service.download(Lesson("first.mp4"), method=method).status == 200
        assert service.download(Lesson("second.mp4"), method=method).status == 200
    assert service.download(Lesson("first.mp4")).body == b"first"
    assert service.download(Lesson("second.mp4")).body == b"second"
    assert service.download(Lesson("second.mp4"), {"Range": "bytes=2-3"}).body == b"co"
    assert service.download(Lesson("both.mp4")).body == b"from first"
    assert service.download(Course("first.mp4")).body == b"firstfirst"
    assert service.download(Course("second.mp4")).body == b"secondsecond"
    assert service.download(Module("both.mp4")).body == b"from first"
    missing = Lesson("missing.mp4")
    check_problem(service.issue(missing), 404)
    check_problem(service.download(missing, token=mint(missing)), 404)
    assert service.get("/readyz").status == 200


@pairs
def test_row_77_versions_of_two_origins_are_never_spliced(serve, both):
    """Two versions are never mixed: each has its own tag."""
    first, second = both
    lesson = Lesson("moved.mp4")
    contents = noise(50_000, seed=1), noise(50_000, seed=2)
    for one, content in zip(both, contents):
        one.add(lesson, content)
    if isinstance(second, Directory):  # another time, as another version has
        second.tree.replace(lesson, contents[1])
    service = serve(first, second)
    token = mint(lesson)
    before = service.download(lesson, token=token)
    assert before.body == contents[0]
    tag = before.get("ETag")
    assert service.download(lesson, {"Range": "bytes=7-", "If-Range": tag}, token=token).body == contents[0][7:]
    first.remove(lesson.path())
    after = eventually(lambda: (got := service.download(lesson, token=token)).body == contents[1] and got)
    assert after.get("ETag") != tag
    resumed = service.download(lesson, {"Range": "bytes=7-", "If-Range": tag}, token=token)
    assert (resumed.status, resumed.body) == (200, contents[1])
    check_problem(service.download(lesson, {"Range": "bytes=7-", "If-Match": tag}, token=token), 412)
    own = service.download(lesson, {"Range": "bytes=7-", "If-Match": after.get("ETag")}, token=token)
    assert (own.status, own.body) == (206, contents[1][7:])
    first.add(lesson, contents[0])  # and back
    eventually(lambda: service.download(lesson, token=token).body == contents[0])


def test_three_origins_of_each_kind(serve, make):
    origins = [make(kind, f"origin{i}") for i, kind in enumerate(["directory", "bucket"] * 3)]
    lessons = [one.add(Lesson(f"{i}.mp4"), BODY[i:]) for i, one in enumerate(origins)]
    service = serve(*origins, threads=2)
    for i, lesson in enumerate(lessons):
        for _ in range(3):
            assert service.download(lesson).body == BODY[i:]
    for _ in range(3):
        check_problem(service.issue(Lesson("missing.mp4")), 404)


def test_a_store_is_not_asked_for_what_a_directory_has(serve, make):
    fast, archive = make("directory", "fast"), make("bucket", "archive")
    lesson = fast.add(Lesson("here.mp4"), BODY)
    archive.add(lesson, b"other")
    service = serve(fast, archive)
    for _ in range(5):
        assert service.download(lesson).body == BODY
    assert asked(service, "archive") == asked(service, "archive", "get") == 0
    check_problem(service.issue(Lesson("missing.mp4")), 404)
    assert asked(service, "archive") == 1


def test_two_stores_have_their_own_bucket_and_names(serve, make, bucket, tmp_path):
    assert bucket.ask("PUT", "/another")[0] in (200, 409)
    first, second = make("bucket", "one"), make("bucket", "two")
    second.more["s3"] = {**second.entry()["s3"], "bucket": "another"}
    lesson = Lesson("there.mp4")
    assert bucket.ask("PUT", f"/another/{second.prefix}{lesson.path()}", body=BODY)[0] in (200, 201)
    service = serve(first, second)
    assert service.download(lesson).body == BODY
    assert (asked(service, "one", "get"), asked(service, "two", "get")) == (0, 1)
    text = service.get("/metrics").body.decode()
    families = re.findall(r"^# TYPE (sluice_object_\w+)", text, re.M)
    assert len(families) == len(set(families)) == 11
    for family in families:  # the samples of a family are together
        lines = [i for i, line in enumerate(text.split("\n")) if re.match(rf"{family}(_bucket|_sum|_count)?\{{", line)]
        assert lines[-1] - lines[0] + 1 == len(lines)
        assert {re.search(r'origin="(\w+)"', text.split("\n")[i])[1] for i in lines} == {"one", "two"}


@pairs
def test_an_origin_is_for_its_trainers(serve, make, kinds):
    first = make(kinds[0], "first", trainers=["acme-*", "zoe"])
    second = make(kinds[1], "second")
    for trainer in ("acme-1", "zoe", "zoes", "other"):
        for one in (first, second):
            one.add(Lesson("x.mp4", trainer=trainer), one.name.encode())
            one.add(Course("x.mp4", trainer=trainer, course=f"of {trainer}"), one.name.encode())
    only = first.add(Lesson("only.mp4", trainer="other"), b"hidden")
    owned = first.add(Course("only.mp4", trainer="other", course="hidden"), b"hidden")
    service = serve(first, second)
    for trainer, name in (("acme-1", b"first"), ("zoe", b"first"), ("zoes", b"second"), ("other", b"second")):
        for media in (Lesson("x.mp4", trainer=trainer), Course("x.mp4", course=f"of {trainer}")):
            assert service.download(media, token=service.token(media, trainer)).body == name
    check_problem(service.issue(only, "other"), 404)
    check_problem(service.download(only, token=mint(only)), 404)
    check_problem(service.issue(owned, "other"), 403)  # nobody has the course
    check_problem(service.download(owned, token=mint(owned)), 404)


@pairs
def test_an_origin_has_its_layout(serve, make, kinds):
    lesson, course, module = Lesson("l.mp4"), Course("c.mp4"), Module("m.mp4")
    layout = {"lesson": "lessons/{course_id}/{trainer_id}/{module_id}-x/{lesson_id}/{filename}",
              "course": "courses/{trainer_id}/{course_id}/{filename}",
              "module": "modules/{trainer_id}/{course_id}/{module_id}/{filename}"}
    first, second = make(kinds[0], "first", layout=layout), make(kinds[1], "second")
    first.put("lessons/course456/trainer123/module789-x/lesson001/l.mp4", b"first lesson")
    first.put("courses/trainer123/course456/c.mp4", b"first course")
    first.put("modules/trainer123/course456/module789/m.mp4", b"first module")
    for media in (Lesson("l2.mp4"), Course("c2.mp4"), lesson):
        second.add(media, b"second")
    service = serve(first, second)
    assert service.download(lesson).body == b"first lesson"
    assert service.download(course).body == b"first course"
    assert service.download(module).body == b"first module"
    assert service.download(Lesson("l2.mp4")).body == b"second"
    assert service.download(Course("c2.mp4")).body == b"second"


def test_row_77_an_origin_that_cannot_answer_ends_the_search(serve, make, bucket):
    """It might have the file, and another origin another version of it."""
    archive, slow = make("bucket", "archive"), make("directory", "slow")
    lesson = slow.add(Lesson("below.mp4"), BODY)
    service = serve(archive, slow, storage={"open_timeout": 1})
    token = mint(lesson)
    assert service.download(lesson, token=token).body == BODY
    with away(bucket):
        eventually(lambda: service.download(lesson, token=token).status == 503)
        check_problem(service.download(lesson, token=token), 503)
        check_problem(service.issue(lesson), 503)
        eventually(lambda: service.get("/readyz").status == 503)
    eventually(lambda: service.download(lesson, token=token).status == 200)
    eventually(lambda: service.get("/readyz").status == 200)


def test_a_store_that_is_away_costs_the_files_before_it_nothing(serve, make, bucket):
    fast, archive = make("directory", "fast"), make("bucket", "archive")
    here, there = fast.add(Lesson("here.mp4"), BODY), archive.add(Lesson("there.mp4"), BODY)
    service = serve(fast, archive, storage={"open_timeout": 1})
    assert service.download(there).body == BODY
    tokens = {media: mint(media) for media in (here, there)}
    with away(bucket):
        assert service.download(here, token=tokens[here]).body == BODY
        eventually(lambda: service.download(there, token=tokens[there]).status == 503)
        check_problem(service.issue(Lesson("missing.mp4")), 503)
        assert service.download(here, token=tokens[here]).body == BODY
    eventually(lambda: service.download(there, token=tokens[there]).status == 200)
    check_problem(service.issue(Lesson("missing.mp4")), 404)


def test_wrong_credentials_end_the_search(serve, make, bucket, tmp_path):
    archive, slow = make("bucket", "archive"), make("directory", "slow")
    lesson = slow.add(Lesson("below.mp4"), BODY)
    service = serve(archive, slow)
    assert service.download(lesson).body == BODY
    bucket.credentials(tmp_path, secret="wrong-secret-that-nobody-has")
    eventually(lambda: service.download(lesson, token=mint(lesson)).status == 503)
    bucket.credentials(tmp_path)
    eventually(lambda: service.download(lesson, token=mint(lesson)).status == 200)


@pytest.mark.parametrize("kind", ["directory", "bucket"])
def test_a_directory_that_is_away_ends_the_search(serve, make, kind):
    fast, other = make("directory", "fast"), make(kind, "other")
    lesson = other.add(Lesson("below.mp4"), BODY)
    service = serve(fast, other)
    token = mint(lesson)
    assert service.download(lesson, token=token).body == BODY
    gone = fast.tree.root.with_name("unmounted")
    fast.tree.root.rename(gone)
    eventually(lambda: service.get("/readyz").status == 503)
    eventually(lambda: service.download(lesson, token=token).status == 503)
    event = service.wait_for_event(lambda one: one["event"] == "media_root_unreadable")
    assert event["root"] == str(fast.tree.root)
    gone.rename(fast.tree.root)
    eventually(lambda: service.download(lesson, token=token).status == 200)
    assert service.get("/readyz").status == 200


@pairs
def test_row_77_owners_are_those_of_all_origins(serve, both):
    first, second = both
    for one in both:  # a course in both origins, of one trainer
        one.add(Course("x.mp4", course="same", trainer="ann"), one.name.encode())
    below = second.add(Course("y.mp4", course="below", trainer="bob"), b"below")
    service = serve(first, second)
    assert service.download(Course("x.mp4", course="same"), token=service.token(
        Course("x.mp4", course="same"), "ann")).body == b"first"
    assert service.download(below, token=service.token(below, "bob")).body == b"below"
    check_problem(service.issue(below, "ann"), 403)
    first.add(Course("y.mp4", course="below", trainer="ann"), b"of another")
    eventually(lambda: service.issue(below, "bob").status == 409)
    eventually(lambda: service.download(below, token=mint(below)).status == 409)
    event = service.wait_for_event(lambda one: one["event"] == "courses_ambiguous")
    assert event["course_ids"] == "below"
    first.remove(Course("y.mp4", course="below", trainer="ann").path())
    if isinstance(first, Directory):
        first.tree.path("ann/below/x").parent.rmdir()
    eventually(lambda: service.issue(below, "bob").status == 200)
    service.wait_for_event(lambda one: one["event"] == "courses_unambiguous")


def test_a_trainer_whom_an_origin_is_not_for_makes_no_course_ambiguous(serve, make):
    first, second = make("directory", "first", trainers=["ann"]), make("bucket", "second", trainers=["bob"])
    for one in (first, second):
        for trainer in ("ann", "bob"):
            one.add(Course("x.mp4", course=f"in {one.name}", trainer=trainer), trainer.encode())
    service = serve(first, second)
    for one, trainer in ((first, "ann"), (second, "bob")):
        media = Course("x.mp4", course=f"in {one.name}")
        assert service.download(media, token=service.token(media, trainer)).body == trainer.encode()


def test_a_list_that_fails_keeps_what_it_had(serve, make, bucket, tmp_path):
    fast, archive = make("directory", "fast"), make("bucket", "archive")
    course = archive.add(Course("x.mp4", course="kept", trainer="ann"), b"kept")
    service = serve(fast, archive)
    token = service.token(course, "ann")
    bucket.credentials(tmp_path, secret="wrong-secret-that-nobody-has")
    eventually(lambda: service.get("/readyz").status == 503)
    new = fast.add(Course("y.mp4", course="new", trainer="bob"), b"new")
    eventually(lambda: service.issue(new, "bob").status == 200)
    check_problem(service.issue(course, "bob"), 403)  # its owner is still known
    bucket.credentials(tmp_path)
    eventually(lambda: service.download(course, token=token).status == 200)


def test_a_reload_adds_and_removes_origins(serve, make):
    fast, archive = make("directory", "fast"), make("bucket", "archive")
    content = noise(LARGE, seed=5)
    large = archive.add(Lesson("large.mp4"), content)
    lesson = archive.add(Lesson("there.mp4"), BODY)
    here = fast.add(Lesson("here.mp4"), b"here")
    service = serve(fast)
    check_problem(service.download(lesson, token=mint(lesson)), 404)
    service.reload(config_of(fast, archive))
    assert service.download(lesson).body == BODY
    paused = Paused(service, large)

    def lists():
        return [one for one in service.events() if one["event"] == "object_store_listed"]

    assert len(lists()) == 1
    service.reload(config_of(fast, archive, limits={"idle_timeout": 7}))
    assert len(lists()) == 1, "the same origins go on"
    service.reload(config_of(archive, fast))
    assert len(lists()) == 2 and service.download(here).body == b"here"
    refused = {**config_of(archive, fast)}
    refused["media"]["origins"][1]["name"] = "archive"
    event = service.reload(refused, outcome="reload_refused")
    assert "media.origins[1].name: must differ from that of media.origins[0]" in event["reasons"]
    assert service.download(lesson).body == BODY
    service.reload(config_of(fast))
    check_problem(service.download(lesson, token=mint(lesson)), 404)
    assert service.download(here).body == b"here"
    assert paused.finish() == content


def test_a_name_in_another_form_is_found_in_each_directory(serve, make):
    first, second = make("directory", "first"), make("directory", "second")
    second.add(Lesson("e\u0301.mp4"), BODY)
    service = serve(first, make("bucket", "between"), second)
    check_problem(service.issue(Lesson("\u00e9.mp4")), 404)
    event = service.wait_for_event(lambda one: one["event"] == "name_in_another_form")
    assert event["there"].endswith("e%CC%81.mp4")


def check_config(tmp_path, config):
    path = tmp_path / "sluice.json"
    path.write_text(json.dumps({**config, "listen": "127.0.0.1:0"}))
    done = run_sluice("config", "check", "--config", path, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_config_check_tries_each_origin(make, tmp_path):
    fast, archive, other = make("directory", "fast"), make("bucket", "archive"), make("bucket", "other")
    for one in (archive, other):
        one.add(VIDEO, BODY)
    status, text = check_config(tmp_path, config_of(fast, archive, other))
    assert status == 0, text
    config = config_of(fast, archive, other)
    config["media"]["origins"][0]["root"] += "-gone"
    config["media"]["origins"][2]["s3"]["bucket"] = "no-such-bucket"
    status, text = check_config(tmp_path, config)
    assert status != 0
    assert re.search(r"^media\.origins\[0\]\.root: .*-gone cannot be opened: ", text, re.M), text
    assert "media.origins[1]" not in text
    assert "media.origins[2]: there is no bucket no-such-bucket" in text


@pytest.mark.parametrize("change, sentence", [
    ({"trainers": []}, "media.origins[1].trainers: must name a trainer in each entry"),
    ({"trainers": "acme"}, "[1].trainers: must be a list of texts"),
    ({"name": "fast"}, "media.origins[1].name: must differ from that of media.origins[0]"),
    ({"root": "/srv"}, "media.origins[1]: has root and s3"),
    ({"s3": {}}, "media.origins[1]: needs root or s3"),
    ({"layout": {"course": "{course_id}/x"}}, "media.origins[1].layout.course: {filename} does not occur"),
    ({"layout": {"curse": "x"}}, "[1].layout.curse: no such field of an origin, did you mean layout.course?"),
    ({"layout": "x"}, "[1].layout: must be an object"),
    ({"s3": {}, "root": "/tmp/../"}, "media.origins[1]: shares its place with media.origins[0]"),
])
def test_a_wrong_setting(make, tmp_path, change, sentence):
    config = config_of(make("directory", "fast"), make("bucket", "archive"))
    config["media"]["origins"][1].update(change)
    status, text = check_config(tmp_path, config)
    assert status != 0 and sentence in text.replace(str(tmp_path / "sluice.json") + ": ", ""), text


def test_config_print_round_trips(make, tmp_path):
    layout = {"course": "x/{trainer_id}/{course_id}/{filename}"}
    config = config_of(make("directory", "fast", trainers=["a*"], layout=layout), make("bucket", "archive"))
    path = tmp_path / "sluice.json"
    path.write_text(json.dumps(config))
    done = run_sluice("config", "print", "--config", path)
    assert done.returncode == 0, done
    assert json.loads(done.stdout)["media"]["origins"] == config["media"]["origins"]


def why(tmp_path, media, *origins, token=None):
    path = tmp_path / "why.json"
    path.write_text(json.dumps(config_of(*origins)))
    done = run_sluice("token", "why", "--url", "https://media.example" + media.target(), "--token",
                      token or mint(media), "--config", path, env={"SLUICE_SECRET": SECRET}, timeout=120)
    assert done.stderr == "", done
    return done.stdout.strip()


def test_token_why_says_which_origin_has_the_file(make, bucket, tmp_path):
    fast = make("directory", "fast", trainers=["trainer*"])
    archive = make("bucket", "archive")
    here, there = fast.add(Lesson("here.mp4"), BODY), archive.add(Lesson("there.mp4"), BODY)
    archive.add(here, BODY)
    good = "200: signature, claims, time and binding are valid, and the "
    assert why(tmp_path, here, fast, archive) == good + "file exists in the origin fast."
    assert why(tmp_path, there, fast, archive) == good + "object exists in the origin archive."
    assert why(tmp_path, here, archive, fast) == good + "object exists in the origin archive."
    course = archive.add(Course("x.mp4", course="c9", trainer="ann"), BODY)
    assert why(tmp_path, course, fast, archive) == good + "object exists in the origin archive."
    missing = Lesson("missing.mp4")
    text = why(tmp_path, missing, fast, archive)
    assert text.startswith("404: the token is valid for this URL, but the file does not exist: ")
    assert f"the origin fast: no regular file at {missing.path()} below media.origins[0].root; " in text
    assert f"the origin archive: the bucket vod has no object {archive.prefix}{missing.path()}." in text
    text = why(tmp_path, Lesson("missing.mp4", trainer="zed"), fast, archive)
    assert text.startswith("404:") and "; the origin fast: is for other trainers." in text
    fast.add(Course("x.mp4", course="c9", trainer="trainer1"), BODY)
    assert why(tmp_path, course, fast, archive).startswith("409:")
    with away(bucket):
        assert why(tmp_path, here, fast, archive) == good + "file exists in the origin fast."
        text = why(tmp_path, here, archive, fast)
        assert text.startswith("503:")
        assert "the origin archive cannot tell whether it has the file: the store at " in text


def test_token_issue_finds_the_owner_in_any_origin(make, tmp_path):
    from support.tokens import decode
    fast, archive = make("directory", "fast"), make("bucket", "archive")
    archive.add(Course("x.mp4", course="c9", trainer="ann"), BODY)
    path = tmp_path / "issue.json"
    path.write_text(json.dumps(config_of(fast, archive)))
    done = run_sluice("token", "issue", "--user", "anna", "--type", "course", "--course-id", "c9", "--filename",
                      "x.mp4", "--config", path, env={"SLUICE_SECRET": SECRET}, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert decode(done.stdout.strip())[1]["owner"] == "ann"
