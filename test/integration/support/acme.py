"""Real ACME clients against a real ACME server: certbot and lego, as Debian has them, and pebble, which believes every
challenge here."""

import contextlib
import json
import subprocess

from . import certificates
from .balancers import free_port
from .server import environment
from .waiting import eventually

NAME = "media.example"


class Pebble:
    """An ACME server with an authority of its own."""

    def __init__(self, folder):
        self.authority, key = certificates.make(folder, name="localhost")
        self.port = free_port()
        config = {
            "listenAddress": f"127.0.0.1:{self.port}", "managementListenAddress": f"127.0.0.1:{free_port()}",
            "certificate": str(self.authority), "privateKey": str(key), "httpPort": 80, "tlsPort": 443,
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": config}))
        self.directory = f"https://localhost:{self.port}/dir"
        trusting = {"PEBBLE_VA_ALWAYS_VALID": "1", "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
        with open(folder / "pebble.log", "wb") as log:
            self.process = subprocess.Popen(["pebble", "-config", folder / "pebble.json"], env=environment(trusting),
                                            stdout=log, stderr=log)
        eventually(self._answers, 20)

    def _answers(self):
        done = subprocess.run(["curl", "-sf", "--cacert", self.authority, self.directory], capture_output=True, check=False)
        return done.returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Certbot:
    """Its layout: live/NAME/*.pem are links into archive/NAME, where each renewal writes files of the next number."""

    certificate, key = f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"/etc/letsencrypt/live/{NAME}/privkey.pem"

    def __init__(self, pebble, folder):
        self.env = {"REQUESTS_CA_BUNDLE": str(pebble.authority)}
        self.first = ["certbot", "certonly", "--non-interactive", "--agree-tos", "--register-unsafely-without-email",
                      "--server", pebble.directory, "--webroot", "--webroot-path", folder, "--domains", NAME,
                      *self._folders(folder)]
        self.renew = ["certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew", *self._folders(folder)]

    @staticmethod
    def _folders(folder):
        return ["--work-dir", folder / "work", "--logs-dir", folder / "logs"]


class Lego:
    """Its layout: certificates/NAME.crt and NAME.key, which each renewal overwrites."""

    certificate, key = f"/etc/lego/certificates/{NAME}.crt", f"/etc/lego/certificates/{NAME}.key"

    def __init__(self, pebble, _):
        self.env = {"LEGO_CA_CERTIFICATES": str(pebble.authority)}
        common = ["lego", "--server", pebble.directory, "--accept-tos", "--email", f"admin@{NAME}", "--domains", NAME,
                  "--http", "--http.port", f"127.0.0.1:{free_port()}", "--path", "/etc/lego"]
        self.first = [*common, "run"]
        self.renew = [*common, "renew", "--days", "36500", "--no-random-sleep"]


@contextlib.contextmanager
def pebble(folder):
    one = Pebble(folder)
    try:
        yield one
    finally:
        one.stop()
