"""Checks with curl, before any measurement, that a server's response is correct."""

import json
import subprocess

import jwt

from common import HOST, PORT, SECRET, BenchError
from servers import Answer

PIECE = 1 << 20


def _spoiled(request):
    """The request with one character of its credential changed."""
    return request.replace("md5=", "md5=x").replace("Bearer ey", "Bearer eY")


def _command(request):
    """The curl command for a prepared request; sizes go to standard error, the body to output."""
    request_line, *lines = request.rstrip("\r\n").split("\r\n")
    write_out = "%{stderr}%{http_code} %{size_header} %{size_download}"
    command = ["curl", "-sS", "--max-time", "60", "-w", write_out]
    for field in ("User-Agent:", "Accept:", *lines):
        if not field.startswith("Host:"):
            command += ["-H", field]
    return [*command, f"http://{HOST}:{PORT}{request_line.split(' ')[1]}"]


def _curl(request, take):
    """Sends a request by curl; returns the status, header size, body size and the result of `take`
    for the body, a file object."""
    command = _command(request)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as curl:
        taken = take(curl.stdout)
        curl.stdout.read()
        report = curl.stderr.read().decode()
    if curl.returncode != 0:
        raise BenchError(f"{command[-1]}: {report}")
    return (*map(int, report.split()), taken)


def _is_the_file(target, body):
    """Compares in pieces, because a file may have 1 GiB."""
    with open(target.path, "rb") as wanted:
        wanted.seek(target.first)
        while piece := body.read(PIECE):
            if piece != wanted.read(len(piece)):
                return False
    return True


def _is_good_token(body):
    answer = json.load(body)
    return "jti" in jwt.decode(answer["token"], SECRET, algorithms=["HS256"])


def _judge(server, target):
    """The function that decides whether a body is correct."""
    if not server.has_body:
        return lambda body: True
    return _is_good_token if target.is_token else lambda body: _is_the_file(target, body)


def _check(server, target, request):
    status, header_bytes, body_bytes, is_right = _curl(request, _judge(server, target))
    wanted = 206 if target.is_range and server.family != "floor" else 200
    if status != wanted:
        raise BenchError(f"{server.label} answers {status}, not {wanted}")
    if not is_right or not target.is_token and body_bytes != target.body_bytes:
        raise BenchError(f"{server.label} sends {body_bytes} bytes that are not what was asked for")
    return Answer(target, header_bytes, body_bytes)


def _check_refusal(server, request):
    status, *_ = _curl(_spoiled(request), lambda body: None)
    if status not in (401, 403):
        raise BenchError(f"{server.label} answers {status} to a bad token or link")


def verified_answer(running, target, request):
    """Checks one response to the last byte, and that a server with authorisation rejects an altered
    request. Returns the sizes as an Answer."""
    try:
        answer = _check(running.server, target, request)
        if running.server.checks and not target.is_token:
            _check_refusal(running.server, request)
        return answer
    except BenchError as error:
        raise BenchError(f"{error}\n{running.output()}") from error
