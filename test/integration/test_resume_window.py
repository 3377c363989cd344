"""The resume window: a download that has begun finishes with its expired token (docs/api.md)."""

import json
import signal
import subprocess
import time

import pytest
from support.balancers import free_port
from support.checks import check_problem, check_refusal
from support.clients import run_client
from support.ids import VIDEO, Course, Lesson, Module
from support.issuers import bearer as credential
from support.issuers import issuer_key, keys_file
from support.media import noise
from support.metrics import check_metric, metric
from support.server import Server, run_sluice
from support.tokens import SECRET, decode, mint
from support.waiting import eventually

WEEK = 604800
HOUR = 3600
COUNTER = "sluice_resumes_after_expiry_total"


def late_token(media, window=HOUR, **claims):
    """A token that expired an hour ago, with a window of `window` seconds from now."""
    return mint(media, ttl=-HOUR, resume_until=int(time.time()) + window, **claims)


@pytest.mark.parametrize(
    "resume, window",
    [(None, 0), ("0", 0), ("1", 1), (str(WEEK), WEEK), (str(WEEK + 1), WEEK), ("9999999999", WEEK)],
)
@pytest.mark.parametrize("video", [VIDEO, Course("presentation.mp4"), Module("presentation.mp4")])
def test_minted(server, video, resume, window):
    answer = server.issue(video, resume=resume).json()
    _, claims = decode(answer["token"])
    assert list(answer)[:3] == ["token", "expires_in", "download_url"]
    assert answer["expires_in"] == 900
    if window == 0:
        assert "resume_expires_in" not in answer and "resume_until" not in claims
    else:
        assert answer["resume_expires_in"] == 900 + window
        assert claims["resume_until"] == claims["exp"] + window


@pytest.mark.parametrize("resume", ["", "-1", "1.5", "01", "00", "1e3", "10000000000", "week"])
def test_what_is_no_resume(server, resume):
    check_problem(server.issue(VIDEO, resume=resume), 400, parameter="resume")


def test_configured_windows(start_server, tree):
    tokens = {"default_resume": 60, "max_resume": 120}
    server = start_server(tree, config={"tokens": tokens})
    assert server.issue(VIDEO).json()["resume_expires_in"] == 960
    assert server.issue(VIDEO, resume=500).json()["resume_expires_in"] == 1020
    assert "resume_expires_in" not in server.issue(VIDEO, resume=0).json()
    server.reload({"tokens": {"max_resume": 0}})
    assert "resume_expires_in" not in server.issue(VIDEO, resume=500).json()
    refused = server.reload({"tokens": {"default_resume": 2, "max_resume": 1}}, "reload_refused")
    assert "tokens.max_resume" in str(refused)


def test_an_issuer_key_has_a_lower_maximum(start_server, tree, tmp_path):
    keys = {
        name: issuer_key(name, trust="trusted", **limits)
        for name, limits in {"none": {"max_resume": 0}, "hour": {"max_resume": HOUR}, "free": {}}.items()
    }
    path = keys_file(tmp_path / "keys.json", *(entry for _, entry in keys.values()))
    config = {"issuer": {"keys_file": str(path)}, "log": {"audit": str(tmp_path / "audit")},
              "tokens": {"default_resume": 2 * HOUR}}
    server = start_server(tree, config=config)

    def window(name, **extra):
        answer = server.issue(VIDEO, fields=credential(keys[name][0]), **extra).json()
        return answer.get("resume_expires_in", answer["expires_in"]) - answer["expires_in"]

    assert [window(name) for name in keys] == [0, HOUR, 2 * HOUR]
    assert [window(name, resume=WEEK) for name in keys] == [0, HOUR, WEEK]
    assert [window(name, resume=5) for name in keys] == [0, 5, 5]
    eventually(lambda: (tmp_path / "audit").read_text().count("\n") == 9)
    lines = [json.loads(line) for line in (tmp_path / "audit").read_text().splitlines()]
    told = [line.get("resume_expires_in") for line in lines]
    assert told == [None, 900 + HOUR, 900 + 2 * HOUR, None, 900 + HOUR, 900 + WEEK, None, 905, 905]


def test_sluice_key_writes_the_maximum(tmp_path):
    path = tmp_path / "keys.json"

    def key(*arguments):
        return run_sluice("key", *arguments, "--keys-file", path)

    assert key("new", "lms", "--max-resume", "86400").returncode == 0
    assert key("new", "strict", "--max-resume", "0").returncode == 0
    assert key("new", "plain").returncode == 0
    assert key("new", "bad", "--max-resume", "31536001").returncode == 2
    assert key("rotate", "lms").returncode == 0
    listed = key("list").stdout.splitlines()
    assert [line.split()[0] for line in listed if "max_resume=86400" in line] == ["lms", "lms"]
    assert [line.split()[0] for line in listed if "max_resume=0" in line] == ["strict"]


CLIENTS = {
    "curl": ("curl", "-fsS", "-C", "-", "-O", "-H"),
    "wget": ("wget", "-q", "-c", "--header"),
    "wget2": ("wget2", "-q", "-c", "--header"),
}


def run(client, server, video, token, folder, check=True):
    return run_client(*CLIENTS[client], f"Authorization: Bearer {token}",
                      server.base + video.target(), folder=folder, check=check)


@pytest.mark.parametrize("client", CLIENTS)
def test_real_clients_finish(server, media, tmp_path, client):
    """Each has a part of the file, and sends the token that it began with an hour ago."""
    video = Lesson(f"{client}.mp4")
    content = noise(6_000_000)
    part = tmp_path / video.filename
    media.add(video, content)
    part.write_bytes(content[:1_000_000])
    before = metric(server, COUNTER)
    token = late_token(video, jti=client)
    run(client, server, video, token, tmp_path)
    assert part.read_bytes() == content
    check_metric(server, COUNTER, before + 1)

    def lines():
        return [line for line in server.access_log() if line.get("jti") == client]

    eventually(lambda: len(lines()) == 1)
    assert lines()[0]["status"] == 206 and lines()[0]["admitted_by"] == "resume_window"
    part.unlink()
    assert run(client, server, video, token, tmp_path, check=False).returncode != 0
    assert not part.exists() or part.read_bytes() == b""  # the first byte takes a new token


def test_aria2_goes_on_where_a_server_was_lost(tree, tmp_path):
    """Its token expires during the download, then the server is killed. (An aria2 that is started
    again begins with a request for the whole file, which takes a valid token.)"""
    content = noise(12_000_000)
    video = tree.add(Lesson("aria2.mp4"), content)
    first = Server(tmp_path / "first", tree.root, listen=f"127.0.0.1:{free_port()}")
    token = mint(video, ttl=2, resume_until=int(time.time()) + HOUR)
    client = subprocess.Popen(
        ["aria2c", "-q", "--no-conf", "-x1", "-s1", "--max-tries=0", "--retry-wait=1",
         "--max-download-limit=2M", "--header", f"Authorization: Bearer {token}", "-o", "video.mp4",
         first.base + video.target()],
        cwd=tmp_path,
    )
    time.sleep(2.5)
    first.signal(signal.SIGKILL)
    first.wait()
    second = Server(tmp_path / "second", tree.root, listen=first.host)
    assert client.wait(60) == 0
    assert (tmp_path / "video.mp4").read_bytes() == content
    assert metric(second, COUNTER) >= 1
    lines = eventually(lambda: [line for line in second.access_log() if line["route"] == "download"])
    assert {line["status"] for line in lines} == {206}
    second.stop()


def test_head_tells_what_get_would(server):
    token = late_token(VIDEO)
    part = server.download(VIDEO, {"Range": "bytes=10-"}, token)
    head = server.download(VIDEO, {"Range": "bytes=10-"}, token, method="HEAD")
    assert (part.status, head.status, head.body) == (206, 206, b"")
    for name in ("Content-Range", "Content-Length", "ETag"):
        assert head.get(name) == part.get(name)
    assert server.download(VIDEO, token=token, method="HEAD").status == 401


def test_a_file_that_has_changed_is_not_mixed(start_server, tree):
    server = start_server(tree, config={"cache": {"lifetime_ms": 1}})
    video = tree.add(Lesson("v.mp4"), b"first version!")
    token = late_token(video)
    tag = server.download(video).get("ETag")
    fields = {"Range": "bytes=5-", "If-Range": tag}
    assert server.download(video, fields, token).body == b" version!"
    tree.replace(video, b"another version!")
    check_refusal(server.download(video, fields, token), 401, "token-expired")
    assert server.download(video, fields).status == 200
    fields = {"Range": "bytes=5-", "If-Match": tag}
    check_refusal(server.download(video, fields, token), 412, "precondition-failed")


def test_the_service_s_own_token(server):
    answer = server.issue(VIDEO, ttl=2, resume=60).json()
    token = answer["token"]
    assert server.download(VIDEO, token=token).status == 200
    eventually(lambda: server.download(VIDEO, token=token).status == 401)
    assert server.download(VIDEO, {"Range": "bytes=1-"}, token).status == 206


# --- the commands ---


def issue(*arguments, config=None):
    common = ["--type", "lesson", "--user", "u", "--rel", VIDEO.rel(), "--filename", "Video.mp4"]
    settings = [f"--set={each}" for each in config or ()]
    return run_sluice("token", "issue", *common, *arguments, *settings, env={"SLUICE_SECRET": SECRET})


def test_token_issue():
    answer = json.loads(issue("--resume", "60", "--json").stdout)
    _, claims = decode(answer["token"])
    assert claims["resume_until"] == claims["exp"] + 60
    assert answer["resume_expires_in"] == 960
    assert "resume_expires_in" not in json.loads(issue("--json").stdout)
    cut = issue("--resume", "61", config=["tokens.max_resume=60"])
    assert "cut to tokens.max_resume, 60" in cut.stderr and cut.returncode == 0
    for bad in ("-1", "x", "1.5", ""):
        assert issue(f"--resume={bad}").returncode == 2


def explain(command, *arguments, **options):
    return run_sluice("token", command, *arguments, env={"SLUICE_SECRET": SECRET}, **options)


def test_token_verify_and_inspect(tree):
    token = late_token(VIDEO)
    verified = explain("verify", token)
    assert verified.returncode == 1
    assert "has expired" in verified.stdout and "still continues a download" in verified.stdout
    assert "continues" not in explain("verify", mint(VIDEO, ttl=-5)).stdout
    assert "continues" not in explain("verify", late_token(VIDEO, window=-1)).stdout
    inspected = explain("inspect", token).stdout
    assert "EXPIRED" in inspected and "resume_until: " in inspected
    assert "may be continued" in inspected
    assert "no download can be continued" in explain("inspect", late_token(VIDEO, window=-1)).stdout


def test_token_why(tree):
    def why(token, media=VIDEO):
        return explain("why", "--media-root", tree.root, "--url", media.target(), "--token", token)

    explained = why(late_token(VIDEO))
    assert explained.returncode == 1
    for words in ("401:", "has expired", "resume_until", "bytes=N-", "a new token"):
        assert words in explained.stdout, explained.stdout
    assert "403:" in why(late_token(Lesson("Other.mp4"))).stdout
    gone = Lesson("gone.mp4")
    assert "404:" in why(late_token(gone), gone).stdout
    assert "resume_until" not in why(late_token(VIDEO, window=-1)).stdout
