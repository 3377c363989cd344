"""`sluice config check` says in a sentence what is wrong with an origin."""

import contextlib
import json

import pytest
from support.balancers import FRONT, UNTUNED_NGINX, ProxyOfOthers
from support.clocks import shifted
from support.key_server import Authority
from support.object_stores import BODY, VIDEO, Rgw
from support.server import BINARY, SANITIZER_MARK, run_sluice

IS_SANITIZED = SANITIZER_MARK in BINARY.read_bytes()
TLS = """
        ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};
        location / {{
            proxy_pass {endpoint};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_buffering off;
        }}
"""


@contextlib.contextmanager
def over_tls(bucket, folder, names):
    """(endpoint, file of its authority): nginx with a certificate for `names`, in front of the store."""
    authority = Authority(folder / "authority")
    server = TLS.format(pair=authority.sign(names), endpoint=bucket.endpoint)
    text = UNTUNED_NGINX.format(front=f"{FRONT} ssl", location=server)
    with ProxyOfOthers("nginx", folder / "nginx", text) as proxy:
        yield f"https://localhost:{proxy.address[1]}", str(authority.certificate)


def check_config(bucket, folder, s3=None, command=()):
    config = bucket.config(folder, s3=s3)
    path = folder / "sluice.json"
    path.write_text(json.dumps({**config, "listen": "127.0.0.1:0"}))
    result = run_sluice("config", "check", "--config", path, timeout=60, prefix=command)
    return result.returncode, result.stdout + result.stderr


def objection(bucket, folder, s3=None, command=()):
    status, text = check_config(bucket, folder, s3, command)
    assert status != 0, text
    (line,) = [line for line in text.splitlines() if "[0]" in line]
    return line


@pytest.mark.parametrize("s3, sentence", [
    ({"endpoint": "http://127.0.0.1:9"}, "cannot be reached"),
    ({"endpoint": "https://no-such-host.invalid"}, "no-such-host.invalid"),
    ({"endpoint": "http://store.example"}, "must begin with https://"),
    ({"bucket": "no-such-bucket"}, "there is no bucket no-such-bucket"),
    ({"prefix": "elsewhere/"}, "check s3.bucket and s3.prefix"),
    ({"endpoint": "ftp://x"}, "must begin with https:// or http://"),
    ({"endpoint": "http://127.0.0.1/bucket"}, "must not have a path"),
    ({"bucket": "a/b"}, "must be the name of a bucket"),
    ({"prefix": "/media/"}, "must end with / and not begin with it"),
    ({"credentials_file": "/nonexistent/credentials"}, "cannot be opened"),
    ({"credentials_file": ""}, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    ({"endpoint": "https://127.0.0.1", "ca_file": "/nonexistent/ca.pem"}, "ca.pem"),
    ({"ca_file": "/nonexistent/ca.pem"}, "must begin with https:// where ca_file is set"),
    ({"addressing": "host"}, "is an address"),
    ({"secret_access_key": "x"}, "use s3.credentials_file"),
    ({"buckte": "vod"}, "no such field of an origin"),
])
def test_a_setting(bucket, tmp_path, s3, sentence):
    assert sentence in objection(bucket, tmp_path, s3)


def test_credentials(bucket, tmp_path):
    folder = tmp_path / "wrong"
    folder.mkdir()
    wrong = bucket.credentials(folder, secret="hush-hush-hush")
    line = objection(bucket, tmp_path, dict(credentials_file=wrong))
    assert "does not accept the credentials" in line and "hush" not in line
    wrong = bucket.credentials(folder, access="nobody")
    assert "does not accept the credentials" in objection(bucket, tmp_path, dict(credentials_file=wrong))
    (folder / "credentials.json").chmod(0o644)
    assert "chmod 600" in objection(bucket, tmp_path, dict(credentials_file=wrong))


def test_rights(bucket, tmp_path):
    folder = tmp_path / "reader"
    folder.mkdir()
    access, secret = bucket.reader
    reader = bucket.credentials(folder, secret, access)
    assert "may not list the bucket" in objection(bucket, tmp_path, dict(credentials_file=reader))
    if isinstance(bucket, Rgw):
        bucket.grant("s3:ListBucket", "arn:aws:s3:::vod")
        assert "may not read its objects" in objection(bucket, tmp_path, dict(credentials_file=reader))
        bucket.grant("s3:GetObject", "arn:aws:s3:::vod/*")
        status, text = check_config(bucket, tmp_path, dict(credentials_file=reader, hides_missing=True))
        assert status == 0, text


def test_the_region(bucket, tmp_path):
    if isinstance(bucket, Rgw):
        pytest.skip("Ceph accepts any region")
    assert "is not in the region eu-west-3" in objection(bucket, tmp_path, dict(region="eu-west-3"))


@pytest.mark.skipif(IS_SANITIZED, reason="libfaketime and the sanitizers exclude each other")
@pytest.mark.parametrize("shift, sentence", [("-20m", "behind the store's"), ("+20m", "ahead of the store's")])
def test_the_clock(bucket, tmp_path, shift, sentence):
    assert sentence in objection(bucket, tmp_path, command=shifted(shift))


def test_the_certificate(bucket, tmp_path, serve_bucket):
    with over_tls(bucket, tmp_path / "good", "DNS:localhost") as (endpoint, authority):
        assert "is not trusted" in objection(bucket, tmp_path, dict(endpoint=endpoint))
        status, text = check_config(bucket, tmp_path, dict(endpoint=endpoint, ca_file=authority))
        assert status == 0, text
        service = serve_bucket(endpoint=endpoint, ca_file=authority)
        assert service.download(VIDEO).body == BODY
        assert service.download(VIDEO, {"Range": "bytes=5-70000"}).body == BODY[5:70_001]
    with over_tls(bucket, tmp_path / "other", "DNS:another.example") as (endpoint, authority):
        line = objection(bucket, tmp_path, dict(endpoint=endpoint, ca_file=authority))
        assert "is not for localhost" in line


def test_a_good_origin(bucket, tmp_path):
    status, text = check_config(bucket, tmp_path)
    assert status == 0, text


def test_a_directory_and_an_origin_exclude_each_other(bucket, tmp_path):
    config = bucket.config(tmp_path)
    config["media"]["root"] = str(tmp_path)
    path = tmp_path / "sluice.json"
    path.write_text(json.dumps(config))
    result = run_sluice("config", "check", "--config", path)
    assert "takes the place of media.root" in result.stdout + result.stderr
