"""docs/objects.md, What commands show: sluice token why and sluice token issue with media in an object store."""

import json
import time

import pytest
from support.clocks import shifted
from support.ids import Course, Lesson, Module
from support.object_stores import BODY, VIDEO, Rgw, add
from support.server import BINARY, SANITIZER_MARK, run_sluice
from support.tokens import SECRET, decode, mint
from support.waiting import eventually

IS_SANITIZED = SANITIZER_MARK in BINARY.read_bytes()
PRESENTATION = Course("presentation.mp4")
UNAVAILABLE = "503: the token is valid for this URL, but "


def run(bucket, folder, *arguments, s3=None, more=None, prefix=(), env=None):
    path = folder / "sluice.json"
    path.write_text(json.dumps(bucket.config(folder, more, s3)))
    return run_sluice(*arguments, "--config", path, env={"SLUICE_SECRET": SECRET, **(env or {})}, timeout=120,
                      prefix=prefix)


def why(bucket, folder, media, token=None, **how):
    """What sluice token why says."""
    done = run(bucket, folder, "token", "why", "--url", "https://media.example" + media.target(),
               "--token", token or mint(media), **how)
    assert done.stderr == "" and done.stdout.count("\n") == 1, done
    assert (done.returncode == 0) == done.stdout.startswith("200:"), done
    return done.stdout


def issue(bucket, folder, *arguments, **how):
    """(the claims of a token for the presentation, the messages)"""
    done = run(bucket, folder, "token", "issue", "--user", "anna", "--type", "course", "--course-id",
               PRESENTATION.course, "--filename", PRESENTATION.filename, *arguments, **how)
    assert done.returncode == 0, done
    return decode(done.stdout.strip())[1], done.stderr


@pytest.mark.parametrize("media", [VIDEO, PRESENTATION, Module("presentation.mp4"), Lesson("empty.mp4")],
                         ids=["lesson", "course", "module", "empty"])
def test_a_file_that_is_there(bucket, tmp_path, media):
    add(bucket, Lesson("empty.mp4"), b"")
    text = why(bucket, tmp_path, media)
    assert text == "200: signature, claims, time and binding are valid, and the object exists.\n"


def test_a_file_that_is_missing(bucket, tmp_path):
    missing = Lesson("missing.mp4")
    text = why(bucket, tmp_path, missing)
    assert text.startswith("404: the token is valid for this URL, but the file does not exist")
    assert f"the bucket vod has no object media/{missing.path()}." in text
    text = why(bucket, tmp_path, Course("presentation.mp4", course="nobodys"))
    assert text.startswith("404:") and "no trainer has the course." in text


def test_a_name_in_another_form(bucket, tmp_path):
    composed, decomposed = Lesson("\u00e9.mp4"), Lesson("e\u0301.mp4")
    for stored, asked in ((composed, decomposed), (decomposed, composed)):
        add(bucket, stored, BODY)
        text = why(bucket, tmp_path, asked)
        assert text.startswith("404:") and "another Unicode normalisation exists: " in text
        assert stored.target().rpartition("/")[2] in text
        bucket.delete("media/" + stored.path())


def test_the_trainer_of_a_course(bucket, tmp_path):
    text = why(bucket, tmp_path, PRESENTATION, mint(PRESENTATION, owner="trainer9"))
    assert text.startswith("403:") and "of trainer trainer9, and another trainer" in text
    for trainer in ("one", "two"):
        bucket.put(f"shared/{trainer}/{PRESENTATION.course}/presentation.mp4", BODY)
    assert why(bucket, tmp_path, PRESENTATION, s3={"prefix": "shared/"}).startswith("409:")


def test_other_checks_come_first(bucket, tmp_path):
    """A token that is not valid costs the store nothing, and its refusal is explained without it."""
    away = {"endpoint": "http://127.0.0.1:9"}
    assert why(bucket, tmp_path, VIDEO, mint(VIDEO, ttl=-5), s3=away).startswith("401: the token has expired")
    assert why(bucket, tmp_path, VIDEO, mint(Lesson("x.mp4")), s3=away).startswith("403:")


@pytest.mark.parametrize("media", [VIDEO, PRESENTATION], ids=["lesson", "course"])
@pytest.mark.parametrize("s3, sentence", [
    ({"endpoint": "http://127.0.0.1:9"}, "the store at http://127.0.0.1:9 cannot be reached: "),
    ({"endpoint": "https://no-such-host.invalid"}, "the name no-such-host.invalid cannot be resolved"),
    ({"bucket": "no-such-bucket"}, "there is no bucket no-such-bucket at "),
    ({"credentials_file": "/nonexistent/credentials"},
     "the store cannot be asked: media.origins[0].s3.credentials_file: /nonexistent/credentials cannot be opened"),
    ({"endpoint": "https://127.0.0.1", "ca_file": "/nonexistent/ca.pem"}, "media.origins[0].s3.ca_file: /nonexistent/ca.pem"),
])
def test_a_store_that_cannot_be_asked(bucket, tmp_path, media, s3, sentence):
    text = why(bucket, tmp_path, media, s3=s3)
    assert text.startswith(UNAVAILABLE) and sentence in text, text


@pytest.mark.parametrize("media", [VIDEO, PRESENTATION], ids=["lesson", "course"])
def test_credentials_and_rights(bucket, tmp_path, media):
    folder = tmp_path / "other"
    folder.mkdir()
    wrong = bucket.credentials(folder, secret="hush-hush-hush")
    text = why(bucket, tmp_path, media, s3={"credentials_file": wrong})
    assert text.startswith(UNAVAILABLE + "the store does not accept the credentials") and "hush" not in text
    access, secret = bucket.reader
    reader = bucket.credentials(folder, secret, access)
    text = why(bucket, tmp_path, media, s3={"credentials_file": reader})
    assert text.startswith(UNAVAILABLE + "the credentials are not valid, or may not ") and "AccessDenied" in text
    assert ("s3.hides_missing" in text) == (media is VIDEO)
    if isinstance(bucket, Rgw) and media is VIDEO:
        bucket.grant("s3:GetObject", "arn:aws:s3:::vod/*")
        assert why(bucket, tmp_path, media, s3={"credentials_file": reader}).startswith("200:")
        hidden = {"credentials_file": reader, "hides_missing": True}
        assert why(bucket, tmp_path, Lesson("missing.mp4"), s3=hidden).startswith("404:")
        bucket.grant("s3:GetObject", "arn:aws:s3:::vod/nothing")


def test_the_region(bucket, tmp_path):
    if isinstance(bucket, Rgw):
        pytest.skip("Ceph accepts any region")
    text = why(bucket, tmp_path, VIDEO, s3={"region": "eu-west-3"})
    assert text.startswith(UNAVAILABLE + "the bucket is not in the region eu-west-3"), text


@pytest.mark.skipif(IS_SANITIZED, reason="libfaketime and the sanitizers exclude each other")
@pytest.mark.parametrize("shift, sentence", [("-20m", "behind the store's"), ("+20m", "ahead of the store's")])
def test_the_clock(bucket, tmp_path, shift, sentence):
    """A service would serve the object, signed by the store's clock: 200, with a remark."""
    token = mint(VIDEO, iat=int(time.time()) - 3600, ttl=3600)
    text = why(bucket, tmp_path, VIDEO, token, prefix=shifted(shift))
    assert text.startswith("200:") and "But the clock of this machine is " in text and sentence in text, text


def test_a_store_that_hangs_costs_a_bounded_time(bucket, tmp_path):
    bucket.freeze()
    try:
        began = time.monotonic()
        text = why(bucket, tmp_path, Lesson("unseen.mp4"))
        assert text.startswith(UNAVAILABLE + f"the store at {bucket.endpoint} cannot be reached: "), text
        assert time.monotonic() - began < 60
        done = run(bucket, tmp_path, "config", "check", "--listen", "127.0.0.1:0", more={"storage": {"open_timeout": 1}})
        assert done.returncode == 1 and "cannot be reached: it did not answer in time" in done.stderr
    finally:
        bucket.thaw()
    eventually(lambda: why(bucket, tmp_path, VIDEO).startswith("200:"))


def test_a_token_gets_the_trainer_of_the_course(bucket, tmp_path):
    claims, messages = issue(bucket, tmp_path)
    assert (claims["owner"], messages) == (PRESENTATION.trainer, "")
    away = {"endpoint": "http://127.0.0.1:9"}
    claims, messages = issue(bucket, tmp_path, s3=away)
    assert "owner" not in claims
    assert "the course cannot be looked up: the store at http://127.0.0.1:9 cannot be reached" in messages
    claims, messages = issue(bucket, tmp_path, "--owner", "trainer9", s3=away)
    assert (claims["owner"], messages) == ("trainer9", "")
    claims, messages = issue(bucket, tmp_path, s3={"prefix": "elsewhere/"})
    assert ("owner" in claims, messages) == (False, "")
