"""Certificates of real ACME clients: the service's user reads them after the steps of docs/operations.md, and a renewal
needs no hook."""

import json
import pathlib
import re
import shutil
import tempfile

import pytest
from support.acme import Certbot, Lego, pebble
from support.certificates import TlsConnection
from support.ids import Lesson
from support.installed import Installed
from support.media import MediaTree, noise
from support.paused import LARGE
from support.server import ROOT
from support.tokens import mint
from support.users import SERVICE, as_user, facts
from support.wire import request_bytes

pytestmark = pytest.mark.tooling


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with pebble(tmp_path_factory.mktemp("pebble")) as one:
        yield one


@pytest.fixture
def installed():
    place = pathlib.Path(tempfile.mkdtemp(prefix="sluice-acme-"))
    place.chmod(0o755)
    try:
        yield Installed(place)
    finally:
        shutil.rmtree(place)


def documented_steps(client):
    """The commands that docs/operations.md gives for this client."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    block = re.search(rf"^- \*\*{client}\*\*.*?\n\n((?:      [^\n]*\n)+)", page, re.M | re.S)[1]
    return block.replace("sluice", "daemon")  # the user of the service in these tests


def listeners(client):
    return [{"address": "127.0.0.1:0", "certificate": client.certificate, "key": client.key}]


class Download:
    """A download under TLS that has begun, and waits."""

    def __init__(self, server, video):
        self.connection = TlsConnection(server.addresses[0], timeout=30, receive_buffer=65536)
        self.connection.send(request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"}))
        self.head = self.connection.read_head()
        assert self.head.status == 200

    def finish(self):
        body = self.connection.read_exactly(self.head.length, self.head)
        self.connection.close()
        return body


@pytest.mark.parametrize("kind", [Certbot, Lego])
def test_a_renewal_needs_no_hook(authority, installed, kind, tmp_path, start_server):
    client = kind(authority, tmp_path)
    name = kind.__name__.lower()
    installed.command(*client.first, env=client.env)
    etc = installed.place / "etc"
    key = etc / pathlib.Path(client.key).relative_to("/etc")
    assert facts(key) == (0, 0, 0o600)

    # As the client left it, only root can read the key; `config check` says so.
    config = {"SLUICE_LISTENERS": json.dumps(listeners(client)), "SLUICE_CONFIG": "",
              "SLUICE_MEDIA_ROOT": "/var/lib", "SLUICE_SECRET": "s" * 32}
    before = installed.run("config", "check", user=SERVICE, env=config)
    assert before.returncode == 1 and client.certificate in before.stderr and "Permission denied" in before.stderr
    installed.command("sh", "-ec", documented_steps(name))
    after = installed.run("config", "check", user=SERVICE, env=config)
    assert after.returncode == 0, after.stderr

    tree = MediaTree(installed.place / "media")
    content = noise(LARGE)
    video = tree.add(Lesson("large.mp4"), content)
    server = start_server(tree, folder=installed.place / "server", listen=None, config={"listeners": listeners(client)},
                          prefix=(*installed.prefix, *as_user(SERVICE)))
    downloads = [Download(server, video) for _ in range(2)]
    old = downloads[0].connection.serial

    installed.command(*client.renew, env=client.env)
    server.wait_for_event(lambda event: event["event"] == "certificates_renewed")
    with TlsConnection(server.addresses[0]) as connection:
        assert connection.serial != old
    assert [one.finish() == content for one in downloads] == [True, True]
    assert facts(key) == (0, SERVICE, 0o640), "the renewal has kept the group and the mode"
