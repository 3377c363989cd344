"""Signing keys: their sources, their rotation, and that they are never disclosed."""

import base64
import json
import re

import pytest
from support.checks import check_invalid_token, check_problem
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, VIDEO, Lesson
from support.server import run_sluice
from support.tokens import SECRET, b64url, decode, mint

OLD = "the-old-key-of-this-site-is-forty-bytes!"
NEW = "the-new-key-of-this-site-is-forty-bytes!"
TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


def key_file(folder, *keys, mode=0o600, name="keys.json"):
    """A key file with (kid, secret) pairs."""
    path = folder / name
    entries = [{"kid": kid, "secret": b64url(secret.encode())} for kid, secret in keys]
    path.write_text(json.dumps({"keys": entries}))
    path.chmod(mode)
    return path


def serve_once(tree, *arguments, env=None):
    """Starts with a configuration that must be rejected."""
    result = run_sluice(
        "serve", "--listen", "127.0.0.1:0", "--media-root", tree.root, *arguments, env=env
    )
    assert result.returncode != 0
    assert "listening" not in result.stderr and "terminate" not in result.stderr
    return result


def test_key_file_signs_and_verifies(start_server, tree, tmp_path):
    path = key_file(tmp_path, ("2024-06", NEW))
    server = start_server(tree, arguments=["--key-file", path], env={})
    header, _ = decode(server.token(VIDEO), NEW)
    assert header["kid"] == "2024-06"
    assert server.download(VIDEO).status == 200
    assert server.download(VIDEO, token=mint(VIDEO, NEW)).status == 200
    assert server.download(VIDEO, token=mint(VIDEO, NEW, headers={"kid": "2024-06"})).status == 200
    check_invalid_token(server.download(VIDEO, token=mint(VIDEO, NEW, headers={"kid": "2023-01"})))
    assert "ephemeral" not in server.stderr()


def test_first_key_signs_and_all_verify(start_server, tree, tmp_path):
    old = start_server(tree, arguments=["--key-file", key_file(tmp_path, ("a", OLD))], env={})
    both_path = key_file(tmp_path, ("b", NEW), ("a", OLD), name="both.json")
    both = start_server(tree, arguments=["--key-file", both_path], env={})
    new_path = key_file(tmp_path, ("b", NEW), name="new.json")
    new = start_server(tree, arguments=["--key-file", new_path], env={})

    assert decode(both.token(VIDEO), NEW)[0]["kid"] == "b"
    from_old = old.token(VIDEO)
    assert both.download(VIDEO, token=from_old).status == 200
    assert new.download(VIDEO, token=both.token(VIDEO)).status == 200
    check_invalid_token(new.download(VIDEO, token=from_old))
    check_invalid_token(both.download(VIDEO, token=mint(VIDEO, OLD, headers={"kid": "b"})))


def test_secret_of_server_py_beside_a_key_file(start_server, tree, tmp_path):
    """A site moves to a key file: the file signs new tokens, and old ones stay valid until they
    expire."""
    path = key_file(tmp_path, ("a", NEW))
    server = start_server(tree, arguments=["--key-file", path], env={"SLUICE_SECRET": SECRET})
    assert decode(server.token(VIDEO), NEW)[0]["kid"] == "a"
    assert server.download(VIDEO, token=mint(VIDEO, SECRET)).status == 200


@pytest.mark.parametrize("mode", [0o644, 0o620, 0o660, 0o604, 0o602])
def test_key_file_that_others_can_touch_is_refused(tree, tmp_path, mode):
    path = key_file(tmp_path, ("a", NEW), mode=mode)
    result = serve_once(tree, "--key-file", path)
    assert str(path) in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"keys": []}',
        '{"keys": [{"kid": "a"}]}',
        '{"keys": [{"kid": "a b", "secret": "%s"}]}' % b64url(b"x" * 32),
        '{"keys": [{"kid": "a", "secret": "%s"}]}' % b64url(b"x" * 31),
        '{"keys": [{"kid": "a", "secret": "not base64url!"}]}',
        '{"keys": [{"kid": "a", "secret": "%s", "alg": "none"}]}' % b64url(b"x" * 32),
        '{"keys": [{"kid": "a", "secret": "%s"}, {"kid": "a", "secret": "%s"}]}'
        % (b64url(b"x" * 32), b64url(b"y" * 32)),
    ],
)
def test_key_file_that_makes_no_sense_is_refused(tree, tmp_path, text):
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    result = serve_once(tree, "--key-file", path)
    assert b64url(b"x" * 30) not in result.stderr and "x" * 30 not in result.stderr


def test_missing_key_file_is_refused(tree, tmp_path):
    serve_once(tree, "--key-file", tmp_path / "none.json")


def test_secret_has_no_flag_and_no_setting(tree, tmp_path):
    serve_once(tree, "--secret", SECRET)
    path = tmp_path / "sluice.json"
    path.write_text(json.dumps({"tokens": {"secret": SECRET}}))
    assert SECRET not in serve_once(tree, "--config", path).stderr


def test_random_key_warns(start_server, tree):
    server = start_server(tree, env={})
    warnings = [event for event in server.events() if event["level"] == "warning"]
    assert any("SLUICE_SECRET" in str(event) or "key" in str(event) for event in warnings)


@pytest.mark.parametrize("video", [VIDEO, COURSE_PRESENTATION, MODULE_PRESENTATION])
def test_offline_token_downloads(server, tree, video):
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in video.claims().items()]
    env = {"SLUICE_SECRET": SECRET}
    issued = run_sluice("token", "issue", *flags, "--user", "trainer123", "--ttl", "60", env=env)
    assert issued.returncode == 0, issued.stderr
    token = issued.stdout.strip()
    assert TOKEN.fullmatch(token)
    assert server.download(video, token=token).status == 200
    _, claims = decode(token)
    assert claims["exp"] - claims["iat"] == 60

    verified = run_sluice("token", "verify", *flags, "-", env=env, input=token + "\n")
    assert verified.returncode == 0, verified
    other = run_sluice("token", "verify", "-", env={"SLUICE_SECRET": NEW}, input=token)
    assert other.returncode != 0
    inspected = run_sluice("token", "inspect", "-", env={}, input=token)
    assert inspected.returncode == 0
    assert video.filename in inspected.stdout and "NOT VERIFIED" in inspected.stdout


def test_offline_json_is_what_the_route_answers(tree):
    result = run_sluice(
        "token", "issue", "--type", "lesson", "--rel", VIDEO.rel(), "--filename", VIDEO.filename,
        "--user", "trainer123", "--json", "--public-base-url", "https://media.example",
        env={"SLUICE_SECRET": SECRET},
    )
    answer = json.loads(result.stdout)
    assert set(answer) == {"token", "expires_in", "download_url"}
    assert answer["expires_in"] == 900
    assert answer["download_url"] == "https://media.example" + VIDEO.target()


def test_verify_and_the_server_judge_alike(server):
    token = mint(VIDEO, ttl=-5)
    result = run_sluice("token", "verify", "-", env={"SLUICE_SECRET": SECRET}, input=token)
    assert result.returncode != 0 and "expired" in result.stdout + result.stderr
    problem = check_problem(server.download(VIDEO, token=token), 401)
    assert "expired" in problem["type"]


def test_secrets_and_tokens_never_show_in_logs(start_server, tree, tmp_path):
    path = key_file(tmp_path, ("a", NEW))
    server = start_server(
        tree,
        arguments=["--key-file", path, "--log-level", "debug"],
        env={"SLUICE_SECRET": SECRET},
        config={"issuer": {"mode": "none"}},
    )
    good, foreign = server.token(VIDEO), mint(Lesson("other.mp4"), OLD)
    server.download(VIDEO, token=good)
    server.download(VIDEO, token=foreign)
    server.download(VIDEO, token=mint(VIDEO, ttl=-5))
    server.get(f"{VIDEO.target()}?token={good}")
    server.get(f"/{good}")
    server.get(VIDEO.target(), [("Authorization", f"Bearer {good}")] * 2)
    server.raw(f"GET / HTTP/1.1\r\nAuthorization: Bearer {good}\r\n bad: x\r\n\r\n".encode())
    server.stop()

    written = server.stdout() + server.stderr()
    assert server.access_log(), "nothing logged, nothing shown"
    for secret in (SECRET, NEW):
        raw = secret.encode()
        for form in (secret, b64url(raw), raw.hex(), base64.b64encode(raw).decode()):
            assert form not in written
    for token in (good, foreign):
        for part in token.split(".")[1:]:
            assert part not in written
    assert VIDEO.target() not in written, "the route is logged, not the target"
