"""Checks the form of error responses and of downloads (docs/api.md §2 and §3)."""

import re
from urllib.parse import unquote


def check_problem(response, status, parameter=None):
    """An RFC 9457 problem with this status, complete and not to be stored. Returns its members."""
    assert response.status == status, response
    assert response.get("Content-Type").split(";")[0] == "application/problem+json"
    assert "no-store" in response.list("Cache-Control")
    assert response.get("X-Content-Type-Options") == "nosniff"
    problem = response.json()
    assert problem["status"] == status
    assert re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", problem["type"])
    assert problem["title"] and problem["detail"]
    assert problem["request_id"] == response.get("X-Request-Id")
    if parameter is not None:
        assert problem["parameter"] == parameter, problem
    if status == 401:
        assert response.get("WWW-Authenticate").startswith("Bearer")
    return problem


def check_invalid_token(response):
    """A 401 for a credential that was sent and is invalid."""
    problem = check_problem(response, 401)
    assert 'error="invalid_token"' in response.get("WWW-Authenticate")
    return problem


def without_request_id(response):
    """The parts of two responses that must be equal, so that a client cannot distinguish them."""
    fields = sorted(f for f in response.fields if f[0].lower() not in ("x-request-id", "date"))
    problem = response.json()
    problem.pop("request_id")
    return response.status, fields, problem


def attachment_name(response):
    """The file name that a client with support for RFC 6266 and 8187 uses."""
    value = response.get("Content-Disposition")
    assert value.isascii() and value.isprintable(), value
    match = re.fullmatch(
        r"""attachment; filename="([^"\\]*)"(?:; filename\*=UTF-8''([\w.!#$&+^`|~%-]+))?""", value
    )
    assert match, value
    plain, encoded = match.groups()
    assert "%" not in plain, value
    return plain if encoded is None else unquote(encoded, errors="strict")


def fallback_name(response):
    """The ASCII name for clients without that support (curl)."""
    return re.search(r'filename="([^"]*)"', response.get("Content-Disposition")).group(1)


def byte_ranges(response):
    """The parts of a multipart/byteranges body as (first, last, size, type, bytes)."""
    kind = re.fullmatch(r'multipart/byteranges; boundary="?([^"]+)"?', response.get("Content-Type"))
    assert kind, response.get("Content-Type")
    mark = b"--" + kind.group(1).encode()
    preamble, *parts, end = (b"\r\n" + response.body).split(b"\r\n" + mark)
    assert preamble.strip() == b"" and end == b"--\r\n", (preamble, end)
    return [_byte_range(part) for part in parts]


def _byte_range(part):
    head, body = part.split(b"\r\n\r\n", 1)
    fields = dict(
        line.lower().split(": ", 1) for line in head.decode("ascii").split("\r\n") if line.strip()
    )
    where = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", fields["content-range"])
    return (*map(int, where.groups()), fields["content-type"], body)


def check_refusal(response, status, slug):
    """A problem of this type (docs/api.md, Refusals)."""
    assert check_problem(response, status)["type"] == f"urn:sluice:problem:{slug}"
