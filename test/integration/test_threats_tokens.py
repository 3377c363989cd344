"""Hostile tokens: rows 1 to 9, 31, 33, 34, 38 to 40 of the table of threats."""

import json
import time

import pytest
from support.checks import check_invalid_token, check_problem, without_request_id
from support.ids import COURSE_PRESENTATION, VIDEO, Lesson
from support.metrics import metric
from support.server import run_sluice
from support.tokens import HEADER, OTHER_SECRET, b64url, claims_for, decode, mint, sign
from support.tokens import sign_header, sign_payload
from support.watch import watch_opens

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def refused(server, token):
    check_invalid_token(server.download(VIDEO, token=token))


def changed_payload(change):
    """JSON text of good claims after textual replacement of `exp`'s value by `change`."""
    claims = claims_for(VIDEO, exp=777)
    return json.dumps(claims).replace("777", change)


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
@pytest.mark.parametrize("signature", ["none", "empty", "good"])
def test_row_01_alg_none(server, name, signature):
    token = sign_header({"alg": name, "typ": "JWT"}, VIDEO)
    unsigned = token.rsplit(".", 1)[0]
    refused(server, {"none": unsigned, "empty": unsigned + ".", "good": token}[signature])


@pytest.mark.parametrize("name", ["RS256", "HS384", "HS512", "ES256", "EdDSA", "hs256", "Hs256"])
def test_row_02_algorithm_confusion(server, name):
    refused(server, sign_header({"alg": name, "typ": "JWT"}, VIDEO))


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":["HS256"],"typ":"JWT"}',
        '{"alg":256,"typ":"JWT"}',
        '{"alg":null,"typ":"JWT"}',
        '{"typ":"JWT"}',
        '{"alg":"HS256 ","typ":"JWT"}',
        '{"alg":"HS256\\u0000","typ":"JWT"}',
        '{"alg":"HS256","alg":"none","typ":"JWT"}',
        '{"alg":"none","alg":"HS256","typ":"JWT"}',
        '{"alg":"HS256","\\u0061lg":"none","typ":"JWT"}',
        '{"alg":"HS256","typ":"JWT"} x',
        '{"alg":"HS256","typ":"JWT",}',
        '["HS256"]',
        '"HS256"',
        "null",
        "",
    ],
)
def test_row_03_alg_of_the_wrong_type(server, header):
    refused(server, sign_header(header, VIDEO))


@pytest.mark.parametrize("name", ["type", "filename", "exp", "user_id", "rel"])
def test_row_03_duplicate_claims(server, name):
    payload = json.dumps(claims_for(VIDEO))
    value = json.dumps(claims_for(VIDEO)[name])
    refused(server, sign_payload(payload[:-1] + f', "{name}": {value}}}'))


def test_row_04_one_refused_token_weakens_nothing_after_it(server):
    forged = mint(VIDEO, secret=OTHER_SECRET)
    unsigned = sign_header({"alg": "none"}, VIDEO).rsplit(".", 1)[0] + "."
    with server.connect() as connection:
        for token in (unsigned, forged, unsigned, forged, forged):
            fields = {"Authorization": f"Bearer {token}"}
            check_invalid_token(connection.request("GET", VIDEO.target(), fields))
        fields = {"Authorization": f"Bearer {mint(VIDEO)}"}
        assert connection.request("GET", VIDEO.target(), fields).status == 200


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "' OR 1=1--",
        "http://evil.example/k",
        "no-such-key",
        "",
        " ",
        "k" * 65,
        "a\u0000b",
        7,
        None,
        ["env"],
        {"kid": "env"},
    ],
    ids=str,
)
def test_row_05_kid_only_looks_up_a_known_key(server, kid):
    refused(server, sign_header({**HEADER, "kid": kid}, VIDEO))
    refused(server, sign_header({**HEADER, "kid": kid}, VIDEO, secret=""))


def test_row_05_a_kid_of_a_megabyte(server):
    token = sign_header({**HEADER, "kid": "k" * (1 << 20)}, VIDEO)
    check_problem(server.download(VIDEO, token=token), 431)


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_row_06_keys_in_the_header_are_not_used(server, name):
    key = {"kty": "oct", "k": b64url(OTHER_SECRET.encode())}
    value = {"jwk": key, "x5c": ["MIIB"]}.get(name, "http://127.0.0.1:1/keys")
    refused(server, sign_header({**HEADER, name: value}, VIDEO, secret=OTHER_SECRET))
    good = sign_header({**HEADER, name: value}, VIDEO)
    assert server.download(VIDEO, token=good).status == 200


@pytest.mark.parametrize("crit", [["b64"], ["exp"], [], "b64", None], ids=str)
def test_row_06_crit_is_refused(server, crit):
    refused(server, sign_header({**HEADER, "crit": crit, "b64": False}, VIDEO))


def test_row_07_malleable_base64(server):
    """The last character carries four bits: a careless decoder accepts three other characters in
    its place."""
    token = mint(VIDEO)
    good = ALPHABET.index(token[-1])
    aliases = [ALPHABET[good + n] for n in (1, 2, 3)]
    assert good % 4 == 0
    for alias in aliases:
        refused(server, token[:-1] + alias)
    assert server.download(VIDEO, token=token).status == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token + "=",
        lambda token: token.replace(".", "=.", 1),
        lambda token: token.replace("-", "+").replace("_", "/"),
        lambda token: token + ".",
        lambda token: token + ".x",
        lambda token: token + "..x",
        lambda token: "." + token,
        lambda token: token.replace(".", "..", 1),
        lambda token: token.replace(".", ". ", 1),
        lambda token: token[:30] + " " + token[30:],
        lambda token: token[:-1],
        lambda token: token[:30] + "%" + token[31:],
        lambda token: token.upper(),
    ],
)
def test_row_07_other_spellings(server, change):
    token = next(t for t in (mint(VIDEO, n=n) for n in range(99)) if "-" in t and "_" in t)
    spelled = change(token)
    assert spelled != token
    refused(server, spelled)


@pytest.mark.parametrize("size, status", [(4097, 401), (8000, 401), (65536, 431)])
def test_row_07_tokens_that_are_too_long(server, size, status):
    padded = mint(VIDEO, pad="p" * (size * 3 // 4))
    assert len(padded) > size
    check_problem(server.download(VIDEO, token=padded), status)


@pytest.mark.parametrize("secret", ["", "x" * 8, "secret", "x" * 31])
def test_row_08_short_secret_is_refused_at_start(tree, secret):
    result = run_sluice(
        "serve", "--listen", "127.0.0.1:0", "--media-root", tree.root, env={"SLUICE_SECRET": secret}
    )
    assert result.returncode != 0
    assert "SLUICE_SECRET" in result.stderr and "32" in result.stderr
    assert "x" * 8 not in result.stderr and "listening" not in result.stderr


def test_row_08_without_a_key_every_process_has_one_of_its_own(start_server, tree):
    one, two = start_server(tree, env={}), start_server(tree, env={})
    token = one.token(VIDEO)
    assert one.download(VIDEO, token=token).status == 200
    check_invalid_token(two.download(VIDEO, token=token))


def test_row_09_tokens_of_others(server):
    check_problem(server.download(VIDEO, token=mint(COURSE_PRESENTATION)), 403)
    refused(server, mint(VIDEO, secret=OTHER_SECRET))
    refused(server, sign({"alg": "HS256", "typ": "at+jwt"}, claims_for(VIDEO)))
    refused(server, sign_payload({"sub": "me", "exp": int(time.time()) + 900, "scope": "read"}))


def test_row_09_issuer_and_audience(start_server, tree):
    server = start_server(tree, config={"tokens": {"issuer": "sluice", "audience": "downloads"}})
    assert server.download(VIDEO).status == 200
    _, claims = decode(server.token(VIDEO), audience="downloads")
    assert (claims["iss"], claims["aud"]) == ("sluice", "downloads")
    assert server.download(VIDEO, token=mint(VIDEO, iss="sluice", aud="downloads")).status == 200
    for wrong in (
        {},
        {"iss": "sluice"},
        {"aud": "downloads"},
        {"iss": "staging", "aud": "downloads"},
        {"iss": "sluice", "aud": "uploads"},
        {"iss": "sluice", "aud": 7},
    ):
        refused(server, mint(VIDEO, **wrong))


@pytest.mark.parametrize("name", ["token", "access_token", "Authorization", "jwt", "bearer"])
def test_row_31_tokens_in_the_url_are_not_read(server, name):
    token = server.token(VIDEO)
    for value in (token, f"Bearer%20{token}"):
        check_problem(server.get(f"{VIDEO.target()}?{name}={value}"), 401)


def test_row_31_no_referrer(server):
    for answer in (server.download(VIDEO), server.issue(VIDEO)):
        assert answer.get("Referrer-Policy") == "no-referrer"


@pytest.mark.parametrize("name", ["Cookie", "X-Authorization", "Proxy-Authorization", "X-Token"])
def test_row_31_tokens_in_other_fields_are_not_read(server, name):
    token = server.token(VIDEO)
    value = f"token={token}" if name == "Cookie" else f"Bearer {token}"
    check_problem(server.get(VIDEO.target(), {name: value}), 401)


@pytest.mark.parametrize(
    "exp",
    ['"9999999999"', "1e308", "1e400", "-1", "-1.5", "-1e9", "null", "true", "[]", "0", "0.5",
     "1e9", "1700000000.999", "1e16", str(2**53), str(2**53) + ".5", str(2**40 * 31_556_952), str(2**63), str(2**64), "99999999999999999999999999", "NaN"],
)
def test_row_33_exp_abuse(server, exp):
    refused(server, sign_payload(changed_payload(exp)))


def test_row_33_exp_is_required_and_exclusive(server):
    now = int(time.time())
    refused(server, mint(VIDEO, exp=now))
    refused(server, mint(VIDEO, drop=["exp"]))
    assert server.download(VIDEO, token=mint(VIDEO, exp=now + 5)).status == 200


@pytest.mark.parametrize("name", ["iat", "nbf", "exp"])
def test_row_33_every_time_is_a_number_however_it_is_written(server, name):
    """RFC 7519 §2: fractional times, as other libraries write them (Python's time.time() without
    int())."""
    later = name == "exp"
    now = int(time.time()) + (600 if later else -600)
    for text in (f"{now}.5", f"{now}.000", f"{now}e0", f"{now / 1e9:.9f}e9", f"{now / 1e9:.9f}E+9"):
        payload = json.dumps(claims_for(VIDEO, **{name: 777})).replace("777", text)
        assert server.download(VIDEO, token=sign_payload(payload)).status == 200, text
    for text in (f'"{now}"', "null", "-1", "1e300", str(2**53), "[1]", "{}", "true"):
        payload = json.dumps(claims_for(VIDEO, **{name: 777})).replace("777", text)
        refused(server, sign_payload(payload))


def test_row_33_fractions_of_exp_count(server):
    exp = time.time() + 0.7
    token = mint(VIDEO, exp=exp)
    if time.time() < exp - 0.3:  # else the machine is too busy to tell
        assert server.download(VIDEO, token=token).status == 200
    time.sleep(max(0, exp - time.time()))
    refused(server, token)


def test_row_34_clock_skew(server):
    """The leeway is 5 s by default: nodes with clocks synchronised by NTP accept each other's
    tokens."""
    now = int(time.time())
    for name in ("iat", "nbf"):
        before = skewed(server)
        assert server.download(VIDEO, token=mint(VIDEO, **{name: now + 3})).status == 200
        assert skewed(server) == before + 1
        refused(server, mint(VIDEO, **{name: now + 600}))
        refused(server, mint(VIDEO, **{name: now + 30}))
        assert skewed(server) == before + 1
    assert server.download(VIDEO, token=mint(VIDEO, nbf=now - 1)).status == 200
    assert skewed(server) == before + 1


def skewed(server):
    return metric(server, "sluice_tokens_ahead_total")


def test_row_34_without_leeway(start_server, tree):
    server = start_server(tree, config={"tokens": {"leeway": 0}})
    now = int(time.time())
    refused(server, mint(VIDEO, iat=now + 5))
    refused(server, mint(VIDEO, nbf=now + 5))
    assert server.download(VIDEO, token=mint(VIDEO, nbf=now, iat=now)).status == 200


def test_row_34_leeway_is_for_iat_and_nbf_alone(start_server, tree):
    server = start_server(tree, config={"tokens": {"leeway": 60}})
    now = int(time.time())
    assert server.download(VIDEO, token=mint(VIDEO, iat=now + 50, nbf=now + 50)).status == 200
    refused(server, mint(VIDEO, iat=now + 120))
    refused(server, mint(VIDEO, exp=now - 1))


def test_row_34_leeway_beyond_a_minute_is_refused(tree):
    result = run_sluice(
        "serve", "--media-root", tree.root, "--listen", "127.0.0.1:0",
        env={"SLUICE_TOKENS_LEEWAY": "61"},
    )
    assert result.returncode != 0 and "SLUICE_TOKENS_LEEWAY" in result.stderr


def test_row_38_duplicate_authorization(server):
    good, bad = server.token(VIDEO), mint(VIDEO, secret=OTHER_SECRET)
    for pair in ((good, bad), (bad, good), (good, good)):
        fields = [("Authorization", f"Bearer {token}") for token in pair]
        check_problem(server.get(VIDEO.target(), fields), 400)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  ", "bearer" + " " * 40])
def test_row_38_scheme_in_any_case_and_one_or_more_spaces(server, scheme):
    fields = {"Authorization": f"{scheme} {server.token(VIDEO)}"}
    assert server.get(VIDEO.target(), fields).status == 200


@pytest.mark.parametrize(
    "form",
    ["Bearer\t{0}", "Bearer \t{0}", "Bearer  {0} x", "Bearer {0}, Bearer {0}", "Bearer {0} x", "Bearer {0},x", "{0}",
     "Basic {0}", "Token {0}", "Bearer:{0}", "Bearer={0}", "Bearer", "Bearer{0}", 'Bearer "{0}"'],
)
def test_row_38_forms_of_the_credential(server, form):
    value = form.format(server.token(VIDEO))
    check_invalid_token(server.get(VIDEO.target(), {"Authorization": value}))


def test_row_38_folded_field(server):
    fields = {"Authorization": f"Bearer\r\n {server.token(VIDEO)}"}
    check_problem(server.get(VIDEO.target(), fields), 400)


def test_row_39_the_file_is_not_opened_before_the_verdict(server, media):
    video = media.add(Lesson("watched.mp4"), b"watched")
    with watch_opens(media.path(video)) as watch:
        for token in (mint(video, secret=OTHER_SECRET), mint(video, ttl=-1), mint(VIDEO), "a.b.c"):
            assert server.download(video, token=token).status in (401, 403)
        check_problem(server.get(video.target()), 401)
        assert not watch.was_opened()
        assert server.download(video, token=mint(video)).status == 200
        assert watch.was_opened(), "the watch would not have seen it"


def test_row_39_bad_signatures_are_answered_alike(server):
    token = mint(VIDEO)
    start = token.rindex(".") + 1

    def with_other_character(position):
        other = "A" if token[position] != "A" else "E"
        return token[:position] + other + token[position + 1 :]

    answers = [
        server.download(VIDEO, token=with_other_character(position))
        for position in (start, start + 21, len(token) - 1)
    ]
    answers.append(server.download(VIDEO, token=sign_header({**HEADER, "kid": "unknown"}, VIDEO)))
    for answer in answers:
        assert without_request_id(answer) == without_request_id(answers[0])
        check_invalid_token(answer)


def test_row_40_existence_oracle(server, media):
    other = media.add(Lesson("of-somebody-else.mp4", trainer="other", course="of-other"), b"secret")
    token = server.token(VIDEO)
    there = server.download(other, token=token)
    absent = server.download(Lesson("of-nobody.mp4", trainer="other", course="of-other"), token=token)
    check_problem(there, 403)
    assert without_request_id(there) == without_request_id(absent)
