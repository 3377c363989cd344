"""Real object stores on this machine: Swift with its S3 API, and where it is installed a Ceph RGW."""

import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from urllib.parse import quote, urlencode

import pytest

from .balancers import PROCESS
from .ids import Lesson
from .media import noise
from .waiting import eventually

HERE = pathlib.Path(__file__).resolve().parent
BODY = noise(100_000, seed=7)
VIDEO = Lesson("Video.mp4")
EMPTY = hashlib.sha256(b"").hexdigest()


# Likewise for each test process (support/balancers.py has the reason), behind the ports of that file.
FIRST_PORT = 21000 + 1000 * PROCESS


def free_ports(count):
    """The first of `count` ports in a row that nobody uses."""
    blocks = 1000 // count
    start = random.randrange(blocks)
    for block in range(blocks):
        first = FIRST_PORT + count * ((start + block) % blocks)
        sockets = []
        try:
            for port in range(first, first + count):
                one = socket.socket()
                sockets.append(one)
                one.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no free ports")


def signed(method, host, path, access, secret, query="", body=b"", region="us-east-1", service="s3"):
    """The fields of a request signed with AWS Signature Version 4."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    names = "host;x-amz-content-sha256;x-amz-date"
    request = "\n".join([method, path, query, f"host:{host}", f"x-amz-content-sha256:{digest}",
                         f"x-amz-date:{now}", "", names, digest])
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (now[:8], region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return {"Host": host, "x-amz-content-sha256": digest, "x-amz-date": now,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={access}/{scope},SignedHeaders={names},"
                             f"Signature={key.hex()}"}


class ObjectStore:
    """One engine below a folder. `region` is the only one that it accepts, None: any."""

    script = storage = ""
    access = secret = ""
    ports = 10
    region = "us-east-1"

    def __init__(self, folder, **environment):
        self.folder = pathlib.Path(folder)
        self.port = free_ports(self.ports)
        self.environment = environment
        self.host = f"127.0.0.1:{self.port}"
        self.endpoint = f"http://{self.host}"
        self.start()

    def start(self):
        subprocess.run([HERE / self.script, self.folder, str(self.port), "-d"], check=True,
                       env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL,
                       timeout=180)

    def stop(self):
        subprocess.run([HERE / self.script, self.folder, "stop"], check=True, timeout=60)

    def pid(self, name):
        for line in (self.folder / "pids").read_text().splitlines():
            if line.split()[0] == name:
                return int(line.split()[1])
        raise AssertionError(f"no {name} in {self.folder}")

    def freeze(self):
        """Stops the daemon that holds the objects: the gateway accepts requests and does not answer."""
        pid = self.pid(self.storage)
        os.kill(pid, signal.SIGSTOP)
        threads = pathlib.Path(f"/proc/{pid}/task")  # on a busy machine, a thread goes on until it has its turn

        def is_stopped():
            return all(each.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "T"
                       for each in threads.iterdir())

        eventually(is_stopped)

    def thaw(self):
        os.kill(self.pid(self.storage), signal.SIGCONT)

    def ask(self, method, path, query="", body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path + (f"?{query}" if query else ""), body,
                               signed(method, self.host, path, self.access, self.secret, query, body))
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def path(self, key):
        return "/vod/" + quote(key, safe="/~")

    def make_bucket(self):
        status, text, _ = self.ask("PUT", "/vod")
        assert status in (200, 409), text

    def put(self, key, content):
        status, text, _ = self.ask("PUT", self.path(key), body=content)
        assert status in (200, 201), text

    def delete(self, key):
        assert self.ask("DELETE", self.path(key))[0] in (200, 204)

    def etag(self, key):
        return self.ask("HEAD", self.path(key))[2]["ETag"]

    def credentials(self, folder, secret=None, access=None, session=""):
        """A file of credentials, as the service wants it."""
        path = pathlib.Path(folder) / "credentials.json"
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"access_key_id": access or self.access,
                                     "secret_access_key": secret or self.secret,
                                     **({"session_token": session} if session else {})}))
        fresh.chmod(0o600)
        fresh.rename(path)
        return str(path)

    def config(self, folder, more=None, s3=None):
        """The configuration of a service whose media are below media/ in this store. `s3` replaces fields of it."""
        origin = {"endpoint": self.endpoint, "bucket": "vod", "prefix": "media/",
                  "credentials_file": self.credentials(folder), **(s3 or {})}
        media = {"origins": [{"s3": origin}], "rescan_interval": 1}
        return {"media": media, **(more or {})}


class Swift(ObjectStore):
    name = "swift"
    script, storage = "swift_s3.sh", "object"
    reader = "test:reader", "reading"
    second = "test:second", "rotated"  # another key with the same rights
    access, secret = "test:tester", "testing"

    def kill_gateway(self):
        os.kill(self.pid("proxy"), signal.SIGKILL)

    def revive_gateway(self):
        """Its launcher does not restart the proxy: all daemons are restarted; the objects stay."""
        self.stop()
        self.start()


class Rgw(ObjectStore):
    name = "rgw"
    script, storage = "ceph_rgw.sh", "osd"
    reader = "s3reader", "s3readersecret"
    second = "s3second", "s3secondsecret"
    access, secret = "s3owner", "s3ownersecret"
    gateway = None

    # A role is assumed for as few seconds as a test wants; 900 is the least by default.
    SESSIONS = "rgw sts key = abcdefghijklmnop\\nrgw s3 auth use sts = true\\nrgw sts min session duration = 1"

    def make_role(self):
        """The role `media`, which the owner may assume and which may do everything: for assume_role()."""
        def admin(*arguments):
            subprocess.run(["radosgw-admin", "-n", "client.rgw.r", *arguments, "--admin-socket="], check=True,
                           env={**os.environ, "CEPH_CONF": str(self.folder / "ceph.conf")}, capture_output=True)

        def policy(**statement):
            return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})

        admin("role", "create", "--role-name", "media", "--assume-role-policy-doc", policy(
            Principal={"AWS": ["arn:aws:iam:::user/s3owner"]}, Action=["sts:AssumeRole"]))
        admin("role-policy", "put", "--role-name", "media", "--policy-name", "all", "--policy-doc", policy(
            Action=["s3:*"], Resource=["arn:aws:s3:::*"]))

    def assume_role(self, seconds):
        """(access key id, secret, session token) that end after so many seconds."""
        body = urlencode({"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": "arn:aws:iam:::role/media",
                          "RoleSessionName": "test", "DurationSeconds": seconds}).encode()
        fields = signed("POST", self.host, "/", self.access, self.secret, body=body, service="sts")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", "/", body, {**fields, "Content-Type": "application/x-www-form-urlencoded"})
        text = connection.getresponse().read().decode()
        connection.close()
        found = dict(re.findall(r"<(AccessKeyId|SecretAccessKey|SessionToken)>([^<]+)<", text))
        assert len(found) == 3, text
        return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]

    def grant(self, action, resource):
        """Gives `reader` this right alone."""
        statement = {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/s3reader"]},
                     "Action": [action], "Resource": [resource]}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
        status, answer, _ = self.ask("PUT", "/vod", "policy=", text)
        assert status < 300, answer

    def kill_gateway(self):
        os.kill(self.gateway.pid if self.gateway else self.pid("rgw"), signal.SIGKILL)

    def revive_gateway(self):
        log = open(self.folder / "log" / "rgw.again.err", "ab")
        self.gateway = subprocess.Popen(
            ["radosgw", "-f", "-n", "client.rgw.r"], cwd=self.folder, stdout=log, stderr=log,
            env={**os.environ, "CEPH_CONF": str(self.folder / "ceph.conf")})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the gateway did not come back")

    def stop(self):
        if self.gateway is not None:
            self.gateway.terminate()
            self.gateway.wait()
        super().stop()


# The packages of Ceph take 265 MB, so .ci/run installs them, and scripts/test does not.
ENGINES = [Swift, pytest.param(Rgw, marks=pytest.mark.skipif(
    not shutil.which("radosgw"), reason="needs ceph-mon ceph-osd radosgw, which .ci/run installs"))]


def key(media):
    return "media/" + media.path()


def add(store, media, content):
    store.put(key(media), content)
    return media
