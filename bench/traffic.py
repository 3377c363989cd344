"""Prepares the requests as files that wrk.lua and the C clients read. All requests for a target
have the same size for every server, so that parsing and sending a header costs the same."""

import base64
import hashlib
import hmac
import json
import secrets
import time

import jwt

from common import HOST, PORT, SECRET, WORK
from targets import REL, USER

# More tokens than a server would cache, and than fit into a second-level cache.
DISTINCT = 20000
LIFETIME = 86000
# For responses so large that there are only a few.
FEW = 256
MOST_FOR_MANY = 1 << 24


def mint(filename, count):
    """Tokens for one file that differ in their id, made by PyJWT in the form that Sluice issues."""
    now = int(time.time())
    claims = {"type": "lesson", "filename": filename, "rel": REL, "user_id": USER}
    claims.update(iat=now, exp=now + LIFETIME)
    return [
        jwt.encode(
            {**claims, "jti": secrets.token_hex(16)},
            SECRET,
            algorithm="HS256",
            headers={"kid": "env"},
        )
        for _ in range(count)
    ]


def mint_foreign(filename, count):
    """As mint(), in the form of another issuer: its order of the header and of the claims, a claim
    that Sluice does not know, and spaces."""
    now = int(time.time())
    header = {"typ": "JWT", "alg": "HS256", "kid": "env"}
    claims = {"iss_app": "lms", "exp": now + LIFETIME, "iat": now, "user_id": USER}
    claims |= {"type": "lesson", "rel": REL, "filename": filename}

    def encode(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    def sign(jti):
        parts = (header, {**claims, "jti": jti})
        signed = b".".join(encode(json.dumps(part).encode()) for part in parts)
        tag = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
        return (signed + b"." + encode(tag)).decode()

    return [sign(secrets.token_hex(16)) for _ in range(count)]


def request(uri, fields):
    lines = [f"GET {uri} HTTP/1.1", f"Host: {HOST}:{PORT}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines) + "\r\n\r\n"


def _range_field(target):
    last = target.first + target.length - 1 if target.is_range else 0
    return {"Range": f"bytes={target.first}-{last}"} if target.is_range else {}


def bearer_requests(target, count, tokens_of=mint):
    """A different valid token in each."""
    fields = _range_field(target)
    return [
        request(target.uri, {"Authorization": f"Bearer {token}", **fields})
        for token in tokens_of(target.filename, count)
    ]


def foreign_requests(target, count):
    return bearer_requests(target, count, mint_foreign)


def secure_link_requests(target, count):
    """The link form of nginx, padded to the size of the bearer form."""
    size = len(bearer_requests(target, 1)[0])
    made = []
    for expires in range(int(time.time()) + LIFETIME, int(time.time()) + LIFETIME + count):
        digest = hashlib.md5(f"{expires}{target.uri} {SECRET}".encode()).digest()
        md5 = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        uri = f"{target.uri}?md5={md5}&expires={expires}"
        fields = _range_field(target)
        pad = size - len(request(uri, {**fields, "X-Pad": ""}))
        made.append(request(uri, {**fields, "X-Pad": "p" * pad}))
    return made


def token_requests(_target, count):
    """Requests for a token, each with another lifetime."""
    base = "/api/get-download-token/v2?type=lesson"
    return [
        request(f"{base}&user_id={USER}&rel={REL}&filename=1k.mp4&ttl={10000 + i}", {})
        for i in range(count)
    ]


STYLES = {
    "bearer": bearer_requests,
    "foreign": foreign_requests,
    "secure_link": secure_link_requests,
}


class Traffic:
    """Request files, each made at its first use. A run is far shorter than a token's lifetime."""

    def __init__(self):
        self._folder = WORK / "requests"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._made = {}

    def file(self, target, style):
        """The path of the requests for `target`, and the first of them."""
        key = (target.key, style)
        if key not in self._made:
            make = token_requests if target.is_token else STYLES[style]
            is_huge = not target.is_token and target.body_bytes > MOST_FOR_MANY
            requests = make(target, FEW if is_huge else DISTINCT)
            path = self._folder / f"{target.key}-{style}"
            path.write_text("".join(requests), encoding="ascii", newline="")
            self._made[key] = (path, requests[0])
        return self._made[key]
