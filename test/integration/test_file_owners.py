"""Owners and modes of files with secrets: those that the service and the commands accept and write, with real users
(docs/decisions/0034-whose-file-it-is.md)."""

import json
import os
import pathlib
import struct
import subprocess

import pytest
from support import certificates
from support.ability import unable
from support.certificates import TlsConnection
from support.ids import VIDEO
from support.issuers import Signer, issuer_key, jwks_file, keys_file
from support.object_stores import BODY
from support.object_stores import VIDEO as STORED
from support.server import run_sluice
from support.tokens import b64url
from support.users import SERVICE, STRANGER, as_user, facts, give, open_folder
from support.waiting import eventually


@pytest.fixture(autouse=True)
def needs_root():
    if os.geteuid() != 0:
        unable("takes root to have files of other users")


SHARED = 4242  # a group that the service is in, such as ssl-cert or the fsGroup of a pod
FOREIGN = 4243  # a group that it is not in
SECRETS = ("ring", "issuers", "jwks", "tls")


@pytest.fixture
def tmp_path():
    """Every folder of these tests is open to other users."""
    with open_folder() as folder:
        yield folder


@pytest.fixture
def place(tmp_path):
    return tmp_path


@pytest.fixture(params=SECRETS)
def secret(request, place):
    """(path, setting): a file with a secret of each kind that the service reads, and the setting that names it."""
    folder = place / "secret"
    folder.mkdir()
    path = folder / f"{request.param}.secret"
    if request.param == "ring":
        path.write_text('{"keys": [{"kid": "a", "secret": "%s"}]}' % b64url(b"x" * 32))
        return path, f"tokens.key_file={path}"
    if request.param == "issuers":
        return keys_file(path, issuer_key()[1]), f"issuer.keys_file={path}"
    if request.param == "jwks":
        return jwks_file(path, Signer("HS256").jwk()), f"issuer.jwt.key_file={path}"
    certificate, key = certificates.make(folder)
    key.rename(path)
    pair = {"address": "127.0.0.1:0", "certificate": str(certificate), "key": str(path)}
    return path, f"listeners={json.dumps([pair])}"


def check(secret, tree, user=SERVICE, groups=(SHARED,)):
    """The result of `config check` as a user."""
    return run_sluice("config", "check", "--media-root", tree.root, "--set", secret[1],
                      prefix=as_user(user, groups) if user else ())


ACCEPTED = {
    "of the service": (SERVICE, SERVICE, 0o600),
    "credential of systemd": (SERVICE, 0, 0o400),
    "credential of systemd, shown by its ACL": (SERVICE, 0, 0o440),
    "root's, for a group of the service": (0, SHARED, 0o640),
    "secret of Kubernetes with fsGroup": (0, SHARED, 0o440),
    "of the service and its group": (SERVICE, SERVICE, 0o640),
}


@pytest.mark.parametrize("user,group,mode", ACCEPTED.values(), ids=ACCEPTED)
def test_what_administrators_and_secret_managers_make_is_accepted(secret, tree, place, user, group, mode):
    give(secret[0], user, group, mode)
    done = check(secret, tree)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr


def acl_for(user):
    """A POSIX ACL as systemd gives it to a credential: root's file, which `user` may read."""
    entries = ((0x01, 4, 2**32 - 1), (0x02, 4, user), (0x04, 0, 2**32 - 1), (0x10, 4, 2**32 - 1), (0x20, 0, 2**32 - 1))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def test_a_file_of_root_with_an_acl_for_the_service_is_accepted(secret, tree, place):
    give(secret[0], 0, 0, 0o400)
    try:
        os.setxattr(secret[0], "system.posix_acl_access", acl_for(SERVICE))
    except OSError as fault:
        unable(f"no ACLs on this file system: {fault}")
    assert facts(secret[0]) == (0, 0, 0o440)
    done = check(secret, tree, groups=())
    assert done.returncode == 0, done.stderr


REFUSED = {
    "readable by everybody": ((SERVICE, SERVICE, 0o604), "chmod 600"),
    "writable by the group": ((0, SHARED, 0o660), "chmod 640"),
    "group that the owner is not in": ((SERVICE, FOREIGN, 0o640), "can be read by the group 4243"),
    "of another user": ((STRANGER, SHARED, 0o640), "belongs to another user, games"),
    "not for this user": ((0, 0, 0o600), "for the user daemon; it belongs to root:root (mode 0600)"),
}


@pytest.mark.parametrize("owner,cause", REFUSED.values(), ids=REFUSED)
def test_other_files_are_refused_with_the_cause(secret, tree, place, owner, cause):
    give(secret[0], *owner)
    done = check(secret, tree)
    assert done.returncode == 1 and str(secret[0]) in done.stderr and cause in done.stderr, done


def test_root_reads_the_files_of_the_service(secret, tree, place):
    os.chown(secret[0].parent, SERVICE, SERVICE)
    for owner in ((SERVICE, SERVICE, 0o600), (0, SHARED, 0o640), (0, 0, 0o600)):
        give(secret[0], *owner)
        assert check(secret, tree, user=None).returncode == 0, owner
    give(secret[0], STRANGER, STRANGER, 0o600)
    assert "belongs to another user" in check(secret, tree, user=None).stderr


def test_a_mounted_secret_behind_links_is_followed(place, tree, start_server):
    """As Kubernetes lays it out: NAME -> ..data/NAME, ..data -> a folder with a date."""
    volume = place / "volume"
    first = volume / "..2026_01"
    first.mkdir(parents=True)
    give(volume, 0, SHARED, 0o1777)
    give(keys_file(first / "issuers.json", issuer_key()[1]), 0, SHARED, 0o440)
    (volume / "..data").symlink_to(first.name)
    (volume / "issuers.json").symlink_to("..data/issuers.json")
    server = start_server(tree, prefix=as_user(groups=(SHARED,)),
                          config={"issuer": {"keys_file": str(volume / "issuers.json")}})
    key, entry = issuer_key("second")
    second = volume / "..2026_02"
    second.mkdir()
    give(keys_file(second / "issuers.json", entry), 0, SHARED, 0o440)
    (volume / "..new").symlink_to(second.name)
    (volume / "..new").rename(volume / "..data")
    server.wait_for_event(lambda event: event["event"] == "reloaded")
    assert server.issue(VIDEO, fields={"X-Api-Key": key}).status == 200


def test_credentials_of_an_object_store_in_a_mounted_secret(place, bucket, serve_bucket):
    """A secret with fsGroup, mode 0440: accepted, and followed when the kubelet replaces it."""
    volume = place / "secrets"

    def put(name, **wrong):
        (volume / name).mkdir(parents=True)
        path = bucket.credentials(volume / name, **wrong)
        give(pathlib.Path(path), 0, SHARED, 0o440)
        (volume / "..new").symlink_to(name)
        (volume / "..new").rename(volume / "..data")

    put("..first")
    (volume / "archive.json").symlink_to("..data/credentials.json")
    service = serve_bucket(command=as_user(SERVICE, (SHARED,)), credentials_file=str(volume / "archive.json"))
    assert service.download(STORED).body == BODY
    def renewed():
        return len([event for event in service.events() if event["event"] == "object_credentials_renewed"])

    put("..second", secret="not-the-one-of-the-store")
    eventually(lambda: renewed() == 1)
    put("..third")
    eventually(lambda: renewed() == 2)
    eventually(lambda: service.download(STORED).body == BODY)


def test_a_renewed_certificate_of_certbot_is_served(place, tree, start_server):
    """live/NAME/privkey.pem -> ../../archive/NAME/privkey1.pem; certbot gives a renewed key the group and the mode
    of the last one."""
    archive, live = place / "archive/site", place / "live/site"
    archive.mkdir(parents=True)
    live.mkdir(parents=True)

    def renew(number):
        certificate, key = certificates.make(place / f"made{number}")
        for made, name in ((certificate, "fullchain"), (key, "privkey")):
            made.rename(archive / f"{name}{number}.pem")
            (live / "new").symlink_to(f"../../archive/site/{name}{number}.pem")
            (live / "new").rename(live / f"{name}.pem")
        give(archive / f"privkey{number}.pem", 0, SHARED, 0o640)
        return (archive / f"fullchain{number}.pem").read_bytes()

    renew(1)
    for folder in (archive.parent, live.parent):
        give(folder, 0, SHARED, 0o750)
    listener = certificates.listener(live / "fullchain.pem", live / "privkey.pem")
    server = start_server(tree, prefix=as_user(groups=(SHARED,)), listen=None,
                          config={"listeners": [listener]})
    second = renew(2)
    server.wait_for_event(lambda event: event["event"] == "certificates_reloaded"
                          or "certificate" in event["event"])
    with TlsConnection(server.address) as connection:
        der = connection.socket.getpeercert(binary_form=True)
    assert b64(der) in second.replace(b"\n", b"")


def b64(der):
    return subprocess.run(["base64", "-w0"], input=der, capture_output=True, check=True).stdout


@pytest.fixture
def state(place):
    """A state directory, as systemd makes it for the service."""
    folder = place / "state"
    folder.mkdir()
    return give(folder, SERVICE, SERVICE, 0o750)


def key_command(path, *arguments, user=None):
    return run_sluice("key", *arguments, "--keys-file", path, prefix=as_user(user) if user else ())


def test_issuer_keys_are_managed_by_root_and_by_the_service(state):
    """In turn, with every command; the file stays the service's."""
    path = state / "issuers.json"
    for number, user in enumerate((None, SERVICE, None, SERVICE)):
        for command in (("new", f"k{number}"), ("rotate", "k0"), ("list",), ("retire", f"k{number}")):
            done = key_command(path, *command, user=user)
            assert done.returncode == 0, (user, command, done.stderr)
            assert facts(path) == (SERVICE, SERVICE, 0o600)


def test_issuer_keys_in_a_directory_of_root(place):
    """As /etc/sluice: root's, and closed to others than the service's group."""
    folder = place / "etc"
    folder.mkdir()
    give(folder, 0, SERVICE, 0o750)
    path = folder / "issuers.json"
    for command in (("new", "lms"), ("rotate", "lms")):
        assert key_command(path, *command).returncode == 0
        assert facts(path) == (0, SERVICE, 0o640)
    assert key_command(path, "list", user=SERVICE).returncode == 0
    for command in (("new", "other"), ("retire", "lms")):
        done = key_command(path, *command, user=SERVICE)
        assert done.returncode == 1 and "belongs to root: run this command as root" in done.stderr


def test_a_stranger_is_told_who_may(state):
    path = state / "issuers.json"
    assert key_command(path, "new", "lms").returncode == 0
    for command in (("list",), ("new", "other")):
        done = key_command(path, *command, user=STRANGER)
        assert done.returncode == 1 and "run this command as root" in done.stderr, done
    give(state, SERVICE, SERVICE, 0o755)
    done = key_command(path, "new", "other", user=STRANGER)
    assert "belongs to daemon: run this command as root or as that user" in done.stderr
    done = key_command(state / "fresh.json", "new", "other", user=STRANGER)
    assert f"the directory {state} belongs to daemon:daemon (mode 0755)" in done.stderr


def test_a_store_that_root_makes_is_the_services(state):
    path = state / "store.db"
    assert run_sluice("store", "migrate", "--store", path).returncode == 0
    assert facts(path)[:2] == (SERVICE, SERVICE)
    for prefix in ((), as_user()):
        done = run_sluice("grant", "add", "--user", "anna", "--trainer", "t", "--store", path, prefix=prefix)
        assert done.returncode == 0, done.stderr
    assert {facts(one)[:2] for one in state.iterdir()} == {(SERVICE, SERVICE)}
    done = run_sluice("store", "check", "--store", path, prefix=as_user(STRANGER))
    assert done.returncode == 1 and "run this command as root" in done.stderr, done
