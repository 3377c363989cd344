"""Strangers and paths behind a proxy: rows 52 and 53 of the table of threats."""

import re

import pytest
from support.balancers import Balancer, untuned_haproxy, untuned_nginx
from support.checks import check_problem
from support.ids import VIDEO
from support.server import ROOT, run_sluice
from test_listeners import ask

QUERY = VIDEO.query("trainer123")
STRANGERS = ({}, {"Host": "localhost"}, {"Host": "127.0.0.1:8080"}, {"Host": "[::1]"},
             {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"})


def of_the_guide(port):
    """The location that the guide gives, in front of a node on `port`."""
    text = (ROOT / "docs/integration-guide.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```nginx\n(.*?)```", text, re.S)
    return block.replace("/download2/", "/").replace("127.0.0.1:8081", f"127.0.0.1:{port}")


@pytest.fixture
def untuned(start_server, tree, tmp_path):
    """untuned(kind, is_unix, **settings) → (node, proxy)"""
    running = []

    def make(kind, is_unix=False, **settings):
        path = tmp_path / "node.sock"
        listeners = [{"address": f"unix:{path}", "mode": "0666"}] if is_unix else [{"address": "127.0.0.1:0"}]
        node = start_server(tree, config={"listeners": listeners, **settings}, listen=None)
        folder = tmp_path / "proxy"
        if kind == "haproxy":
            proxy = untuned_haproxy(folder, path if is_unix else node.host)
        elif kind == "nginx":
            where = f"http://unix:{path}:" if is_unix else f"http://{node.host}"
            proxy = untuned_nginx(folder, f"location / {{ proxy_pass {where}; }}")
        else:
            proxy = untuned_nginx(folder, of_the_guide(node.address[1]))
        running.append(proxy.__enter__())
        return node, proxy

    yield make
    for proxy in running:
        proxy.__exit__()


@pytest.mark.parametrize("trusted", [[], ["127.0.0.1", "unix"]], ids=["trusts nobody", "trusts the proxy"])
@pytest.mark.parametrize("kind, is_unix", [("nginx", False), ("nginx", True), ("haproxy", False),
                                           ("haproxy", True), ("the guide's nginx", False)])
def test_row_52_a_stranger_never_mints(untuned, kind, is_unix, trusted):
    node, proxy = untuned(kind, is_unix, issuer={"mode": "auto"}, trusted_proxies=trusted)
    for fields in STRANGERS:
        problem = check_problem(proxy.request(QUERY, fields), 403)
        assert problem["type"] == "urn:sluice:problem:issuer-closed"
        assert "issuer.keys_file" in problem["detail"] and "--dev" in problem["detail"]
    check_problem(ask(node.address, target=QUERY), 403)  # without a proxy it is the same


def test_row_52_a_proxy_that_names_its_client_gets_nothing_from_local(start_server, tree, tmp_path):
    node = start_server(tree, config={"issuer": {"mode": "local"}})
    assert node.issue(VIDEO).status == 200
    lines = "proxy_set_header X-Forwarded-For $remote_addr;"
    with untuned_nginx(tmp_path / "proxy", f"location / {{ proxy_pass {node.base}; {lines} }}") as proxy:
        check_problem(proxy.request(QUERY, {"Host": "localhost"}), 403)


def test_row_52_dev_is_loud_and_mints_for_this_machine(start_server, tree):
    node = start_server(tree, config={}, arguments=["--dev"])
    assert node.issue(VIDEO).status == 200
    (event,) = [event for event in node.events() if event["event"] == "issuer_local"]
    assert event["level"] == "warning" and "DEVELOPMENT" in event["notice"]
    closed = start_server(tree, config={"issuer": {"mode": "auto"}})
    (event,) = [event for event in closed.events() if event["event"] == "issuer_closed"]
    assert event["level"] == "info" and "issuer.keys_file" in event["notice"]


@pytest.mark.parametrize("setting, value", [
    ("listen", "0.0.0.0:0"), ("listen", "[::]:0"), ("listen", "unix:/tmp/s.sock"), ("listen", "systemd:http"),
    ("trusted_proxies", "127.0.0.1"), ("trusted_proxies", "unix"), ("metrics.listen", "0.0.0.0:0"),
    ("listeners", '[{"address": "127.0.0.1:0", "proxy_protocol": "any"}]'),
    ("listeners", '[{"address": "127.0.0.1:0"}, {"address": "0.0.0.0:0"}]'),
])
def test_row_52_dev_starts_on_loopback_alone(tree, setting, value):
    given = ["--media-root", tree.root, "--set", f"{setting}={value}"]
    for command in (["serve"], ["config", "check"]):
        refused = run_sluice(*command, "--dev", *given)
        assert refused.returncode == 1
        assert setting in refused.stderr and "--dev" in refused.stderr
    assert run_sluice("config", "check", *given).returncode == 0


def test_row_52_a_reload_does_not_open_it_either(start_server, tree):
    node = start_server(tree, config={"issuer": {"mode": "auto"}, "trusted_proxies": ["127.0.0.1"]})
    event = node.reload({"issuer": {"mode": "local"}, "trusted_proxies": ["127.0.0.1"]}, "reload_refused")
    assert "trusted_proxies" in event["reasons"]
    check_problem(node.issue(VIDEO), 403)
    node.reload({"issuer": {"mode": "local"}})
    assert node.issue(VIDEO).status == 200
    assert node.wait_for_event(lambda event: event["event"] == "issuer_local")["level"] == "warning"


SPELLINGS = ["/metrics", "/%6Detrics", "/%6detrics", "/m%65trics", "/%6D%65%74%72%69%63%73", "/metrics?a=b", "/%6Detrics?a",
             "/metric%73", "/%256Detrics", "/metrics/", "//metrics", "/./metrics", "/a/../metrics", "/metrics%2f", "/METRICS",
             "/metrics%00", "/metrics;a", "http://x/metrics", "http://x/%6Detrics"]


@pytest.mark.parametrize("kind", ["haproxy", "nginx"])
def test_row_53_no_spelling_passes_the_rule_of_a_shipped_balancer(start_server, tree, tmp_path, kind):
    """The node serves its metrics on the main listener, where only the rule protects them."""
    node = start_server(tree)
    assert b"sluice_build_info" in node.get("/metrics").body
    with Balancer(kind, tmp_path / "balancer", [node.host] * 3) as balancer:
        for target in SPELLINGS:
            for method in ("GET", "HEAD", "OPTIONS"):
                with balancer.connect() as connection:
                    answer = connection.request(method, target)
                assert answer.status in (400, 404), (method, target, answer)
                assert b"sluice_build_info" not in answer.body


def test_row_53_a_route_of_operations_has_one_spelling(start_server, tree):
    node = start_server(tree, config={"metrics": {"listen": "127.0.0.1:0"}})
    for name in ("healthz", "readyz"):
        assert node.get(f"/{name}").status == node.get(f"/{name}?a=%20").status == 200
        for target in (f"/%{ord(name[0]):x}{name[1:]}", f"/{name[:-1]}%7A"):
            check_problem(node.get(target), 404)
    main = start_server(tree)
    for target in SPELLINGS:
        expected = 200 if target.split("?")[0] in ("/metrics", "http://x/metrics") else (400, 404)
        status = main.get(target).status
        assert status == expected or status in (expected if isinstance(expected, tuple) else ()), target
