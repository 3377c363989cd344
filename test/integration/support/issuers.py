"""Issuer keys and the platform's session tokens, made by Debian's PyJWT, cryptography and openssl."""

import base64
import hashlib
import json
import secrets
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

SCOPE = "sluice:mint"


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def private_file(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return path


def issuer_key(name="lms", **limits):
    """(the key, its entry in the file)."""
    key = f"sk_{name}_{secrets.token_urlsafe(32)}"
    digest = b64url(hashlib.sha256(key.encode()).digest())
    return key, {"name": name, "digest": digest, **limits}


def keys_file(path, *entries):
    return private_file(path, json.dumps({"keys": entries}))


class Signer:
    """One key pair of a platform, or one secret."""

    def __init__(self, algorithm, kid=None, bits=2048):
        self.algorithm = algorithm
        self.kid = kid
        if algorithm == "HS256":
            self.private = secrets.token_bytes(32)
        elif algorithm == "RS256":
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        elif algorithm == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
        else:
            self.private = ed25519.Ed25519PrivateKey.generate()

    def public_pem(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def public_der(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def jwk(self):
        named = {"kid": self.kid} if self.kid else {}
        if self.algorithm == "HS256":
            return {"kty": "oct", "k": b64url(self.private), **named}
        if self.algorithm == "EdDSA":
            raw = self.private.public_key().public_bytes(
                serialization.Encoding.Raw, serialization.PublicFormat.Raw
            )
            return {"kty": "OKP", "crv": "Ed25519", "x": b64url(raw), **named}
        numbers = self.private.public_key().public_numbers()
        if self.algorithm == "RS256":
            size = (self.private.key_size + 7) // 8
            return {
                "kty": "RSA",
                "n": b64url(numbers.n.to_bytes(size, "big")),
                "e": b64url(numbers.e.to_bytes(3, "big")),
                **named,
            }
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": b64url(numbers.x.to_bytes(32, "big")),
            "y": b64url(numbers.y.to_bytes(32, "big")),
            **named,
        }

    def signature(self, data):
        """A signature by its own algorithm, regardless of the algorithm in `data`."""
        method = jwt.get_algorithm_by_name(self.algorithm)
        return method.sign(data, method.prepare_key(self.private))

    def token(self, user="trainer123", drop=(), headers=None, **changes):
        claims = {"sub": user, "exp": int(time.time()) + 600, **changes}
        claims = {name: value for name, value in claims.items() if name not in drop}
        headers = {**({"kid": self.kid} if self.kid else {}), **(headers or {})}
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers=headers)


def jwks_file(path, *entries):
    return private_file(path, json.dumps({"keys": entries}))


def bearer(credential):
    return {"Authorization": f"Bearer {credential}"}
