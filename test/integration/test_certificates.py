"""Certificates of TLS listeners: changed, unusable and expired ones."""

import json
import shutil
import ssl
import time

from support import certificates
from support.certificates import TlsConnection
from support.ids import VIDEO
from support.metrics import metric
from support.server import run_sluice


def served(server):
    with TlsConnection(server.secure) as connection:
        return connection.serial


def der(pem_file):
    return ssl.PEM_cert_to_DER_cert(pem_file.read_text())


def test_a_new_certificate_is_taken_up_by_a_reload_and_by_itself(start_tls, tmp_path):
    folder = tmp_path / "live"
    old = certificates.make(folder)
    old_der = der(old[0])
    server = start_tls(files=old)
    kept = TlsConnection(server.secure)
    assert kept.request("GET", "/healthz").status == 200
    for reload in (True, False):
        fresh = certificates.make(tmp_path / f"fresh{reload}")
        for source, target in zip(fresh, old):
            shutil.copy(source, target)
        if reload:
            server.reload()
        else:
            server.wait_for_event(lambda event: event["event"] == "certificates_renewed")
        assert served(server) == der(fresh[0]) != old_der
    assert kept.request("GET", "/healthz").status == 200, "a connection under the old one goes on"
    kept.close()


def test_each_listener_serves_its_own_certificate_and_renews_it(start_server, tree, tmp_path):
    pairs = [certificates.make(tmp_path / name, name=f"{name}.example") for name in ("one", "two")]
    server = start_server(tree, listen=None, config={"listeners": [
        {"address": "127.0.0.1:0"}, *(certificates.listener(*pair) for pair in pairs)]})

    def seen():
        answers = []
        for address in server.addresses[1:]:
            with TlsConnection(address) as connection:
                answers.append(connection.serial)
        return answers

    assert seen() == [der(pair[0]) for pair in pairs]
    for last in (1, 0):  # the other one stays
        fresh = certificates.make(tmp_path / f"fresh{last}")
        for source, target in zip(fresh, pairs[last]):
            shutil.copy(source, target)
        server.reload()
        assert seen() == [der(pair[0]) for pair in pairs]


def test_a_reload_that_a_certificate_refuses_changes_nothing(start_tls, tmp_path):
    """When one certificate is unusable, neither the settings nor the other certificate change: a
    reload applies wholly or not at all."""
    files = certificates.make(tmp_path / "live")
    server = start_tls(files=files, issuer={"mode": "none"}, tokens={"default_ttl": 100, "max_ttl": 500})
    before = json.loads(server.config_path.read_text())
    after = {**before, "tokens": {"default_ttl": 100, "max_ttl": 400}}

    def longest():
        return server.issue(VIDEO, ttl="100000").json()["expires_in"]

    assert longest() == 500
    key = files[1].read_text()
    files[1].write_text("no key")
    event = server.reload(config=after, outcome="reload_refused")
    assert str(files[1]) in event["reasons"]
    assert longest() == 500, "refused, and yet in force"
    files[1].write_text(key)
    server.reload(config=after)
    assert longest() == 400


def test_a_bad_certificate_is_kept_out(start_tls, tmp_path):
    old = certificates.make(tmp_path / "live")
    expected = der(old[0])
    server = start_tls(files=old)
    old[1].write_text("no key")
    event = server.wait_for_event(lambda event: event["event"] == "certificates_refused")
    assert str(old[1]) in event["cause"]
    assert str(old[1]) in server.reload(outcome="reload_refused")["reasons"]
    assert served(server) == expected


def test_files_that_cannot_be_used_keep_the_service_from_starting(tree, tmp_path, pem):
    other = certificates.make(tmp_path, common="other")
    rsa = certificates.make(tmp_path, common="rsa", kind=("rsa:2048",))
    none, empty = tmp_path / "none", tmp_path / "empty"
    empty.touch()
    for certificate, key, reason in (
        (none, pem[1], f"certificate {none}: No such file or directory"),
        (pem[0], none, f"key {none}: cannot be opened: No such file or directory"),
        (empty, pem[1], f"certificate {empty}: no PEM certificate or key found in this file"),
        (pem[0], other[1], f"key {other[1]}: does not match {pem[0]}"),
        (pem[0], rsa[1], f"key {rsa[1]}: does not match {pem[0]}"),
    ):
        listeners = '[{"address": "127.0.0.1:0", "certificate": "%s", "key": "%s"}]' % (certificate, key)
        for command in (("serve",), ("config", "check")):
            result = run_sluice(*command, "--media-root", tree.root, env={"SLUICE_LISTENERS": listeners})
            assert result.returncode == 1
            assert reason in result.stderr, result.stderr
            assert "terminate" not in result.stderr


def test_a_certificate_that_has_expired_is_reported_and_served(start_tls, tmp_path):
    expired = certificates.make(tmp_path / "expired")
    certificates.expire(*expired)
    server = start_tls(files=expired)
    event = server.wait_for_event(lambda event: event["event"] == "certificate_not_valid")
    assert event["certificate"] == str(expired[0]) and event["level"] == "warning"
    assert served(server) == der(expired[0])
    expires = metric(server, "sluice_tls_certificate_expiry_timestamp_seconds")
    assert time.time() - 2 * 86400 < expires < time.time()
