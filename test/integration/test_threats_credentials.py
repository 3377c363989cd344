"""Credentials: rows 55 to 57, 59 and 60 of the table of threats."""

import concurrent.futures
import subprocess
import time

import pytest
from support.checks import check_refusal
from support.ids import VIDEO
from support.issuers import Signer, b64url, bearer, issuer_key, jwks_file, keys_file
from support.metrics import metric
from support.server import run_sluice
from support.stores import PostgresStore
from support.tokens import OTHER_SECRET, decode, mint
from support.waiting import eventually

EVERYBODY = {"uncounted_peers": []}  # loopback, too, is one peer


def forged(kid, signer=None):
    """A session token signed by an unknown key, with any kid."""
    signer = signer or Signer("EdDSA")
    return signer.token(headers={"kid": kid})


@pytest.fixture
def eight_keys(tmp_path):
    signers = [Signer("EdDSA", kid=f"k{n}") for n in range(8)]
    return signers, jwks_file(tmp_path / "jwks.json", *(one.jwk() for one in signers))


def cpu_of(server):
    return metric(server, "process_cpu_seconds_total")


def test_row_55_an_unknown_kid_costs_no_verification(start_server, tree, eight_keys):
    """Rejecting a token of an unknown kid costs a small part of verifying one."""
    _, path = eight_keys
    server = start_server(tree, config={"issuer": {"jwt": {"key_file": str(path)}}})

    def cost(token, count=600):
        before = cpu_of(server)
        with server.connect() as connection:
            for _ in range(count):
                answer = connection.request("GET", VIDEO.query("trainer123"), bearer(token))
                check_refusal(answer, 401, "session-invalid")
        return cpu_of(server) - before

    signer = Signer("EdDSA")
    unknown, verified = cost(forged("nobody", signer)), cost(forged("k7", signer))
    assert unknown < verified, (unknown, verified)


def test_row_55_a_peer_with_bad_credentials_is_slowed_down(start_server, tree, eight_keys, tmp_path):
    signers, path = eight_keys
    key, entry = issuer_key("lms")
    keys = keys_file(tmp_path / "keys.json", entry)
    server = start_server(
        tree,
        config={
            "issuer": {"jwt": {"key_file": str(path)}, "keys_file": str(keys)},
            "limits": {"bad_credentials": 2, **EVERYBODY},
            "trusted_proxies": ["127.0.0.0/8"],
        },
    )

    def of(client, credential):
        return {"X-Forwarded-For": client, **bearer(credential)}

    def flood(client, ask):
        answers = [ask(client) for _ in range(12)]
        slow = [answer for answer in answers if answer.status == 429]
        assert answers[0].status == 401 and slow, [answer.status for answer in answers]
        check_refusal(slow[0], 429, "too-many-bad-credentials")
        assert slow[0].get("Retry-After") == "1"

    bad_token = mint(VIDEO, secret=OTHER_SECRET)
    flood("192.0.2.1", lambda who: server.get(VIDEO.query("trainer123"), of(who, forged("k3"))))
    flood("192.0.2.2", lambda who: server.get(VIDEO.query("trainer123"), of(who, "sk_lms_guess")))
    flood("192.0.2.3", lambda who: server.get(VIDEO.target(), of(who, bad_token)))
    flood("192.0.2.4", lambda who: server.get(VIDEO.target(), of(who, "a.b.c")))
    flood("192.0.2.5", lambda who: server.get(VIDEO.query("trainer123"), of(who, forged("nobody"))))
    assert metric(server, 'sluice_limits_reached_total{limit="bad_credentials"}') >= 5

    # Valid tokens are accepted, and tokens of other clients of the same proxy are verified.
    token = server.get(VIDEO.query("trainer123"), of("192.0.2.9", signers[5].token())).json()["token"]
    for _ in range(8):
        server.get(VIDEO.target(), of("192.0.2.3", bad_token))
        assert server.get(VIDEO.target(), of("192.0.2.3", token)).status == 200
        assert server.get(VIDEO.query("trainer123"), of("192.0.2.3", key)).status == 200
    # The client over its rate has to wait until its session tokens are verified again.
    for _ in range(6):
        refused = server.get(VIDEO.query("trainer123"), of("192.0.2.1", forged("k3")))
    check_refusal(refused, 429, "too-many-bad-credentials")
    check_refusal(
        server.get(VIDEO.query("trainer123"), of("192.0.2.1", signers[0].token())),
        429,
        "too-many-bad-credentials",
    )
    eventually(lambda: server.get(VIDEO.query("trainer123"), of("192.0.2.1", signers[0].token())).status == 200)


def test_row_55_what_expired_or_is_for_another_file_is_not_bad(start_server, tree):
    server = start_server(tree, config={"limits": {"bad_credentials": 1, **EVERYBODY}})
    old = mint(VIDEO, ttl=-1)
    other = mint(VIDEO, filename="other.mp4")
    for _ in range(8):
        check_refusal(server.download(VIDEO, token=old), 401, "token-expired")
        check_refusal(server.download(VIDEO, token=other), 403, "token-mismatch")


def test_row_55_peers_that_stand_for_many_are_not_slowed_down(start_server, tree):
    server = start_server(tree, config={"limits": {"bad_credentials": 1}})
    for _ in range(8):
        check_refusal(server.download(VIDEO, token="a.b.c"), 401, "token-invalid")


def ready(server):
    eventually(lambda: server.get("/readyz").status == 200)
    return server


def test_row_56_a_token_ends_with_its_grant(start_server, tree, store):
    end = int(time.time()) + 120
    store.migrate()
    store.grant("anna", course="course456", until=end)
    store.grant("anna", trainer="trainer123", until=end - 60)
    store.grant("bert", course="course456")
    store.grant("carl", course="course456", until=int(time.time()) + 4)
    server = ready(start_server(tree, config=store.config(cache_lifetime_ms=60000)))
    for ttl, longest in (("86400", 120), (None, 120), ("5", 5)):
        for _ in range(2):  # from the store, then from the cache
            answer = server.issue(VIDEO, "anna", **({"ttl": ttl} if ttl else {})).json()
            claims = decode(answer["token"])[1]
            assert claims["exp"] <= end
            assert claims["exp"] - claims["iat"] == answer["expires_in"] <= longest
            assert answer["expires_in"] >= min(5, longest)
    assert server.issue(VIDEO, "bert", ttl="86400").json()["expires_in"] == 86400
    token = server.token(VIDEO, "carl", ttl="86400")
    assert server.download(VIDEO, token=token).status == 200
    eventually(lambda: server.download(VIDEO, token=token).status == 401)
    check_refusal(server.download(VIDEO, token=token), 401, "token-expired")
    check_refusal(server.issue(VIDEO, "carl"), 403, "not-entitled")


def test_row_57_nobody_mints_for_a_banned_user(start_server, tree, store, tmp_path):
    key, entry = issuer_key("shop", trust="trusted")
    signer = Signer("HS256")
    server = ready(
        start_server(
            tree,
            config={
                **store.config(),
                "issuer": {
                    "keys_file": str(keys_file(tmp_path / "keys.json", entry)),
                    "jwt": {"key_file": str(jwks_file(tmp_path / "jwks.json", signer.jwk()))},
                },
                "log": {"audit": str(tmp_path / "audit")},
            },
        )
    )

    def asked():
        """The responses to a trusted key that asks for another user, and to an owner's own
        session."""
        yield server.get(VIDEO.query("mallory"), bearer(key))
        yield server.get(VIDEO.query("trainer123"), bearer(signer.token("trainer123")))

    assert [answer.status for answer in asked()] == [200, 200]
    for user in ("mallory", "trainer123"):
        store.run("revoke", "user", user)
    eventually(lambda: {answer.status for answer in asked()} == {403})
    for answer in asked():
        check_refusal(answer, 403, "user-banned")
    eventually(lambda: '"cause":"user_banned"' in (tmp_path / "audit").read_text())
    assert '"by":"key:shop","outcome":"refused","cause":"user_banned","user_id":"mallory"' in (
        tmp_path / "audit"
    ).read_text()
    # A key without permission for the user learns nothing about bans.
    check_refusal(
        server.get(VIDEO.query("mallory"), bearer(signer.token("other"))), 403, "session-mismatch"
    )
    for user in ("mallory", "trainer123"):
        store.run("revoke", "lift", "user", user)
    eventually(lambda: [answer.status for answer in asked()] == [200, 200])


def test_row_57_the_command_issues_nothing_for_a_banned_user(store):
    def issue(user, *more):
        return run_sluice(
            "token", "issue", "--set", f"store.url={store.url}", "--user", user, "--type", "course",
            "--course-id", "c", "--filename", "f.mp4", *more, env={"SLUICE_SECRET": OTHER_SECRET},
        )

    store.migrate()
    store.run("revoke", "user", "mallory")
    store.run("revoke", "user", "late", "--before", "now")
    store.run("revoke", "user", "early", "--before", "2100-01-01")
    for user in ("mallory", "early"):
        done = issue(user)
        assert done.returncode == 1 and done.stdout == "" and "banned" in done.stderr, done
    assert issue("anna").returncode == 0
    eventually(lambda: issue("late").returncode == 0)
    store.run("revoke", "lift", "user", "mallory")
    assert issue("mallory").returncode == 0


PASSWORDS = [
    "postgresql://sluice:hunter2@db/sluice",
    "postgresql://:hunter2@db/sluice",
    "postgresql://db/sluice?password=hunter2",
    "postgresql://db/sluice?%70assword=hunter2",
    "postgresql://db/sluice?ssl%70assword=hunter2",
    "postgresql://db/sluice?sslpassword=hunter2",
    "host=db dbname=sluice password=hunter2",
    "postgresql:/sluice:hunter2@db/sluice",
    "POSTGRESQL://sluice:hunter2@db/sluice",
]


@pytest.mark.parametrize("url", PASSWORDS)
def test_row_59_passwords_in_the_store_url(url, tmp_path):
    """A URL with a password, given by flag, variable or file, is rejected before anything is
    printed."""
    file = tmp_path / "sluice.json"
    file.write_text('{"store": {"url": "%s"}}' % url)
    for command in (["config", "print"], ["config", "check"], ["serve"], ["store", "check"]):
        for more, env in (
            (["--set", f"store.url={url}"], {}),
            ([], {"SLUICE_STORE_URL": url}),
            (["--config", file], {}),
        ):
            done = run_sluice(*command, *more, env=env)
            assert done.returncode != 0, (command, done)
            assert "store.url" in done.stderr or "STORE_URL" in done.stderr, done.stderr
            assert "hunter2" not in done.stdout + done.stderr, command


def test_row_59_other_urls_are_printed():
    url = "postgresql://sluice@db.example/sluice?sslmode=verify-full&passfile=/etc/sluice/pgpass"
    done = run_sluice("config", "print", "--set", f"store.url={url}")
    assert done.returncode == 0 and url in done.stdout.replace("\\/", "/")


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o660, 0o620, 0o604])
def test_row_60_keys_that_others_can_touch(tree, tmp_path, pem, mode):
    """Tries every secret that the service reads, one after the other."""
    certificate, key = (tmp_path / name for name in ("cert.pem", "key.pem"))
    certificate.write_bytes(pathlib_bytes(pem[0]))
    key.write_bytes(pathlib_bytes(pem[1]))
    ring = tmp_path / "ring.json"
    ring.write_text('{"keys": [{"kid": "a", "secret": "%s"}]}' % b64url(b"x" * 32))
    issuers = keys_file(tmp_path / "issuers.json", issuer_key("lms")[1])
    secret = jwks_file(tmp_path / "secret.json", Signer("HS256").jwk())
    listeners = '[{"address": "127.0.0.1:0", "certificate": "%s", "key": "%s"}]' % (certificate, key)
    for file, setting in (
        (key, f"listeners={listeners}"),
        (ring, f"tokens.key_file={ring}"),
        (issuers, f"issuer.keys_file={issuers}"),
        (secret, f"issuer.jwt.key_file={secret}"),
    ):
        arguments = ("config", "check", "--media-root", tree.root, "--set", setting)
        file.chmod(0o600)
        done = run_sluice(*arguments)
        assert done.returncode == 0, done.stderr
        file.chmod(mode)
        done = run_sluice(*arguments)
        assert done.returncode != 0 and str(file) in done.stderr, done
        assert "chmod 6" in done.stderr, done.stderr
        try:
            served = run_sluice("serve", *arguments[2:], timeout=20)
        except subprocess.TimeoutExpired:
            pytest.fail(f"{file} was accepted")
        assert served.returncode != 0 and "chmod 6" in served.stderr


def pathlib_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def test_row_57_a_ban_that_comes_while_the_store_is_asked(start_server, tree, postgres):
    """Also covers row 56: a grant that ends meanwhile."""
    store = PostgresStore(postgres)
    store.migrate().grant("anna", course="course456")
    limits = {"handler_timeout": 30}
    server = ready(start_server(tree, config={**store.config(timeout_ms=9000), "limits": limits}))
    store.grant("bert", course="course456", until=int(time.time()) + 3)
    with concurrent.futures.ThreadPoolExecutor(3) as threads:
        held = threads.submit(
            store.sql, "BEGIN; LOCK TABLE sluice_grants; SELECT pg_sleep(5); COMMIT"
        )
        time.sleep(1)
        asked = [threads.submit(patient, server, VIDEO.query(user)) for user in ("anna", "bert")]
        time.sleep(0.5)
        store.run("revoke", "user", "anna")
        answers = [one.result() for one in asked]
        held.result()
    check_refusal(answers[0], 403, "user-banned")
    check_refusal(answers[1], 403, "not-entitled")


def patient(server, target):
    with server.connect(timeout=30) as connection:
        return connection.request("GET", target, {"Host": server.host})
