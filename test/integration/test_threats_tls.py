"""Records that are no data, sent back to back: row 49 of the table of threats. The attacker is
test/faults/tls_flood.c, which seals its records itself. `pytest -s` prints the bystander's waits."""

import pathlib
import subprocess
import threading
import time

import pytest
from support.certificates import TlsConnection
from support.metrics import check_metric, metric
from support.waiting import eventually
from support.wire import request_bytes

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "faults" / "tls_flood.c"
COUNT = 330_000
AFTER_THE_HANDSHAKE = [
    "key-updates", "key-updates-answered", "empty-records-1.3", "alerts-1.3", "hellos",
    "empty-records-1.2", "alerts-1.2", "tickets", "fragments-1.3", "fragments-1.2",
]
IN_THE_HANDSHAKE = ["hello-in-pieces", "change-cipher-specs"]
# Kinds of record that OpenSSL reads without end; it ends the others itself with a fatal alert.
OURS = {"key-updates", "key-updates-answered", "hellos", "hello-in-pieces"}


@pytest.fixture(scope="session")
def flood_program(tmp_path_factory):
    program = tmp_path_factory.mktemp("tls_flood") / "tls_flood"
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", program, SOURCE, "-lssl",
                    "-lcrypto"], check=True, timeout=60)
    return program


class Bystander:
    """Another client of the same thread, which measures its waits for the response to a small
    request."""

    def __init__(self, server):
        self.connection = server.connect(timeout=60)
        self.waits, self.is_over = [], False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over:
            began = time.monotonic()
            assert self.connection.request("GET", "/healthz").status == 200
            self.waits.append(time.monotonic() - began)
            time.sleep(0.0005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        self.connection.close()


def flood(program, server, kind, count=COUNT):
    """Runs the attack beside a bystander; returns how long the server kept the attacker, and the
    longest wait."""
    command = [program, str(server.secure[1]), kind, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attacker:
        assert attacker.stdout.readline() == "ready\n"
        began = time.monotonic()
        with Bystander(server) as bystander:
            output = attacker.stdout.read()  # to its end
            borne = time.monotonic() - began
        assert attacker.wait() == 0 and output.startswith("closed"), output
    longest = max(bystander.waits)
    print(f"\n{kind}: bystander's longest wait {longest * 1e3:.1f} ms, closed after {borne:.2f} s")
    return borne, longest


@pytest.mark.parametrize("kind", AFTER_THE_HANDSHAKE + IN_THE_HANDSHAKE)
def test_row_49_records_without_data_hold_no_thread(start_tls, flood_program, kind):
    server = start_tls(threads=1, limits={"header_timeout": 120}, tls={"handshake_timeout": 120})
    borne, longest = flood(flood_program, server, kind)
    assert longest < 1, "a busy machine may take 50 ms, a held thread takes seconds"
    assert borne < 10, "the connection was closed because of the records, not at a deadline"
    if kind in OURS:  # OpenSSL's own limits close the others
        eventually(lambda: metric(server, "sluice_tls_record_floods_total") == 1)
    if kind in IN_THE_HANDSHAKE:
        eventually(lambda: metric(server, "sluice_tls_handshakes_failed_total") == 1)
    eventually(lambda: metric(server, "sluice_connections_open") == 1)
    with TlsConnection(server.secure) as connection:
        assert connection.request("GET", "/healthz").status == 200


def test_row_49_many_attackers_at_once(start_tls, flood_program):
    server = start_tls(threads=1, limits={"uncounted_peers": ["127.0.0.1"]})
    command = [flood_program, str(server.secure[1]), "key-updates", "20000"]
    attackers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(20)]
    for one in attackers:
        assert one.stdout.readline() == "ready\n"
    with Bystander(server) as bystander:
        for one in attackers:
            one.communicate(timeout=120)
    print(f"\n20 attackers: bystander's longest wait {max(bystander.waits) * 1e3:.1f} ms")
    assert max(bystander.waits) < 1
    check_metric(server, "sluice_tls_record_floods_total", 20)


def test_row_49_a_renegotiation_is_refused(start_tls):
    """RFC 5246 §7.2.2: the server sends the warning no_renegotiation; openssl's client then
    disconnects."""
    server = start_tls()
    result = subprocess.run(
        ["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.secure[1], "-tls1_2"],
        input="R\n", capture_output=True, text=True, timeout=30, check=False)
    assert "RENEGOTIATING" in result.stdout + result.stderr
    assert "no renegotiation" in result.stderr, result.stderr


def test_row_49_discarding_one_byte_a_record_takes_turns(start_tls):
    """Bytes that still arrive on a closing connection are read in small portions too."""
    server = start_tls(threads=1)
    with TlsConnection(server.secure) as attacker, Bystander(server) as bystander:
        attacker.send(request_bytes("GET", "/healthz", {"Connection": "close"}))
        try:
            for _ in range(60_000):
                attacker.socket.send(b"x")
        except OSError:
            pass
    print(f"\none byte a record: bystander's longest wait {max(bystander.waits) * 1e3:.1f} ms")
    assert max(bystander.waits) < 1
