"""Servers for the cases of test_openapi.py, each of which names the response it expects."""

import contextlib
import time

from support.ids import VIDEO
from support.issuers import Signer, issuer_key, jwks_file, keys_file
from support.media import MediaTree
from support.server import Server


class World:
    """One server per configuration, started when a case first needs it."""

    def __init__(self, folder):
        self.folder = folder
        self.stack = contextlib.ExitStack()
        self.servers = {}

    def serve(self, name, config=None, prepare=None):
        if name not in self.servers:
            tree = MediaTree(self.folder / name / "media")
            if prepare is not None:
                prepare(tree)
            server = Server(self.folder / name / "server", tree.root, config=config)
            self.stack.callback(server.stop)
            server.tree = tree
            self.servers[name] = server
        return self.servers[name]

    @property
    def plain(self):
        return self.serve("plain")

    @property
    def two_trainers(self):
        def prepare(tree):
            for trainer in ("trainer123", "trainer999"):
                tree.add(f"{trainer}/shared/presentation.mp4", b"x")
                tree.add(f"{trainer}/shared/module789/presentation.mp4", b"x")

        return self.serve("ambiguous", prepare=prepare)

    @property
    def credentials(self):
        """Requires a key or a session token, and has one key with almost no permissions."""
        if "credentials" not in self.servers:
            key, entry = issuer_key("narrow", types=["course"])
            slow_key, slow = issuer_key("slow", rate=1)
            signer = Signer("ES256")
            keys = keys_file(self.folder / "keys.json", entry, slow)
            jwks = jwks_file(self.folder / "jwks.json", signer.jwk())
            issuer = {"keys_file": str(keys), "jwt": {"key_file": str(jwks)}}
            server = self.serve("credentials", config={"issuer": issuer})
            server.key, server.slow, server.signer = key, slow_key, signer
        return self.servers["credentials"]

    @property
    def impatient(self):
        """Reaches its limit of bad credentials at once, and has one issuer key whose secret no
        case has."""
        keys = keys_file(self.folder / "impatient.json", issuer_key("lms")[1])
        return self.serve(
            "impatient",
            config={
                "issuer": {"keys_file": str(keys)},
                "limits": {"bad_credentials": 1, "uncounted_peers": []},
            },
        )

    @property
    def with_store(self):
        path = self.folder / "store.db"
        server = self.serve("store", config={"store": {"url": f"sqlite://{path}"}})
        server.store = path
        deadline = time.monotonic() + 20
        while server.get("/readyz").status != 200 or server.issue(VIDEO).status != 200:
            assert time.monotonic() < deadline, server.stderr()
            time.sleep(0.05)
        return server

    @property
    def without_key_set(self):
        """Nothing listens at its issuer.jwt.jwks_url."""
        return self.serve("without_key_set",
                          {"issuer": {"jwt": {"jwks_url": "http://127.0.0.1:1/"}}})

    @property
    def without_store(self):
        """Its store is configured but unreachable."""
        return self.serve("no store", config={"store": {"url": f"sqlite://{self.folder}/no/db"}})
