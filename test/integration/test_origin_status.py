"""docs/objects.md, What commands show: sluice status and sluice top with media in an object store."""

import json

import jsonschema
import pytest
from support.credentials_agent import Agent
from support.object_stores import BODY, VIDEO
from support.server import ROOT, run_sluice
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
