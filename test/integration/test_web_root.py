"""The download page as a static site: headers, caching, compression, and what it must never hide."""

import gzip
import signal
import time

import pytest
from support.checks import check_problem
from support.ids import VIDEO
from support.tokens import mint
from support.waiting import eventually

SCRIPT = "/assets/index-AbCd1234.js"
CODE = b"console.log('sluice');" * 50


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    root = tmp_path_factory.mktemp("page")
    (root / "assets").mkdir()
    (root / "index.html").write_bytes(b"<!doctype html><title>Sluice</title>")
    (root / "sw.js").write_bytes(b"self")
    (root / SCRIPT[1:]).write_bytes(CODE)
    (root / (SCRIPT[1:] + ".gz")).write_bytes(gzip.compress(CODE))
    (root / "notes.txt").write_bytes(b"not for visitors")
    # Files with the names of routes, which must not hide the routes.
    (root / "healthz").write_bytes(b"no")
    (root / "api").mkdir()
    (root / "api" / "index.html").write_bytes(b"no")
    (root / "download2").mkdir()
    (root / "download2" / "x.js").write_bytes(b"ours")
    return root


@pytest.fixture(scope="module")
def site(tmp_path_factory, media, page):
    from support.server import Server

    folder = tmp_path_factory.mktemp("site")
    instance = Server(folder, media.root, config={"web": {"root": str(page)}})
    yield instance
    instance.stop()


def test_page_is_served_at_the_root_with_a_strict_policy(site):
    for target in ("/", "/index.html"):
        response = site.get(target)
        assert response.status == 200
        assert response.get("Content-Type") == "text/html; charset=utf-8"
        assert response.body.startswith(b"<!doctype html>")
        assert response.get("Cache-Control") == "no-cache"
        policy = response.get("Content-Security-Policy")
        assert "default-src 'none'" in policy and "script-src 'self';" in policy
        assert "media-src 'self' blob:;" in policy  # videos in private storage
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert response.get("X-Content-Type-Options") == "nosniff"
        assert response.get("Referrer-Policy") == "no-referrer"
        assert "camera=()" in response.get("Permissions-Policy")


def test_hashed_assets_are_cached_for_ever_and_others_are_not(site):
    assert site.get(SCRIPT).get("Cache-Control") == "public, max-age=31536000, immutable"
    assert site.get("/sw.js").get("Cache-Control") == "no-cache"
    assert site.get("/sw.js").get("Content-Type") == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "accepted, is_compressed",
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate , gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", False),
        ("xgzip", False),
        ("", False),
    ],
)
def test_compression_is_negotiated(site, accepted, is_compressed):
    response = site.get(SCRIPT, {"Accept-Encoding": accepted})
    assert response.status == 200
    assert (response.get("Content-Encoding") == "gzip") == is_compressed
    assert (gzip.decompress(response.body) if is_compressed else response.body) == CODE
    assert "accept-encoding" in response.list("Vary")


def test_revalidation(site):
    plain, packed = site.get(SCRIPT), site.get(SCRIPT, {"Accept-Encoding": "gzip"})
    assert plain.get("ETag") != packed.get("ETag")
    again = site.get(SCRIPT, {"If-None-Match": plain.get("ETag")})
    assert (again.status, again.body, again.get("ETag")) == (304, b"", plain.get("ETag"))
    assert again.get("Content-Security-Policy")
    assert site.get(SCRIPT, {"If-None-Match": packed.get("ETag")}).status == 200
    check_problem(site.get(SCRIPT, {"If-Match": '"other"'}), 412)
    head = site.get("/", method="HEAD")
    assert head.status == 200 and head.length == len(b"<!doctype html><title>Sluice</title>")


@pytest.mark.parametrize(
    "target, status",
    [
        ("/notes.txt", 404),
        ("/index", 404),
        ("/assets", 404),
        ("/assets/", 400),
        ("/assets/../index.html", 400),
        ("/%2e%2e/etc/passwd", 400),
        ("/assets%2findex-AbCd1234.js", 400),
        ("/INDEX.HTML", 404),
        ("//index.html", 400),
        (SCRIPT + ".gz", 404),
    ],
)
def test_paths_are_as_strict_as_downloads(site, target, status):
    check_problem(site.get(target), status)


def test_page_hides_no_route(site, media):
    assert site.get("/healthz").json() == {"status": "ok"}
    assert site.issue(VIDEO).status == 200
    response = site.download(VIDEO, token=mint(VIDEO))
    assert response.body == media.content(VIDEO)
    assert site.request("POST", "/").status == 405
    eventually(lambda: "page_file_ignored" in site.stderr() + site.stdout())
    metrics = site.get("/metrics").body.decode()
    assert 'sluice_responses_total{route="web",status="2xx"}' in metrics


def test_base_url_may_be_connected_to(start_server, tree, page):
    """When downloads have another origin, the page may connect to that origin and no other."""
    config = {
        "web": {"root": str(page)},
        "public_base_url": "https://media.example:8443/prefix",
    }
    policy = start_server(tree, config=config).get("/").get("Content-Security-Policy")
    assert policy.endswith("connect-src 'self' https://media.example:8443")


def test_without_web_root_there_is_no_page(server):
    check_problem(server.get("/"), 404)
    check_problem(server.get("/index.html"), 404)


def test_reload_reads_the_page_again(start_server, tree, tmp_path):
    root = tmp_path / "page"
    root.mkdir()
    (root / "index.html").write_text("one")
    server = start_server(tree, config={"web": {"root": str(root)}})
    assert server.get("/").body == b"one"
    (root / "index.html").write_text("two")
    assert server.get("/").body == b"one"
    server.signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while server.get("/").body != b"two":
        assert time.monotonic() < deadline, server.stderr()
        time.sleep(0.02)
