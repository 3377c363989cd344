"""issuer.jwt.jwks_url: the keys of session tokens come from the platform's web server, which is nginx here."""

import contextlib
import json
import socket
import threading
import time

import pytest
from support.balancers import free_port
from support.checks import check_problem
from support.ids import VIDEO
from support.issuers import Signer, bearer
from support.key_server import Authority, KeyServer
from support.metrics import has_event, scrape
from support.server import run_sluice
from support.waiting import eventually

ASKED = 30  # seconds between two fetches that an unknown kid causes
NAMES = "DNS:localhost,IP:127.0.0.1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pair(authority):
    return authority.sign(NAMES)


@pytest.fixture
def publish(tmp_path, pair):
    """publish(*keys, **options) → a running KeyServer."""
    with contextlib.ExitStack() as running:
        count = 0

        def start(*keys, **options):
            nonlocal count
            count += 1
            return running.enter_context(
                KeyServer(tmp_path / f"keys{count}", keys, **{"pair": pair, **options}))

        yield start


@pytest.fixture
def serve(start_server, tree, authority):
    """serve(url) → a server whose session tokens are verified by the set at `url`."""

    def start(url, ca_file=authority.certificate, **more):
        jwt = {"jwks_url": url, **({"jwks_ca_file": str(ca_file)} if ca_file else {})}
        return start_server(tree, config={"issuer": {"jwt": jwt}}, **more)

    return start


def mint(server, signer, **claims):
    return server.get(VIDEO.query(user_id="trainer123"), fields=bearer(signer.token(**claims)))


def has_minted(server, signer):
    return mint(server, signer).status == 200


def fetches(server, outcome):
    return scrape(server)[f'sluice_jwks_fetches_total{{outcome="{outcome}"}}']


def event(server, name):
    return next(each for each in server.events() if each.get("event") == name)


@contextlib.contextmanager
def silent_server(sent=b""):
    """Accepts connections, sends `sent`, and then nothing: the URL of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = []

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    held.append(listener.accept()[0])
                    held[-1].sendall(sent)

        threading.Thread(target=accept, daemon=True).start()
        yield "http://127.0.0.1:%d/jwks.json" % listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for one in held:
            one.close()


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_token_is_verified_by_a_fetched_key(serve, publish, algorithm):
    signer = Signer(algorithm, "k1")
    strange = {"kty": "EC", "crv": "secp256k1", "kid": "new", "x": "AA", "y": "AA"}
    future = {"kty": "ML-DSA", "alg": "ML-DSA-65", "kid": "pq"}
    server = serve(publish(strange, signer.jwk(), future, {"kty": "RSA", "kid": "half"}).url)
    eventually(lambda: has_minted(server, signer))
    check_problem(mint(server, Signer(algorithm, "k1")), 401)
    values = scrape(server)
    assert values["sluice_jwks_keys"] == 1
    assert values["sluice_jwks_current"] == 1
    assert values['sluice_jwks_fetches_total{outcome="fetched"}'] == 1
    assert event(server, "jwks_fetched")["keys"] == "1"


def test_a_secret_at_a_url_verifies_nothing(serve, publish):
    secret, signer = Signer("HS256", "open"), Signer("ES256", "k1")
    server = serve(publish(secret.jwk(), signer.jwk()).url)
    eventually(lambda: has_minted(server, signer))
    check_problem(mint(server, secret), 401)


def test_before_the_first_set_only_session_tokens_wait(serve, publish, tree):
    signer, port = Signer("ES256", "k1"), free_port()
    server = serve(f"http://127.0.0.1:{port}/jwks.json", ca_file=None)
    answer = mint(server, signer)
    check_problem(answer, 503)
    assert answer.json()["type"] == "urn:sluice:problem:session-keys-unavailable"
    assert int(answer.get("Retry-After")) > 0
    check_problem(server.get(VIDEO.query(user_id="trainer123")), 401)
    assert server.get("/readyz").status == 200
    eventually(lambda: has_event(server, "jwks_failing"))
    failed = event(server, "jwks_failing")
    assert "Connection refused" in failed["cause"] and "503" in failed["effect"]
    values = scrape(server)
    assert values["sluice_jwks_current"] == 0 and values["sluice_jwks_keys"] == 0

    keys = json.dumps({"keys": [signer.jwk()]}).encode()
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(20)
        with listener.accept()[0] as peer:
            request = peer.recv(4096).decode()
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(keys) + keys)
            assert request.startswith("GET /jwks.json HTTP/1.1\r\n")
            assert f"Host: 127.0.0.1:{port}\r\n" in request
            eventually(lambda: has_minted(server, signer))
    assert has_event(server, "jwks_recovered")
    assert [each.get("event") for each in server.events()].count("jwks_failing") == 1


def test_rotation_and_failures_under_load(serve, publish):
    """One wait for all: each server's set changes, and a token with an unknown kid makes it ask again."""
    old, new, stranger = Signer("ES256", "old"), Signer("ES256", "new"), Signer("ES256", "nobody's")
    platforms = {name: publish(old.jwk()) for name in ("rotated", "same", "broken", "huge", "gone", "empty")}
    began = time.monotonic()
    servers = {name: serve(platform.url) for name, platform in platforms.items()}
    for server in servers.values():
        eventually(lambda server=server: has_minted(server, old))

    platforms["rotated"].publish(old.jwk(), new.jwk())
    platforms["broken"].put('{"keys": [')
    platforms["huge"].put('{"keys": [], "filler": "' + "x" * (2 << 20) + '"}')
    (platforms["gone"].www / "jwks.json").unlink()
    platforms["empty"].publish()
    stop, failures, count = threading.Event(), [], [0]

    def load():
        while not stop.is_set():
            for name, server in servers.items():
                answer = mint(server, old)
                count[0] += 1
                if answer.status != 200:
                    failures.append((name, answer.status))
            time.sleep(0.05)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        for server in servers.values():
            check_problem(mint(server, stranger), 401)
        eventually(lambda: has_minted(servers["rotated"], new), timeout=ASKED + 20)
        assert time.monotonic() - began >= ASKED - 1, "asked again too soon"
        for name, outcome in (("same", "unchanged"), ("broken", "unusable"), ("huge", "too_large"),
                              ("gone", "status"), ("empty", "unusable")):
            eventually(lambda n=name, o=outcome: fetches(servers[n], o) == 1)
    finally:
        stop.set()
        thread.join()
    assert failures == [] and count[0] > 100
    for name in ("broken", "huge", "gone", "empty"):
        values = scrape(servers[name])
        assert values["sluice_jwks_current"] == 0 and values["sluice_jwks_keys"] == 1, name
        assert values["sluice_jwks_age_seconds"] >= ASKED - 5, name
        assert "last set" in event(servers[name], "jwks_failing")["effect"]
        assert has_minted(servers[name], old)
    assert scrape(servers["same"])["sluice_jwks_age_seconds"] < ASKED
    assert '" 304 ' in platforms["same"].requests()[-1]
    assert has_event(servers["rotated"], "jwks_changed")
    # Further strangers cause no fetch before the next 30 seconds are over.
    seen = len(platforms["rotated"].requests())
    for _ in range(50):
        mint(servers["rotated"], stranger)
    assert len(platforms["rotated"].requests()) == seen


def test_the_process_ends_although_the_server_hangs(serve, publish):
    with silent_server() as url:
        server = serve(url, ca_file=None)
        check_problem(mint(server, Signer("ES256", "k1")), 503)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 8


def test_a_name_with_an_address_that_refuses(serve, publish):
    """localhost is [::1] and 127.0.0.1 where both exist; nginx listens on the second alone."""
    signer = Signer("ES256", "k1")
    server = serve(publish(signer.jwk()).url)
    eventually(lambda: has_minted(server, signer), timeout=5)


def check(tree, url, ca_file=None, env=None, **jwt):
    jwt = {"jwks_url": url, **({"jwks_ca_file": str(ca_file)} if ca_file else {}), **jwt}
    path = tree.root.parent / "check.json"
    path.write_text(json.dumps({"media": {"root": str(tree.root)}, "listen": "127.0.0.1:0",
                                "issuer": {"jwt": jwt}}))
    return run_sluice("config", "check", "--config", path, env=env)


def test_config_check_tries_the_url(tree, publish, authority):
    signer = Signer("ES256", "k1")
    platform = publish(signer.jwk())
    done = check(tree, platform.url, authority.certificate)
    assert done.returncode == 0, done.stderr
    assert "fetched a set with 1 usable key" in done.stderr
    assert check(tree, platform.url, env={"SSL_CERT_FILE": str(authority.certificate)}).returncode == 0


def test_config_check_explains(tree, publish, authority, tmp_path):
    signer = Signer("ES256", "k1")
    platform, plain = publish(signer.jwk()), publish(signer.jwk(), pair=None)
    named = publish(signer.jwk(), pair=authority.sign("DNS:other.example", "other"))
    platform.put("<html>", "page.json")
    platform.put('{"keys": []}', "none.json")
    platform.put(json.dumps({"keys": [Signer("HS256", "s").jwk()]}), "secret.json")
    platform.put("{}", "packed.json")
    platform.put(" " * (2 << 20), "huge.json")
    (tmp_path / "not.pem").write_text("nothing")
    trust = authority.certificate
    free = f"https://127.0.0.1:{free_port()}/"
    cases = [
        ("http://keys.example/jwks.json", None, "must begin with https://"),
        ("keys.example/jwks.json", None, "must begin with https:// or http://"),
        ("https://user:pw@keys.example/", None, "must not have a user"),
        (plain.url.replace("http:", "https:"), trust, "no TLS handshake"),
        (platform.url, None, "is not trusted: unable to get local issuer certificate"),
        (platform.url, tmp_path / "not.pem", "cannot be read as certificates"),
        (named.url, trust, "is not for localhost"),
        (named.url.replace("localhost", "127.0.0.1"), trust, "is not for 127.0.0.1"),
        (platform.place + "/none", trust, "answered 404"),
        (platform.place + "/moved.json", trust, "redirects are not followed"),
        (platform.place + "/packed.json", trust, "compressed"),
        (platform.place + "/page.json", trust, "line 1"),
        (platform.place + "/none.json", trust, "must hold 1 to 64 keys"),
        (platform.place + "/secret.json", trust, "must hold 1 to 64 keys"),
        (platform.place + "/huge.json", trust, "larger than 1048576 bytes"),
        (free, trust, "Connection refused"),
        ("https://no-such-name.invalid/", trust, "cannot be resolved"),
    ]
    for url, ca_file, part in cases:
        done = check(tree, url, ca_file)
        assert done.returncode == 1, (url, done.stderr)
        assert "issuer.jwt.jwks" in done.stderr and part in done.stderr, (url, done.stderr)
    done = check(tree, platform.url, trust, key_file=str(tmp_path / "not.pem"))
    assert "together with issuer.jwt.key_file" in done.stderr


def test_row_70_a_key_server_cannot_lead_the_service_elsewhere(serve, publish):
    """A redirect is not followed, and what the key server says reaches no client."""
    signer = Signer("ES256", "k1")
    platform = publish(signer.jwk())
    server = serve(platform.place + "/moved.json")
    eventually(lambda: has_event(server, "jwks_failing"))
    answer = mint(server, signer)
    check_problem(answer, 503)
    assert b"302" not in answer.body and str(platform.address[1]).encode() not in answer.body
    assert all("/jwks.json" not in line for line in platform.requests())


@pytest.mark.parametrize("names", ["DNS:other.example", "IP:127.0.0.2"])
def test_row_70_a_certificate_of_another_name_is_not_trusted(serve, publish, authority, names):
    signer = Signer("ES256", "k1")
    server = serve(publish(signer.jwk(), pair=authority.sign(names, "wrong")).url)
    eventually(lambda: has_event(server, "jwks_failing"))
    assert "is not for localhost" in event(server, "jwks_failing")["cause"]
    check_problem(mint(server, signer), 503)
