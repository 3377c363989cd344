"""The customer's integration guide, by its own commands with only the host changed."""

import json
import pathlib
import re
import subprocess

import pytest
from support.checks import attachment_name, fallback_name
from support.clients import bearer, curl, run_client
from support.ids import ACCENTS, COURSE_PRESENTATION, JAPANESE, MODULE_PRESENTATION, SAMPLES, VIDEO
from support.ids import Lesson
from support.media import noise

GUIDE = [
    (
        VIDEO,
        "type=lesson&user_id=trainer123&rel=trainer123/course456/module789/lesson001"
        "&filename=Video.mp4&ttl=900",
        "/download2/trainer123/course456/module789/lesson001/Video.mp4",
    ),
    (
        COURSE_PRESENTATION,
        "type=course&user_id=trainer123&course_id=course456&filename=presentation.mp4",
        "/download2/course/course456/presentation.mp4",
    ),
    (
        MODULE_PRESENTATION,
        "type=module&user_id=trainer123&course_id=course456&module_id=module789"
        "&filename=presentation.mp4",
        "/download2/module/course456/module789/presentation.mp4",
    ),
]


@pytest.mark.parametrize("video, query, path", GUIDE, ids=["lesson", "course", "module"])
def test_pair_of_the_guide(server, media, tmp_path, video, query, path):
    answer = json.loads(
        curl(f"{server.base}/api/get-download-token/v2?{query}", folder=tmp_path).stdout
    )
    assert set(answer) == {"token", "expires_in", "download_url"}
    assert answer["expires_in"] == 900
    assert answer["download_url"] == server.base + path

    curl(*bearer(answer["token"]), "-OJL", f"{server.base}{path}", folder=tmp_path)
    saved = [entry.name for entry in tmp_path.iterdir()]
    assert saved == [video.filename]
    assert (tmp_path / video.filename).read_bytes() == media.content(video)


def test_name_with_spaces_is_saved_by_curl(server, media, tmp_path):
    video = media.add(Lesson("Une lecon en trois mots.mp4"), noise(1000))
    curl(*bearer(server.token(video)), "-OJL", server.base + video.target(), folder=tmp_path)
    assert (tmp_path / "Une lecon en trois mots.mp4").read_bytes() == media.content(video)


@pytest.mark.parametrize("video", [ACCENTS, JAPANESE], ids=["accents", "japanese"])
def test_name_beyond_ascii_reaches_clients_that_read_rfc_8187(server, media, tmp_path, video):
    response = server.download(video)
    assert attachment_name(response) == video.filename
    assert response.body == media.content(video)

    url = server.issue(video).json()["download_url"]
    header = f"--header=Authorization: Bearer {server.token(video)}"
    run_client("wget", "-q", "--content-disposition", header, url, folder=tmp_path)
    assert (tmp_path / video.filename).read_bytes() == media.content(video)


@pytest.mark.parametrize("video", [ACCENTS, JAPANESE], ids=["accents", "japanese"])
def test_name_beyond_ascii_is_saved_by_curl_under_the_ascii_name(server, media, tmp_path, video):
    """curl reads only filename=; the saved file is complete and safely named."""
    curl(*bearer(server.token(video)), "-OJL", server.base + video.target(), folder=tmp_path)
    saved = [entry.name for entry in tmp_path.iterdir()]
    assert saved == [fallback_name(server.download(video))]
    assert saved[0].isascii() and saved[0].endswith(".mp4")
    assert (tmp_path / saved[0]).read_bytes() == media.content(video)


@pytest.mark.parametrize("video", SAMPLES, ids=lambda video: video.kind)
def test_download_url_round_trips(server, media, video):
    """The Flutter client of the guide uses only the token and the URL of the response."""
    answer = server.issue(video).json()
    assert answer["download_url"].startswith(server.base + "/download2/")
    response = server.get(answer["download_url"][len(server.base) :], token=answer["token"])
    assert response.status == 200
    assert response.body == media.content(video)


def printed_commands(base):
    """The output of scripts/run for a service at `base`."""
    script = (pathlib.Path(__file__).resolve().parents[2] / "scripts/run").read_text()
    pattern = r"^(?:pair|named_pair|print_commands)\(\) \{.*?^\}$"
    functions = re.findall(pattern, script, re.M | re.S)
    assert len(functions) == 3
    printer = "\n".join(['step() { :; }', f'base="{base}"', *functions, "print_commands"])
    return subprocess.run(["bash", "-c", printer], capture_output=True, check=True).stdout.decode()


def test_commands_that_scripts_run_prints(server, media, tmp_path):
    """Runs the guide's commands in a shell, so that a newcomer's first page is never wrong."""
    commands = printed_commands(server.base)
    assert commands.count("\ncurl -fsS ") == 5
    run_client("bash", "-ec", commands, folder=tmp_path)
    for video in (VIDEO, COURSE_PRESENTATION):
        assert (tmp_path / video.filename).read_bytes() == media.content(video)
    for video in (MODULE_PRESENTATION, ACCENTS, JAPANESE):
        assert (tmp_path / "module" / video.filename).read_bytes() == media.content(video)


def test_commands_that_scripts_run_prints_end_with_the_reason(start_server, tree, tmp_path):
    """Pasted into a shell, a refusal is printed and never saved as a video."""
    commands = printed_commands(start_server(tree, config={"issuer": {"mode": "auto"}}).base)
    (tmp_path / "paste").mkdir()
    done = subprocess.run(["bash", "-i"], input=commands, cwd=tmp_path / "paste", capture_output=True,
                          encoding="utf-8", check=False, timeout=60)
    assert done.stderr.count("issuer-closed") == 5, done.stderr
    assert [path.name for path in (tmp_path / "paste").rglob("*")] == ["module"]


def test_a_file_that_is_gone_is_not_saved_as_a_video(start_server, tree, tmp_path):
    server = start_server(tree)
    commands = printed_commands(server.base)
    for name in list(tree.root.rglob("*.mp4")):
        name.unlink()
    (tmp_path / "paste").mkdir()
    done = subprocess.run(["bash", "-i"], input=commands, cwd=tmp_path / "paste", capture_output=True,
                          encoding="utf-8", check=False, timeout=60)
    assert done.stderr.count("media-not-found") == 5, done.stderr
    assert [path.name for path in (tmp_path / "paste").rglob("*")] == ["module"]
