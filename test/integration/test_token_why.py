"""sluice token why: the check that rejects a download, and a request that would be accepted."""

import json
import time

import pytest
from support.ids import VIDEO, Lesson
from support.server import run_sluice
from support.tokens import OTHER_SECRET, SECRET, mint


def why(tree, token, url=None, input=None, config=None):
    arguments = ["--media-root", tree.root] if tree else []
    if config:
        arguments += ["--config", config]
    url = url or "https://media.example/prefix" + VIDEO.target()
    return run_sluice(
        "token", "why", "--url", url, "--token", token, *arguments,
        env={"SLUICE_SECRET": SECRET}, input=input,
    )


@pytest.mark.parametrize(
    "token, status, words",
    [
        (lambda: mint(VIDEO), 0, ["200:", "the file exists"]),
        (lambda: mint(VIDEO, ttl=-5), 1, ["401:", "has expired", "A new token would be accepted"]),
        (lambda: mint(VIDEO, OTHER_SECRET), 1, ["401:", "no key", "key_file"]),
        (lambda: mint(VIDEO, nbf=int(time.time()) + 500), 1, ["401:", "nbf", "leeway"]),
        (lambda: mint(VIDEO, iss=7), 1, ["401:", "the claim iss"]),
        (lambda: mint(VIDEO, headers={"kid": "x"}), 1, ["401:", "(kid)"]),
        (lambda: mint(VIDEO)[:-9], 1, ["401:", "not a compact JWS"]),
        (lambda: mint(Lesson("Other.mp4")), 1, ["403:", "Other.mp4;", "/Video.mp4."]),
    ],
)
def test_each_check_says_what_would_pass(tree, token, status, words):
    explained = why(tree, token())
    assert explained.returncode == status, explained
    assert [word for word in words if word not in explained.stdout] == []
    assert explained.stdout.count("\n") == 1


def test_the_file_and_the_url(tree):
    gone = Lesson("gone.mp4")
    explained = why(tree, mint(gone), gone.target())
    assert (explained.returncode, "404:" in explained.stdout) == (1, True)
    assert why(tree, mint(VIDEO), "https://media.example/elsewhere").returncode == 1
    assert "not checked" in why(None, mint(VIDEO)).stdout
    assert why(tree, "-", input=mint(VIDEO) + "\n").returncode == 0
    assert why(tree, "").returncode == 2


def test_a_token_is_not_repeated(tree):
    token = mint(VIDEO, ttl=-5)
    explained = why(tree, token)
    assert token not in explained.stdout + explained.stderr


def test_settings_of_the_node_count(tree, tmp_path):
    config = tmp_path / "sluice.json"
    config.write_text(json.dumps({"tokens": {"audience": "elsewhere"}}))
    assert "the claim aud" in why(tree, mint(VIDEO), config=config).stdout
