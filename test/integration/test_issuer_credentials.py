"""The credentials for minting: issuer keys of back ends, session tokens of users, and the responses
to other callers."""

import hashlib
import hmac
import json
import time

import pytest
from support.checks import check_problem
from support.ids import TOKEN_ROUTE, VIDEO, Course
from support.issuers import (
    SCOPE,
    Signer,
    b64url,
    bearer,
    issuer_key,
    jwks_file,
    keys_file,
    private_file,
)
from support.server import run_sluice
from support.tokens import decode

OWNER = "trainer123"


def query(user=OWNER, **more):
    return VIDEO.query(user_id=user, **more)


def slug(answer):
    return answer.json()["type"].rsplit(":", 1)[-1]


def audit_lines(path, count):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = path.read_text().splitlines() if path.exists() else []
        if len(lines) >= count:
            return [json.loads(line) for line in lines]
        time.sleep(0.05)
    pytest.fail(f"{count} lines never came")


@pytest.fixture
def keyed(start_server, tree, tmp_path):
    """A server with four issuer keys and an audit log."""
    entries = {
        "lms": issuer_key("lms"),
        "shop": issuer_key("shop", trust="trusted", max_ttl=60),
        "narrow": issuer_key("narrow", types=["course"], trainers=["somebody"], trust="trusted"),
        "slow": issuer_key("slow", rate=2),
        "gone": issuer_key("gone", not_after=int(time.time()) - 1),
    }
    path = keys_file(tmp_path / "keys.json", *(entry for _, entry in entries.values()))
    server = start_server(
        tree,
        config={
            "issuer": {"keys_file": str(path)},
            "log": {"audit": str(tmp_path / "audit")},
        },
    )
    server.keys = {name: key for name, (key, _) in entries.items()}
    server.audit = tmp_path / "audit"
    return server


def test_a_key_opens_the_endpoint_and_its_absence_closes_it(keyed):
    check_problem(keyed.get(query()), 401)
    answer = keyed.get(query(), fields=bearer(keyed.keys["lms"]))
    assert answer.status == 200
    assert keyed.get(query(), fields={"X-Api-Key": keyed.keys["lms"]}).status == 200
    refused = keyed.get(query())
    assert slug(refused) == "issuer-credential-missing"
    assert refused.get("WWW-Authenticate") == 'Bearer realm="sluice-issuer"'


def test_an_entitled_key_still_asks_who_owns_the_media(keyed):
    check_problem(keyed.get(query("somebody"), fields=bearer(keyed.keys["lms"])), 403)


def test_a_trusted_key_decides_itself_within_its_limits(keyed):
    answer = keyed.get(query("somebody"), fields=bearer(keyed.keys["shop"]))
    assert answer.json()["expires_in"] == 60
    assert decode(answer.json()["token"])[1]["user_id"] == "somebody"
    answer = keyed.get(query("somebody", ttl="30"), fields=bearer(keyed.keys["shop"]))
    assert answer.json()["expires_in"] == 30
    missing = VIDEO.query(user_id="somebody", filename="nothing.mp4")
    check_problem(keyed.get(missing, fields=bearer(keyed.keys["shop"])), 404)


def test_types_and_trainers_of_a_key(keyed):
    lesson = keyed.get(query(), fields=bearer(keyed.keys["narrow"]))
    assert (lesson.status, slug(lesson)) == (403, "issuer-not-permitted")
    course = Course("presentation.mp4")
    answer = keyed.get(course.query(user_id=OWNER), fields=bearer(keyed.keys["narrow"]))
    assert (answer.status, slug(answer)) == (403, "issuer-not-permitted")


def test_rate(keyed):
    answers = [keyed.get(query(), fields=bearer(keyed.keys["slow"])) for _ in range(10)]
    refused = [answer for answer in answers if answer.status == 429]
    assert answers[0].status == 200
    assert refused and refused[0].get("Retry-After") == "1"


@pytest.mark.parametrize("change", ["last", "name", "short", "empty", "case", "long"])
def test_any_other_key_is_refused_alike(keyed, change):
    key = keyed.keys["lms"]
    other = {
        "last": key[:-1] + ("A" if key[-1] != "A" else "B"),
        "name": key.replace("sk_lms_", "sk_unknown_"),
        "short": key[:-1],
        "empty": "sk_",
        "case": key.upper(),
        "long": key + "A" * 4000,
    }[change]
    answers = [keyed.get(query(), fields={"X-Api-Key": text}) for text in (other, "sk_nobody_x")]
    bodies = [{**answer.json(), "request_id": None} for answer in answers]
    assert [answer.status for answer in answers] == [401, 401]
    assert bodies[0] == bodies[1]


def test_a_retired_key_and_two_credentials_are_refused(keyed):
    assert slug(keyed.get(query(), fields=bearer(keyed.keys["gone"]))) == "issuer-key-invalid"
    both = {**bearer(keyed.keys["lms"]), "X-Api-Key": keyed.keys["lms"]}
    assert slug(keyed.get(query(), fields=both)) == "issuer-credential-refused"
    basic = {"Authorization": "Basic eDp5"}
    assert slug(keyed.get(query(), fields=basic)) == "issuer-credential-refused"


def test_audit_has_a_line_for_each_and_no_secret(keyed):
    issued = keyed.get(query(ttl="77"), fields=bearer(keyed.keys["lms"])).json()
    keyed.get(query("somebody"), fields=bearer(keyed.keys["lms"]))
    keyed.get(query(), fields=bearer("sk_lms_guess"))
    good, denied, stranger = audit_lines(keyed.audit, 3)
    assert good["outcome"] == "issued" and good["by"] == "key:lms" and good["ttl"] == 77
    assert good["jti"] == decode(issued["token"])[1]["jti"]
    assert (good["user_id"], good["type"], good["filename"]) == (OWNER, "lesson", "Video.mp4")
    assert (denied["outcome"], denied["cause"]) == ("refused", "not_entitled")
    assert (stranger["cause"], "by" in stranger) == ("issuer_key_invalid", False)
    text = keyed.audit.read_text() + keyed.stdout_path.read_text() + keyed.stderr_path.read_text()
    assert keyed.keys["lms"] not in text and "sk_lms_guess" not in text
    assert issued["token"] not in text


def test_preflight_names_the_credentials(start_server, tree, tmp_path):
    server = start_server(tree, config={"cors": {"allowed_origins": ["https://app.example"]}})
    answer = server.request(
        "OPTIONS",
        TOKEN_ROUTE,
        [
            ("Origin", "https://app.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "x-api-key"),
        ],
    )
    named = answer.get("Access-Control-Allow-Headers").split(", ")
    assert {"Authorization", "X-Api-Key", "Range", "If-Range", "If-Match", "If-None-Match"} <= set(named)


SIGNERS = ["HS256", "RS256", "ES256", "EdDSA"]


@pytest.mark.parametrize("algorithm", SIGNERS)
def test_session_tokens_of_each_algorithm(start_server, tree, tmp_path, algorithm):
    signer, stranger = Signer(algorithm, "k1"), Signer(algorithm, "k1")
    path = jwks_file(tmp_path / "jwks.json", signer.jwk())
    jwt = {"key_file": str(path), "issuer": "https://lms", "audience": "sluice"}
    server = start_server(tree, config={"issuer": {"mode": "jwt", "jwt": jwt}})
    said = {"iss": "https://lms", "aud": ["web", "sluice"]}

    def ask(token, user=OWNER):
        return server.get(query(user), fields=bearer(token))

    assert ask(signer.token(**said)).status == 200
    assert ask(signer.token(**{**said, "aud": "sluice"})).status == 200
    refused = {
        "missing": server.get(query()),
        "stranger": ask(stranger.token(**said)),
        "iss": ask(signer.token(**{**said, "iss": "https://other"})),
        "aud": ask(signer.token(**{**said, "aud": ["web"]})),
        "no aud": ask(signer.token(iss="https://lms")),
        "no exp": ask(signer.token(drop=["exp"], **said)),
        "no sub": ask(signer.token(drop=["sub"], **said)),
        "nbf": ask(signer.token(nbf=int(time.time()) + 500, **said)),
        "kid": ask(signer.token(headers={"kid": "k2"}, **said)),
        "key": ask("sk_lms_key"),
    }
    assert {name: answer.status for name, answer in refused.items()} == dict.fromkeys(refused, 401)
    expired = ask(signer.token(**{**said, "exp": int(time.time()) - 1}))
    assert (expired.status, slug(expired)) == (401, "session-expired")
    other = ask(signer.token("somebody", **said))
    assert (other.status, slug(other)) == (403, "session-mismatch")
    assert ask(signer.token("backend", scope=f"openid {SCOPE}", **said)).status == 200
    assert ask(signer.token("backend", scope=f"{SCOPE}x", **said)).status == 403


@pytest.mark.parametrize("algorithm", SIGNERS[1:])
def test_a_public_key_in_pem(start_server, tree, tmp_path, algorithm):
    signer = Signer(algorithm)
    path = private_file(tmp_path / "key.pem", signer.public_pem().decode())
    path.chmod(0o644)
    server = start_server(tree, config={"issuer": {"jwt": {"key_file": str(path)}}})
    assert server.get(query(), fields=bearer(signer.token())).status == 200
    check_problem(server.get(query()), 401)  # auto, with a credential configured


def forged(header, mac=b"", key=None, user=OWNER):
    """A token with a header and a MAC of the attacker's choice."""
    claims = {"sub": user, "exp": int(time.time()) + 600}
    text = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
    if key is not None:
        mac = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"{text}.{b64url(mac)}"


def resigned(signer, header):
    """A token that `signer` has really signed, with a header that it would not write."""
    text = ".".join(
        b64url(json.dumps(part).encode())
        for part in (header, {"sub": OWNER, "exp": int(time.time()) + 600})
    )
    return f"{text}.{b64url(signer.signature(text.encode()))}"


def test_each_key_has_one_algorithm(start_server, tree, tmp_path):
    """A key set contains all four kinds of key: no header makes a token valid under another key."""
    signers = {name: Signer(name, name) for name in SIGNERS}
    path = jwks_file(tmp_path / "jwks.json", *(one.jwk() for one in signers.values()))
    server = start_server(tree, config={"issuer": {"jwt": {"key_file": str(path)}}})
    attacks = {}
    for name, signer in signers.items():
        assert server.get(query(), fields=bearer(signer.token())).status == 200
        for other in (*SIGNERS, "none", "None", "HS384", "PS256", "ES256K", ["RS256"], 256, None):
            if other != name:
                # The signature is as valid as that of the first token; only the header differs.
                attacks[name, str(other)] = resigned(signer, {"alg": other, "kid": name})
        if name != "HS256":
            pem = signer.public_pem()
            for kid in (name, "HS256"):
                for what, key in {
                    "PEM": pem, "trimmed": pem.strip(), "DER": signer.public_der(),
                    "JWK": json.dumps(signer.jwk()).encode(), "text": b64url(pem).encode(),
                }.items():
                    attacks[name, what, kid] = forged({"alg": "HS256", "kid": kid}, key=key)
    for header in ({"alg": "none"}, {"alg": "none", "kid": "HS256"}, {"alg": "HS256"}):
        attacks["unsigned", str(header)] = forged(header)
        attacks["empty key", str(header)] = forged(header, key=b"")
    stranger = Signer("ES256", "own")
    for carrier in ({"jwk": stranger.jwk()}, {"jku": server.base}, {"x5c": ["AA=="]}):
        attacks["carried", str(carrier)] = stranger.token(headers=carrier)
    statuses = {what: server.get(query(), fields=bearer(each)).status
                for what, each in attacks.items()}
    assert {what for what, status in statuses.items() if status != 401} == set()
    assert server.get(query(), fields=bearer(signers["ES256"].token())).status == 200


def test_keys_and_sessions_together(start_server, tree, tmp_path):
    key, entry = issuer_key()
    signer = Signer("ES256")
    issuer = {
        "mode": ["key", "jwt"],
        "keys_file": str(keys_file(tmp_path / "keys.json", entry)),
        "jwt": {"key_file": str(jwks_file(tmp_path / "jwks.json", signer.jwk()))},
    }
    server = start_server(tree, config={"issuer": issuer})
    assert server.get(query(), fields=bearer(key)).status == 200
    assert server.get(query(), fields=bearer(signer.token())).status == 200
    check_problem(server.get(query()), 401)


@pytest.mark.parametrize(
    "issuer, word",
    [
        ({"mode": "key"}, "issuer.keys_file"),
        ({"mode": "jwt"}, "issuer.jwt.key_file"),
        ({"mode": []}, "issuer.mode"),
        ({"mode": ["key", "key"], "keys_file": "x"}, "issuer.mode"),
        ({"mode": "jwt,key"}, "issuer.keys_file"),
        ({"mode": "none", "keys_file": "x"}, "has no effect"),
        ({"keys_file": "/nonexistent"}, "/nonexistent"),
    ],
)
def test_settings_that_make_no_sense(tmp_path, tree, issuer, word):
    config = tmp_path / "sluice.json"
    config.write_text(json.dumps({"media": {"root": str(tree.root)}, "issuer": issuer}))
    checked = run_sluice("config", "check", "--config", config)
    assert checked.returncode == 1
    assert word in checked.stderr


def test_keys_from_the_command_line(start_server, tree, tmp_path):
    path = tmp_path / "issuers.json"

    def key(*arguments):
        return run_sluice("key", *arguments, "--keys-file", path)

    made = key("new", "lms", "--types", "lesson", "--max-ttl", "60", "--rate", "1000")
    assert made.returncode == 0, made.stderr
    first = made.stdout.strip()
    assert first.startswith("sk_lms_")
    assert path.stat().st_mode & 0o777 == 0o600
    assert first not in path.read_text()
    assert key("new", "lms").returncode == 1
    server = start_server(tree, config={"issuer": {"keys_file": str(path)}})
    assert server.get(query(), bearer(first)).json()["expires_in"] == 60
    second = key("rotate", "lms").stdout.strip()
    server.reload()
    assert [server.get(query(), bearer(each)).status for each in (first, second)] == [200, 200]
    listed = key("list").stdout
    assert listed.count("lms types=lesson trainers=all max_ttl=60 rate=1000 entitled") == 2
    assert " until " in listed and first not in listed and second not in listed
    assert key("retire", "lms").returncode == 0
    server.reload()
    assert [server.get(query(), bearer(each)).status for each in (first, second)] == [401, 401]
    assert key("list").stdout.count(" retired ") == 2
    assert key("rotate", "nobody").returncode == 1
    assert key("new", "a b").returncode == 2
    assert run_sluice("key", "list").returncode == 1


def test_a_file_that_others_can_read_is_refused(tmp_path, tree):
    path = keys_file(tmp_path / "keys.json", issuer_key()[1])
    path.chmod(0o644)
    config = tmp_path / "sluice.json"
    issuer = {"keys_file": str(path)}
    config.write_text(json.dumps({"media": {"root": str(tree.root)}, "issuer": issuer}))
    checked = run_sluice("config", "check", "--config", config)
    assert (checked.returncode, "chmod 600" in checked.stderr) == (1, True)
