"""Transfers that the server cuts: the client gets a reset, plain or under TLS, and the access log
contains the cause. Many clients (Python's requests, Ruby's Net::HTTP, wget2) take an orderly end in
mid-body for the end of the file."""

import json
import os
import socket
import subprocess
import time

import pytest
import requests
from support.certificates import TlsConnection
from support.ids import Lesson
from support.metrics import metric
from support.paused import LARGE
from support.stores import SqliteStore
from support.tokens import mint
from support.waiting import eventually
from support.wire import Connection, request_bytes

SLOW = {"stall_timeout": 60, "min_rate": 1 << 30, "min_rate_grace": 1}


class Cut:
    """A download, with TLS or without, of which the client has read a little."""

    def __init__(self, server, media, is_secure, token):
        kind, address = (TlsConnection, server.secure) if is_secure else (Connection, server.address)
        self.connection = kind(address, timeout=30, receive_buffer=65536)
        fields = {"Authorization": f"Bearer {token}"}
        self.connection.send(request_bytes("GET", media.target(), fields))
        self.head = self.connection.read_head()
        self.read = len(self.connection.read_exactly(1 << 16, self.head))
        time.sleep(0.3)  # until the buffers in between are full

    def is_reset(self):
        """Reads to the end; returns True when that is a reset. It reads below TLS, because Python's
        ssl does not distinguish the two ends."""
        with socket.socket(fileno=os.dup(self.connection.socket.fileno())) as below:
            below.settimeout(30)
            try:
                while data := below.recv(1 << 18):
                    self.read += len(data)
            except ConnectionResetError:
                assert self.read < self.head.length
                return True
        return False


def cut_lines(log):
    lines = [json.loads(line) for line in log.read_text().split("\n")[:-1]]
    return [(line["cause"], line["status"]) for line in lines if line["outcome"] == "cut"]


@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(
    "cause", ["file_ended", "stall_timeout", "min_rate", "token_revoked", "shutdown", "second_signal"]
)
def test_a_cut_is_a_reset_and_has_its_cause(start_tls, tree, tmp_path, cause, is_secure):
    store = SqliteStore(tmp_path / "store.db").migrate()
    log = tmp_path / "access.log"
    limits = {"stall_timeout": {"stall_timeout": 1, "pause_timeout": 0, "min_rate": 0}, "min_rate": SLOW}.get(cause, {})
    server = start_tls(limits=limits, log={"access": str(log)}, **store.config(),
                       shutdown={"drain_timeout": 1 if cause == "shutdown" else 30})
    large = tree.add(Lesson("large.mp4"), bytes(LARGE))
    transfer = Cut(server, large, is_secure, mint(large, jti="one-0123456789abcdef"))
    if cause == "file_ended":
        os.truncate(tree.path(large), 1 << 17)
    elif cause == "token_revoked":
        store.run("revoke", "token", "one-0123456789abcdef")
    elif cause in ("shutdown", "second_signal"):
        server.signal()
        if cause == "second_signal":
            server.wait_for_event(lambda event: event["event"] == "draining")
            time.sleep(0.2)
            server.signal()
        server.wait()
        cause = "shutdown"
    elif cause in limits:
        time.sleep(2.5)
    if cause in ("token_revoked", "min_rate"):
        time.sleep(1.5)
    assert transfer.is_reset()
    deadline = time.monotonic() + 10
    while not cut_lines(log) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert cut_lines(log) == [(cause, 200)]


def test_pythons_client_sees_a_cut_for_what_it_is(start_server, tree, tmp_path):
    """urllib3 and requests take an orderly end for the end of the file, regardless of
    Content-Length."""
    server = start_server(tree, config={"shutdown": {"drain_timeout": 1}})
    large = tree.add(Lesson("large.mp4"), bytes(LARGE))
    answer = requests.get(server.base + large.target(), stream=True, timeout=30,
                          headers={"Authorization": f"Bearer {mint(large)}"})
    assert answer.status_code == 200
    parts = answer.iter_content(1 << 16)
    next(parts)
    time.sleep(0.3)
    server.signal()
    server.wait()
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        for _ in parts:
            pass


RUBY = """
require "net/http"
where = URI(ARGV[0])
Net::HTTP.start(where.host, where.port) do |http|
  http.max_retries = 0
  http.request_get(where.request_uri, "Authorization" => "Bearer #{ARGV[1]}") do |answer|
    abort "status #{answer.code}" unless answer.code == "200"
    File.open(ARGV[2], "wb") do |file|
      answer.read_body { |part| file.write(part) }
    end
  end
end
"""


def ruby(url, token, into):
    return ["ruby", "--disable-gems", "-e", RUBY, url, token, into]


def wget2(url, token, into):
    return ["wget2", "--no-config", "--tries=1", f"--header=Authorization: Bearer {token}", "-O", into, url]


@pytest.mark.parametrize(
    "client, message", [(ruby, "Connection reset by peer"), (wget2, "Failed to read")], ids=["ruby", "wget2"]
)
def test_clients_that_trust_an_orderly_end_see_a_cut(start_server, tree, tmp_path, client, message):
    """Ruby's net/http and wget2 report no failure when a response ends early by a FIN. wget2 1.99.1
    exits with 0 after a reset too, but it reports the failed read."""
    server = start_server(tree, config={"shutdown": {"drain_timeout": 1}, "limits": {"connection_rate": 4 << 20}})
    large = tree.add(Lesson("large.mp4"), bytes(LARGE))
    into = tmp_path / "downloaded"
    command = client(server.base + large.target(), mint(large), into)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            eventually(lambda: metric(server, "sluice_transfers_active") == 1)
            server.signal()
            server.wait()
            said, _ = running.communicate(timeout=60)
        finally:
            running.kill()
    assert not into.exists() or into.stat().st_size < LARGE
    assert message in said
    assert running.returncode == (0 if client is wget2 else 1)
