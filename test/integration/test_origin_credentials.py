"""Credentials of an object store that come from the agent of a container: docs/objects.md."""

import json
import time

import pytest
from support.checks import check_problem
from support.credentials_agent import Agent
from support.ids import Lesson
from support.key_server import Authority
from support.media import noise
from support.metrics import scrape
from support.object_stores import BODY, VIDEO, Rgw, add
from support.paused import LARGE, Paused
from support.server import Server, run_sluice
from support.tokens import SECRET, mint
from support.waiting import eventually

EXPIRES = 'sluice_object_credentials_expire_timestamp_seconds{origin="objects"}'
RELEASED = 'sluice_object_released_total{origin="objects"}'
RESUMED = 'sluice_object_resumed_total{origin="objects"}'
FULL, RELATIVE = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
TOKEN, TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"


@pytest.fixture
def agent(bucket):
    one = Agent((bucket.access, bucket.secret))
    yield one
    one.stop()


@pytest.fixture
def token_file(tmp_path, agent):
    """As Kubernetes writes it: everybody may read it."""
    path = tmp_path / "token"
    path.write_text(agent.token + "\n")
    path.chmod(0o644)
    return path


def start(serve_bucket, agent, token_file, **s3):
    more = {"storage": {"open_timeout": 2, "read_timeout": 60}}
    return serve_bucket(more, credentials_file="", **s3, env={
        "SLUICE_SECRET": SECRET, FULL: agent.url, TOKEN_FILE: str(token_file)})


def named(service, event):
    return [one for one in service.events() if one["event"] == event]


def check_config(bucket, folder, env):
    config = bucket.config(folder, s3={"credentials_file": ""})
    path = folder / "sluice.json"
    path.write_text(json.dumps({**config, "listen": "127.0.0.1:0"}))
    result = run_sluice("config", "check", "--config", path, timeout=60, env=env)
    lines = [line for line in (result.stdout + result.stderr).splitlines() if "[0]" in line]
    return result.returncode, lines[0] if lines else result.stdout + result.stderr


def test_the_agent_is_asked_with_the_token_of_the_file(serve_bucket, agent, token_file):
    service = start(serve_bucket, agent, token_file)
    assert service.download(VIDEO).body == BODY
    assert agent.given == [agent.credentials[0]], "an hour is long enough"
    (event,) = named(service, "object_credentials_fetched")
    assert event["from"] == agent.place and event["expires"]
    assert abs(scrape(service)[EXPIRES] - (time.time() + 3600)) < 60
    assert service.get("/readyz").status == 200


def test_new_credentials_are_used_before_the_old_ones_end(serve_bucket, bucket, agent, token_file):
    """The first cannot read the bucket: a response shows which ones are in use. The token is read again each time."""
    agent.life = 12
    agent.credentials = (bucket.access, "not-the-secret")
    service = start(serve_bucket, agent, token_file)
    check_problem(service.download(VIDEO, token=mint(VIDEO)), 503)
    agent.credentials = (bucket.access, bucket.secret)
    agent.token = "another token"
    token_file.write_text("another token")
    ends = scrape(service)[EXPIRES]
    eventually(lambda: scrape(service)[EXPIRES] > ends)
    assert time.time() < ends, "renewed before the end"
    eventually(lambda: service.download(VIDEO, token=mint(VIDEO)).body == BODY)
    assert named(service, "object_credentials_renewed")


def test_keys_that_are_rotated_under_a_download(serve_bucket, bucket, agent, token_file):
    agent.life = 6
    service = start(serve_bucket, agent, token_file, release_after=1)
    content = noise(LARGE, seed=21)
    paused = Paused(service, add(bucket, Lesson("rotated.mp4"), content))
    eventually(lambda: scrape(service)[RELEASED] == 1)
    agent.credentials = bucket.second
    eventually(lambda: agent.given[-1] == bucket.second[0])
    eventually(lambda: len(named(service, "object_credentials_renewed")) >= 2)
    assert paused.finish() == content
    assert scrape(service)[RESUMED] >= 1
    assert service.download(Lesson("rotated.mp4"), {"Range": "bytes=0-99"}).body == content[:100]


@pytest.fixture
def sessions(bucket, tmp_path):
    """A store that gives sessions of a few seconds, with VIDEO."""
    if not isinstance(bucket, Rgw):
        pytest.skip("Swift has no sessions")
    store = Rgw(tmp_path / "sessions", S3_RGW_EXTRA=Rgw.SESSIONS)
    store.make_role()
    store.make_bucket()
    add(store, VIDEO, BODY)
    yield store
    store.stop()


def test_a_session_that_has_ended(sessions, tmp_path):
    """The store refuses its token, and the next file of credentials is used."""
    access, secret, session = sessions.assume_role(8)
    config = sessions.config(tmp_path, {"cache": {"lifetime_ms": 1}})
    sessions.credentials(tmp_path, secret, access, session)
    service = Server(tmp_path / "service", None, config=config)
    try:
        assert service.download(VIDEO).body == BODY
        eventually(lambda: service.download(VIDEO, token=mint(VIDEO)).status == 503)
        event = service.wait_for_event(lambda event: event["event"] == "object_store_problem")
        assert (event["outcome"], event["code"], event["status"]) == ("forbidden", "AccessDenied", "403"), event
        eventually(lambda: service.get("/readyz").status == 503)
        path = tmp_path / "check.json"
        path.write_text(json.dumps({**config, "listen": "127.0.0.1:0"}))
        checked = run_sluice("config", "check", "--config", path, timeout=60)
        assert checked.returncode == 1 and "the credentials are not valid" in checked.stderr
        access, secret, session = sessions.assume_role(60)
        sessions.credentials(tmp_path, secret, access, session)
        eventually(lambda: service.download(VIDEO, token=mint(VIDEO)).body == BODY)
        assert session not in service.stderr() + service.stdout() + checked.stderr
    finally:
        service.stop()


def test_sessions_of_an_agent_that_end_one_after_another(sessions, tmp_path):
    """Each is replaced before it ends: no request is refused, and a download outlives several of them."""
    agent = Agent(lambda: sessions.assume_role(12), life=12)
    content = noise(LARGE, seed=27)
    large = add(sessions, Lesson("long.mp4"), content)
    service = Server(tmp_path / "service", None, config=sessions.config(
        tmp_path, {"cache": {"lifetime_ms": 1}}, {"credentials_file": "", "release_after": 1}),
        env={"SLUICE_SECRET": SECRET, FULL: agent.url, TOKEN: agent.token})
    try:
        paused = Paused(service, large)
        end = time.monotonic() + 60
        while len(set(agent.given)) < 4:  # the first ones have ended
            assert time.monotonic() < end
            assert service.download(VIDEO, {"Range": "bytes=0-99"}, token=mint(VIDEO)).body == BODY[:100]
            time.sleep(0.2)
        assert paused.finish() == content
        assert named(service, "object_store_problem") == []
        assert scrape(service)[RESUMED] >= 1
    finally:
        service.stop()
        agent.stop()


def test_an_agent_that_is_away(serve_bucket, bucket, agent, token_file):
    """The old credentials stay in use, the cause is told once, and the agent's return is noticed."""
    agent.life = 6
    service = start(serve_bucket, agent, token_file)
    agent.stop()
    event = service.wait_for_event(lambda event: event["event"] == "object_credentials_failing")
    assert "stay in use" in event["effect"] and agent.place in event["cause"]
    assert service.download(VIDEO).body == BODY
    time.sleep(2.5)  # it is asked again
    causes = [event["cause"] for event in named(service, "object_credentials_failing")]
    assert len(causes) == len(set(causes)), "each once"
    agent.start()
    service.wait_for_event(lambda event: event["event"] == "object_credentials_renewed")
    agent.text = "{}"
    event = service.wait_for_event(lambda event: 'no member "AccessKeyId"' in event.get("cause", ""))
    assert event["event"] == "object_credentials_failing"
    assert service.download(VIDEO).body == BODY
    assert agent.token not in service.stderr() and "secret-path" not in service.stderr()


def test_a_service_starts_without_the_agent(serve_bucket, agent, token_file):
    agent.stop()
    service = start(serve_bucket, agent, token_file)
    check_problem(service.download(VIDEO, token=mint(VIDEO)), 503)
    assert service.get("/readyz").status == 503
    assert "no credentials" in named(service, "object_credentials_failing")[0]["effect"]
    agent.start()
    eventually(lambda: service.get("/readyz").status == 200)
    assert service.download(VIDEO).body == BODY


def test_a_file_and_a_key_of_the_environment_come_first(serve_bucket, bucket, agent, token_file):
    env = {"SLUICE_SECRET": SECRET, FULL: agent.url, TOKEN_FILE: str(token_file)}
    assert serve_bucket(env=env).download(VIDEO).body == BODY
    env.update(AWS_ACCESS_KEY_ID=bucket.access, AWS_SECRET_ACCESS_KEY=bucket.secret)
    assert serve_bucket(env=env, credentials_file="").download(VIDEO).body == BODY
    assert agent.given == []


@pytest.mark.parametrize("env, sentence", [
    ({FULL: "http://agent.example/creds"}, FULL + " must begin with https://"),
    ({FULL: "http://169.254.169.254/latest"}, FULL + " must begin with https://"),
    ({FULL: "agent"}, FULL + " must begin with https:// or http://"),
    ({RELATIVE: "creds"}, RELATIVE + " must begin with /"),
])
def test_row_76_credentials_are_not_fetched_in_clear_from_another_machine(bucket, tmp_path, env, sentence):
    status, line = check_config(bucket, tmp_path, env)
    assert status != 0 and sentence in line
    result = run_sluice("serve", "--config", tmp_path / "sluice.json", env={"SLUICE_SECRET": SECRET, **env})
    assert result.returncode != 0 and sentence in result.stdout + result.stderr


def test_an_agent_over_https(serve_bucket, bucket, tmp_path, token_file):
    """Its certificate has to be of the system's authorities, which SSL_CERT_FILE names here, and for its name."""
    authority, other = Authority(tmp_path / "authority"), Authority(tmp_path / "other")

    def given(agent, trusted):
        """(the sentence of config check, the credentials that a service was given)"""
        env = {FULL: agent.url, TOKEN_FILE: str(token_file), "SSL_CERT_FILE": str(trusted.certificate)}
        _, line = check_config(bucket, tmp_path, env)
        before = len(agent.given)
        service = serve_bucket({"storage": {"open_timeout": 2}}, credentials_file="",
                               env={"SLUICE_SECRET": SECRET, **env})
        answer = service.download(VIDEO, token=mint(VIDEO))
        assert (answer.body == BODY) == (len(agent.given) > before)
        if answer.status != 200:
            check_problem(answer, 503)
            assert "no credentials" in named(service, "object_credentials_failing")[0]["effect"]
        return line, agent.given

    agent = Agent((bucket.access, bucket.secret), pair=authority.sign("DNS:localhost"))
    line, credentials = given(agent, other)
    assert f"the agent at {agent.place} gives no credentials: the certificate of localhost is not trusted" in line
    assert credentials == [], "no token was sent"
    line, credentials = given(agent, authority)
    assert credentials == [bucket.access] * 2 and "ok" in line
    agent.stop()
    agent = Agent((bucket.access, bucket.secret), pair=authority.sign("DNS:another.example", "another"))
    line, credentials = given(agent, authority)
    assert "is not for localhost" in line and credentials == []
    agent.stop()


def test_config_check_asks_the_agent(bucket, tmp_path, agent, token_file):
    def check(**env):
        status, line = check_config(bucket, tmp_path, {FULL: agent.url, **env})
        assert agent.token not in line and "secret-path" not in line
        assert bucket.secret not in line.replace(str(tmp_path), "")
        return status, line

    status, line = check(**{TOKEN: agent.token})
    assert status == 0, line
    status, line = check(**{TOKEN: "wrong", TOKEN_FILE: str(token_file)})
    assert status == 0, line  # the file comes first
    status, line = check(**{TOKEN: "wrong"})
    assert status != 0 and f"answers 401: check {TOKEN}" in line
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    status, line = check(**{TOKEN_FILE: str(wrong)})
    assert status != 0 and f"answers 401: check {TOKEN_FILE} {wrong}" in line
    status, line = check(**{TOKEN_FILE: "/nonexistent/token"})
    assert status != 0 and f"{TOKEN_FILE}: /nonexistent/token cannot be opened" in line
    status, line = check(**{TOKEN: "a\r\nX-Injected: b"})
    assert status != 0 and "control character" in line

    def check_response(status, text, sentence):
        agent.status, agent.text = status, text
        status, line = check(**{TOKEN: agent.token})
        assert status != 0 and sentence in line, line

    check_response(307, "", "redirects are not followed")
    check_response(500, bucket.secret, "answers 500")
    check_response(200, "<html>", "is not a JSON object")
    check_response(200, json.dumps({"AccessKeyId": "a", "SecretAccessKey": bucket.secret,
                                    "Expiration": "2020-01-01T00:00:00Z"}), "ended at 2020-01-01T00:00:00Z")
    check_response(200, " " * 65537, "gives no credentials")
    agent.stop()
    status, line = check()
    assert status != 0 and f"the agent at {agent.place} gives no credentials" in line
    agent.start()
