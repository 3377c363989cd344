"""Tokens of other issuers: signed by PyJWT as in server.py, or assembled byte by byte."""

import base64
import hashlib
import hmac
import json
import time

import jwt

SECRET = "integration-tests-share-this-secret-of-49-bytes!!"
OTHER_SECRET = "another-site-signs-its-tokens-with-this-secret!!!"


def claims_for(media, user_id="trainer123", ttl=900, drop=(), **changes):
    """The claims that server.py writes for `media`, without jti. `changes` replaces or adds claims,
    `drop` removes them."""
    now = int(time.time())
    claims = {**media.claims(), "user_id": user_id, "iat": now, "exp": now + ttl, **changes}
    return {name: value for name, value in claims.items() if name not in drop}


def mint(media, secret=SECRET, algorithm="HS256", headers=None, **claims):
    """A token by PyJWT; without `headers` it has no kid, like the tokens of server.py."""
    return jwt.encode(claims_for(media, **claims), secret, algorithm=algorithm, headers=headers)


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(header, payload, secret=SECRET):
    """A compact JWS over exactly these texts (or JSON of these dicts), with a correct HS256 MAC."""
    parts = [
        part if isinstance(part, str) else json.dumps(part, separators=(",", ":"))
        for part in (header, payload)
    ]
    body = ".".join(b64url(part.encode()) for part in parts)
    mac = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{b64url(mac)}"


HEADER = {"alg": "HS256", "typ": "JWT"}


def sign_header(header, media, secret=SECRET, **claims):
    """Valid claims for `media` with this header, a dict or text."""
    return sign(header, claims_for(media, **claims), secret)


def sign_payload(payload, secret=SECRET):
    """A valid header with this payload, a dict or text."""
    return sign(HEADER, payload, secret)


def decode(token, secret=SECRET, audience=None, may_have_expired=False):
    """(header, claims) as PyJWT reads and verifies them."""
    claims = jwt.decode(token, secret, algorithms=["HS256"], audience=audience,
                        options={"verify_exp": not may_have_expired})
    return jwt.get_unverified_header(token), claims
