"""docs/objects.md, What commands show: sluice status and sluice top with media in an object store."""

import json

import jsonschema
import pytest
from support.credentials_agent import Agent
from support.ids import Lesson
from support.media import noise
from support.object_stores import BODY, VIDEO, add
from support.paused import LARGE, Paused
from support.server import ROOT, Server, run_sluice
from support.tokens import SECRET
from support.users import open_folder
from support.waiting import eventually

SCHEMA = json.loads((ROOT / "docs/status.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def socket():
    """Short, because the path of a socket has at most 107 bytes."""
    with open_folder() as folder:
        yield folder / "control"


def status(socket):
    done = run_sluice("status", "--socket", socket, "--json")
    assert done.returncode == 0, done
    state = json.loads(done.stdout)
    jsonschema.validate(state, SCHEMA)
    return state


def text_of(socket, command="status", *more):
    done = run_sluice(command, *more, "--socket", socket)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_status_shows_the_store(bucket, serve_bucket, socket):
    service = serve_bucket({"control": {"socket": str(socket)}})
    assert service.download(VIDEO).body == BODY
    (store,) = status(socket)["object_stores"]
    assert store == {"name": "objects", "endpoint": bucket.endpoint, "bucket": "vod", "ready": True,
                     "last_outcome": "done", "last_problem": None, "credentials_end": None}
    assert f"\nObjects      objects, bucket vod at {bucket.endpoint}: ready, last outcome done\n" in text_of(socket)
    assert "Objects" not in text_of(socket, "top", "--once")
    bucket.credentials(service.folder, secret="wrong-secret-that-nobody-has")
    eventually(lambda: not status(socket)["object_stores"][0]["ready"])
    (store,) = status(socket)["object_stores"]
    assert store["last_outcome"] == store["last_problem"]["outcome"] and store["last_problem"]["code"]
    assert store["last_problem"]["age_s"] < 30
    text = text_of(socket)
    assert ": NOT READY, last outcome " in text and f" ({store['last_problem']['code']}) " in text
    assert "objects is NOT READY" in text_of(socket, "top", "--once")
    assert "wrong-secret" not in text and bucket.access not in text
    bucket.credentials(service.folder)
    eventually(lambda: status(socket)["object_stores"][0]["ready"])
    assert status(socket)["object_stores"][0]["last_problem"], "it is still of interest"


def test_status_shows_the_path_of_an_object(bucket, serve_bucket, socket):
    large = add(bucket, Lesson("large.mp4"), noise(LARGE, seed=3))
    service = serve_bucket({"control": {"socket": str(socket)}})
    paused = Paused(service, large)
    (one,) = status(socket)["transfers"]
    assert (one["origin"], one["file"], one["size"]) == ("objects", large.path(), LARGE)
    assert large.path() in text_of(socket) and large.path() in text_of(socket, "top", "--once")
    paused.close()


def test_status_tells_origins_apart(bucket, tree, tmp_path, socket):
    """The same path in a directory and in a bucket, and transfers of both."""
    config = bucket.config(tmp_path, {"control": {"socket": str(socket)}, "cache": {"lifetime_ms": 50}})
    config["media"]["origins"].insert(0, {"name": "fast", "root": str(tree.root)})
    service = Server(tmp_path / "service", None, config=config)
    try:
        lesson = Lesson("both.mp4")
        tree.add(lesson, noise(LARGE, seed=4))
        add(bucket, lesson, noise(LARGE, seed=5))
        first = Paused(service, lesson)
        tree.path(lesson).unlink()
        eventually(lambda: service.download(lesson, {"Range": "bytes=0-9"}).body == noise(LARGE, seed=5)[:10])
        second = Paused(service, lesson)
        rows = status(socket)["transfers"]
        assert [(one["origin"], one["file"]) for one in rows] == [
            ("fast", lesson.path() + " (deleted)"), ("objects", lesson.path())]
        first.close(), second.close()
    finally:
        service.stop()


def test_status_shows_when_credentials_end(bucket, serve_bucket, socket):
    agent = Agent((bucket.access, bucket.secret))
    try:
        serve_bucket({"control": {"socket": str(socket)}}, credentials_file="", env={
            "SLUICE_SECRET": SECRET, "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.url,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": agent.token})
        end = status(socket)["object_stores"][0]["credentials_end"]
        assert end and f", credentials until {end}\n" in text_of(socket)
    finally:
        agent.stop()


def test_a_directory_has_no_such_line(start_server, tree, socket):
    start_server(tree, config={"control": {"socket": str(socket)}})
    assert status(socket)["object_stores"] == [] and "Objects" not in text_of(socket)
