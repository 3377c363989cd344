"""The TLS listener: curl, openssl and Chromium as peers, accepted and rejected handshakes, and
attackers that do not finish a handshake."""

import contextlib
import os
import re
import select
import shutil
import socket
import ssl
import struct
import subprocess
import time

import pytest
from support.ability import unable
from support import certificates, proxy
from support.certificates import TlsConnection
from support.ids import VIDEO, Lesson
from support.load import wrk
from support.metrics import check_metric, metric
from support.paused import LARGE
from support.server import run_sluice
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, Connection, request_bytes


def get(server, media, fields=(), **options):
    fields = [*dict(fields).items(), ("Authorization", f"Bearer {mint(media)}")]
    with TlsConnection(server.secure, **options) as connection:
        return connection.request("GET", media.target(), fields)


def unverified():
    """The context of a client that accepts any certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_curl_downloads_and_resumes(start_tls, tree, pem, tmp_path):
    server = start_tls()
    large = tree.add(Lesson("large.mp4"), os.urandom(5 << 20))
    url = f"https://127.0.0.1:{server.secure[1]}{large.target()}"
    curl = ["curl", "-sS", "--fail", "--cacert", pem[0], "-H", f"Authorization: Bearer {mint(large)}"]
    out = tmp_path / "out"
    subprocess.run([*curl, "-r", "0-999999", "-o", out, url], check=True, timeout=60)
    subprocess.run([*curl, "-C", "-", "-o", out, url], check=True, timeout=60)
    assert out.read_bytes() == tree.content(large)
    seen = subprocess.run([*curl, "-I", "-o", "/dev/null", "-w", "%{http_version} %{ssl_verify_result}",
                           url], check=True, timeout=60, capture_output=True, text=True).stdout
    assert seen == "1.1 0"


def test_download_url_is_https(start_tls):
    server = start_tls(issuer={"mode": "none"})
    with TlsConnection(server.secure) as connection:
        connection.send(request_bytes("GET", VIDEO.query("trainer123"), host="media.example"))
        assert connection.read().json()["download_url"] == "https://media.example" + VIDEO.target()


def test_ranges_parts_head_and_keep_alive(start_tls, tree):
    server = start_tls()
    content = tree.content(VIDEO)
    token = {"Authorization": f"Bearer {mint(VIDEO)}"}
    with TlsConnection(server.secure) as connection:
        for _ in range(3):
            assert connection.request("GET", VIDEO.target(), token).body == content
        part = connection.request("GET", VIDEO.target(), {**token, "Range": "bytes=100-70099"})
        assert part.status == 206 and part.body == content[100:70100]
        parts = connection.request("GET", VIDEO.target(), {**token, "Range": "bytes=0-9,50-59"})
        assert parts.get("Content-Type").startswith("multipart/byteranges")
        assert content[50:60] in parts.body
        head = connection.request("HEAD", VIDEO.target(), token)
        assert head.length == len(content)
        many = b"".join(request_bytes("GET", "/healthz") for _ in range(20))
        connection.send(many)  # pipelined, in one record
        assert [connection.read().status for _ in range(20)] == [200] * 20


def test_a_request_may_come_in_records_of_one_byte(start_tls):
    server = start_tls()
    with TlsConnection(server.secure) as connection:
        for byte in request_bytes("GET", "/healthz"):
            connection.send(bytes([byte]))
        assert connection.read().status == 200


def test_a_slow_reader_gets_all_of_it(start_tls, tree):
    server = start_tls()
    large = tree.add(Lesson("large.mp4"), os.urandom(24 << 20))
    with TlsConnection(server.secure, receive_buffer=65536, timeout=30) as connection:
        connection.send(request_bytes("GET", large.target(), {"Authorization": f"Bearer {mint(large)}"}))
        head = connection.read_head()
        start_of_it = connection.read_exactly(1 << 16, head)
        time.sleep(1)
        rest = connection.read_exactly(head.length - len(start_of_it), head)
    assert start_of_it + rest == tree.content(large)


def test_a_file_that_shrinks_is_cut_and_never_padded(start_tls, tree):
    server = start_tls()
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    content = tree.content(large)
    with TlsConnection(server.secure, receive_buffer=65536, is_strict=True) as connection:
        connection.send(request_bytes("GET", large.target(), {"Authorization": f"Bearer {mint(large)}"}))
        head = connection.read_head()
        start_of_it = connection.read_exactly(1 << 16, head)
        os.truncate(tree.path(large), 1 << 20)
        with pytest.raises(ssl.SSLError, match="(?i)eof"):
            while True:
                data = connection.receive(1 << 18)
                assert data, "the part is passed off as the whole"
                start_of_it += data
    assert len(start_of_it) < len(content) and start_of_it == content[: len(start_of_it)]


@pytest.mark.parametrize("fields", [{"Connection": "close"}, {}])
def test_an_end_that_is_meant_is_said_with_close_notify(start_tls, fields):
    server = start_tls(limits={"idle_timeout": 1})
    with TlsConnection(server.secure, is_strict=True) as connection:
        connection.send(request_bytes("GET", "/healthz", fields))
        assert connection.read().status == 200
        assert connection.receive() == b""


def test_a_reader_that_stands_still_is_cut(start_tls, tree):
    server = start_tls(limits={"stall_timeout": 1, "pause_timeout": 0})
    large = tree.add(Lesson("large.mp4"), bytes(LARGE))
    with TlsConnection(server.secure, receive_buffer=65536, is_strict=True) as connection:
        connection.send(request_bytes("GET", large.target(), {"Authorization": f"Bearer {mint(large)}"}))
        connection.read_head()
        eventually(lambda: metric(server, "sluice_transfers_cut_total") == 1)
        with pytest.raises(ssl.SSLError, match="(?i)eof"):
            while connection.socket.recv(1 << 18):
                pass


def test_an_end_of_the_client_without_close_notify_is_an_end(start_tls):
    server = start_tls()
    connection = TlsConnection(server.secure)
    assert connection.request("GET", "/healthz").status == 200
    connection.socket.detach()
    assert get(server, VIDEO).status == 200


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("version,works", [("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True),
                                           ("TLSv1_3", True)])
def test_versions(start_tls, version, works):
    server = start_tls()
    wanted = getattr(ssl.TLSVersion, version)
    try:
        answer = get(server, VIDEO, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=wanted)
        assert works and answer.status == 200
    except (ssl.SSLError, ConnectionError):
        assert not works


def test_only_1_3_when_it_is_wanted(start_tls):
    server = start_tls(tls={"min_version": "1.3"})
    assert get(server, VIDEO, minimum_version=ssl.TLSVersion.TLSv1_3).status == 200
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(server, VIDEO, maximum_version=ssl.TLSVersion.TLSv1_2)


def negotiated(server, cipher):
    """The TLS 1.2 cipher of openssl's client when it offers only `cipher`; None when the server
    rejects it with a handshake_failure alert."""
    result = subprocess.run(
        ["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.secure[1], "-tls1_2", "-cipher",
         f"{cipher}:@SECLEVEL=0"], input="", capture_output=True, text=True, timeout=30, check=False)
    found = re.search(r"Cipher is (\S+)", result.stdout)
    assert found, result.stderr
    if found.group(1) != "(NONE)":
        return found.group(1)
    assert "alert handshake failure" in result.stderr, result.stderr
    return None


STRONG = {"ec": ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"],
          "rsa": ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"]}
# CBC, CCM, no forward secrecy, no encryption: all that fit the kind of certificate.
WEAK = {"ec": ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM8", "ECDHE-ECDSA-NULL-SHA"],
        "rsa": ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384",
                "ECDHE-RSA-NULL-SHA", "NULL-SHA256", "DHE-RSA-AES128-GCM-SHA256"]}


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_weak_ciphers_are_not_spoken(start_tls, tmp_path, kind):
    """The certificate is one with which another server would accept these ciphers; strong ciphers
    are accepted."""
    options = certificates.CURVE if kind == "ec" else ("rsa:2048",)
    server = start_tls(files=certificates.make(tmp_path, kind=options))
    for cipher in STRONG[kind]:
        assert negotiated(server, cipher) == cipher
    for cipher in WEAK[kind]:
        assert negotiated(server, cipher) is None, cipher


@pytest.mark.parametrize("offered,chosen", [
    (["h2", "http/1.1"], "http/1.1"), (["http/1.0"], "http/1.0"),
    (["http/1.0", "http/1.1"], "http/1.1"), ([], None)])
def test_alpn(start_tls, offered, chosen):
    with TlsConnection(start_tls().secure, alpn=offered) as connection:
        assert connection.socket.selected_alpn_protocol() == chosen
        assert connection.request("GET", "/healthz").status == 200


def test_alpn_without_a_protocol_of_ours_is_refused(start_tls):
    """RFC 7301 §3.2: the server rejects it with the alert that gives the reason."""
    server = start_tls()
    with pytest.raises(ssl.SSLError, match="(?i)no application protocol"):
        TlsConnection(server.secure, alpn=["h2", "http/0.9"])
    check_metric(server, "sluice_tls_handshakes_failed_total", 1)


def test_strict_transport_security_is_sent_where_it_is_set(start_tls):
    server = start_tls(listener={"hsts_max_age": 600})
    for answer in (get(server, VIDEO), get(server, Lesson("none.mp4")),  # one refused
                   TlsConnection(server.secure).request("OPTIONS", "/healthz")):
        assert answer.get("Strict-Transport-Security") == "max-age=600", answer
    plain = server.get("/healthz")
    assert plain.status == 200 and plain.get("Strict-Transport-Security") is None
    with Connection(server.secure) as connection:  # RFC 6797 §7.2: not without TLS
        refused = connection.request("GET", "/healthz")
        assert refused.status == 400 and refused.get("Strict-Transport-Security") is None


def test_strict_transport_security_is_off_by_default(start_tls):
    assert get(start_tls(), VIDEO).get("Strict-Transport-Security") is None


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_sessions_are_resumed_by_ticket(start_tls, tmp_path, version):
    server = start_tls()
    kept = tmp_path / "session.pem"
    command = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.secure[1], version, "-ign_eof"]
    request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    first = subprocess.run([*command, "-sess_out", kept], input=request, capture_output=True, text=True,
                           timeout=30, check=False)
    assert "200 OK" in first.stdout, first.stderr
    again = subprocess.run([*command, "-sess_in", kept], input=request, capture_output=True, text=True,
                           timeout=30, check=False)
    assert "200 OK" in again.stdout and "Reused, TLS" in again.stdout


def test_plain_http_on_the_tls_port_is_told_so(start_tls):
    server = start_tls()
    with Connection(server.secure) as plain:
        answer = plain.request("GET", VIDEO.target(), {"Authorization": f"Bearer {mint(VIDEO)}"})
        assert (answer.status, answer.json()["type"]) == (400, "urn:sluice:problem:tls-required")
        assert plain.receive() == b""
    check_metric(server, "sluice_tls_handshakes_failed_total", 1)


def test_row_49_the_hello_of_ssl_2_is_not_parsed(start_tls):
    """Its records have another framing, which nothing would count. OpenSSL would answer it."""
    server = start_tls()
    suites, challenge = bytes.fromhex("00c02f00c02b00009c"), bytes(16)
    hello = (b"\x01\x03\x03" + len(suites).to_bytes(2, "big") + b"\0\0" + len(challenge).to_bytes(2, "big")
             + suites + challenge)
    with Connection(server.secure) as old:
        old.send((0x8000 | len(hello)).to_bytes(2, "big") + hello)
        assert old.rest() == b""
    check_metric(server, "sluice_tls_handshakes_failed_total", 1)


def test_a_port_that_is_only_looked_at_is_no_failure(start_tls):
    server = start_tls()
    Connection(server.secure).close()
    eventually(lambda: metric(server, "sluice_connections_open") == 1)
    assert metric(server, "sluice_tls_handshakes_failed_total") == 0


def test_row_41_handshakes_count_against_the_limits(start_tls):
    server = start_tls(limits={"connections_per_peer": 2, "uncounted_peers": []})
    with Connection(server.secure), Connection(server.secure):  # neither says a word
        answer = get(server, VIDEO)
        assert (answer.status, answer.json()["type"]) == (
            503, "urn:sluice:problem:too-many-connections-from-peer")
        with Connection(server.secure) as silent:  # over the limit, it has two seconds
            assert silent.rest(8) == b""


def test_row_48_nobody_waits_in_a_handshake_without_a_place(start_tls):
    """Two connections are served and eight wait to be rejected; the others are closed before their
    handshake."""
    server = start_tls(limits={"connections": 2}, tls={"handshake_timeout": 60},
                       prefix=("prlimit", "--nofile=64"))
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(Connection(server.secure, timeout=30)) for _ in range(24)]
        while len(waiting) > 2:
            ready, _, _ = select.select([one.socket for one in waiting], [], [], 30)
            assert ready, "they are still open"
            waiting = [one for one in waiting if one.socket not in ready]
    eventually(lambda: server.get("/healthz").status == 200)
    assert 1 <= metric(server, "sluice_tls_handshakes_failed_total") <= 8


@pytest.mark.parametrize("first", [b"", b"\x16\x03\x01\x02\x00\x01", b"\x16\x03\x01\xff\xff" + bytes(40)])
def test_row_41_a_handshake_has_a_deadline_however_it_trickles(start_tls, first):
    server = start_tls(tls={"handshake_timeout": 1})
    with Connection(server.secure) as slow:
        slow.send(first)
        began = time.monotonic()
        slow.rest(15)
        assert time.monotonic() - began < 10
    check_metric(server, "sluice_tls_handshakes_failed_total", 1)
    check_metric(server, "sluice_connections_open", 1)  # the connection that asks


def test_a_ticket_does_not_wait_for_a_request(start_tls):
    """It carries the acknowledgement that a client with Nagle's algorithm waits for with its request."""
    server = start_tls()
    context = unverified()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with context.wrap_socket(socket.create_connection(server.secure, timeout=10)) as silent:
        assert not silent.session.has_ticket
        silent.setblocking(False)
        select.select([silent], [], [], 5)
        with pytest.raises(ssl.SSLWantReadError):
            silent.recv(1)
        assert silent.session.has_ticket


def test_a_request_after_the_handshake_waits_for_no_timer(start_tls):
    """Of several, resumed: a delayed acknowledgement would hold up each of them by 40 ms."""
    server = start_tls()
    context = unverified()
    session, times = None, []
    for _ in range(20):
        with context.wrap_socket(socket.create_connection(server.secure, timeout=10), session=session) as one:
            began = time.monotonic()
            one.sendall(request_bytes("GET", "/healthz", {"Connection": "close"}))
            assert one.recv(65536).startswith(b"HTTP/1.1 200")
            times.append(time.monotonic() - began)
            session = one.session
    assert min(times[1:]) < 0.03, times


def segments_received(connection):
    """Segments with data that the kernel has received (tcpi_data_segs_in of struct tcp_info, tcp(7))."""
    return struct.unpack_from("=I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 152)[0]


def test_the_last_response_shares_a_segment_with_the_end(start_tls):
    """And with the ticket, for a client that sends its request along with its last flight."""
    server = start_tls()
    context = unverified()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing)
    with socket.create_connection(server.secure, timeout=10) as raw:
        with pytest.raises(ssl.SSLWantReadError):
            client.do_handshake()
        raw.sendall(outgoing.read())
        incoming.write(raw.recv(65536))
        client.do_handshake()
        client.write(request_bytes("GET", "/healthz", {"Connection": "close"}))
        raw.sendall(outgoing.read())
        while more := raw.recv(65536):
            incoming.write(more)
        assert client.read(65536).startswith(b"HTTP/1.1 200")
        assert client.session.has_ticket
        assert client.read(1) == b""  # close_notify
        assert segments_received(raw) == 2  # the first flight of the handshake, and all the rest


def test_behind_a_proxy_header(start_tls):
    server = start_tls(listener={"proxy_protocol": "v2"})
    with socket.create_connection(server.secure, timeout=10) as raw:
        raw.sendall(proxy.v2())
        context = unverified()
        with context.wrap_socket(raw) as secure:
            secure.sendall(request_bytes("GET", "/healthz", {"Connection": "close"}))
            assert secure.recv(65536).startswith(b"HTTP/1.1 200")


def test_chromium_shows_what_it_is_sent(start_tls, pem, tmp_path):
    if shutil.which("chromium") is None:
        unable("no chromium: scripts/test --no-browser does not install it")
    server = start_tls()
    shown = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
         f"--ignore-certificate-errors-spki-list={certificates.pin(pem[0])}", "--dump-dom",
         "https://127.0.0.1:%d/healthz" % server.secure[1]],
        capture_output=True, text=True, timeout=90, check=True).stdout
    with TlsConnection(server.secure) as connection:
        assert connection.request("GET", "/healthz").body.decode().strip() in shown


def test_reloads_under_tls_load_fail_no_request(start_tls):
    server = start_tls(log={"access": "off"})
    url = "https://127.0.0.1:%d%s" % (server.secure[1], VIDEO.target())
    with wrk(url, mint(VIDEO), seconds=3) as load:
        for _ in range(10):
            server.reload()
            time.sleep(0.2)
    load.assert_unharmed()


def test_draining_lets_a_transfer_end(start_tls, tree):
    server = start_tls()
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    with TlsConnection(server.secure, receive_buffer=65536, timeout=30) as connection:
        connection.send(request_bytes("GET", large.target(), {"Authorization": f"Bearer {mint(large)}"}))
        head = connection.read_head()
        start_of_it = connection.read_exactly(1 << 16, head)
        server.signal()
        server.wait_for_event(lambda event: event["event"] == "draining")
        rest = connection.read_exactly(head.length - len(start_of_it), head)
    assert start_of_it + rest == tree.content(large)
    assert server.wait() == 0
