"""docs/security.md, rows 66 and 67: what the list of the download page, and the worker of its player, cannot
be used for. The parts that need a browser are in web/test/browser/threats.test.ts."""

import os

import pytest
from support.checks import check_problem
from support.ids import VIDEO
from support.tokens import mint


@pytest.fixture
def page(tmp_path):
    root = tmp_path / "page"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><title>Sluice</title>")
    (root / "shell.js").write_text("self")
    return root


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "catalogue.json").write_text('{"items": []}')
    (folder / "secret.json").write_text('{"secret": 1}')
    return folder


def test_row_66_no_other_link_is_followed(start_server, tree, page, elsewhere):
    (page / "catalogue.json").symlink_to(elsewhere / "catalogue.json")
    for name in ("other.json", "catalogue.js", "index.json", "assets/catalogue.json"):
        (page / name).symlink_to(elsewhere / "secret.json")
    (page / "etc").symlink_to(elsewhere)
    server = start_server(tree, config={"web": {"root": str(page)}})
    assert server.get("/catalogue.json").json() == {"items": []}
    for target in ("/other.json", "/catalogue.js", "/index.json", "/assets/catalogue.json", "/etc/secret.json"):
        check_problem(server.get(target), 404)


def test_row_66_the_list_is_data_whatever_it_links_to(start_server, tree, page, elsewhere):
    script = elsewhere / "script.html"
    script.write_text("<script>alert(1)</script>")
    (page / "catalogue.json").symlink_to(script)
    response = start_server(tree, config={"web": {"root": str(page)}}).get("/catalogue.json")
    assert response.get("Content-Type") == "application/json"
    assert response.get("X-Content-Type-Options") == "nosniff"
    assert "default-src 'none'" in response.get("Content-Security-Policy")
    assert response.get("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize("kind", ["nothing", "folder", "pipe", "device"])
def test_row_66_what_is_no_file_is_no_list(start_server, tree, page, elsewhere, kind):
    target = {"nothing": elsewhere / "gone", "folder": elsewhere, "pipe": elsewhere / "pipe", "device": "/dev/zero"}[kind]
    if kind == "pipe":
        os.mkfifo(target)
    (page / "catalogue.json").symlink_to(target)
    server = start_server(tree, config={"web": {"root": str(page)}})
    check_problem(server.get("/catalogue.json"), 404)
    assert server.get("/").status == 200


def test_row_66_a_link_that_changes_counts_from_the_next_reload(start_server, tree, page, elsewhere):
    link = page / "catalogue.json"
    link.symlink_to(elsewhere / "catalogue.json")
    server = start_server(tree, config={"web": {"root": str(page)}})
    link.unlink()
    link.symlink_to(elsewhere / "secret.json")
    assert server.get("/catalogue.json").json() == {"items": []}
    server.reload()
    assert server.get("/catalogue.json").json() == {"secret": 1}


def test_row_67_the_address_of_the_player_is_no_route(start_server, tree, page):
    """Without the page's worker (another site's page, a link, curl) it is nothing, with whatever credential."""
    server = start_server(tree, config={"web": {"root": str(page)}})
    token = mint(VIDEO)
    for target in ("/preview", "/preview?media=%7B%7D", f"/preview?media=%7B%7D&token={token}"):
        check_problem(server.get(target), 404)
        check_problem(server.get(target, token=token), 404)


def test_row_67_the_worker_has_the_policy_of_the_page(start_server, tree, page):
    server = start_server(tree, config={"web": {"root": str(page)}})
    policy = server.get("/shell.js").get("Content-Security-Policy")
    assert policy == server.get("/").get("Content-Security-Policy")
    assert policy.endswith("connect-src 'self'") and "script-src 'self';" in policy
    assert server.get("/shell.js").get("Service-Worker-Allowed") is None


def test_row_67_a_video_is_neither_script_nor_document(server, media):
    response = server.download(VIDEO, token=mint(VIDEO))
    assert response.get("Content-Type").startswith("video/")
    assert response.get("X-Content-Type-Options") == "nosniff"
    assert response.get("Content-Security-Policy") == "sandbox"
