"""A platform that publishes its key set: nginx over TLS with a certificate of a test's own authority."""

import json
import os
import subprocess

from .balancers import FRONT, ProxyOfOthers

CONFIG = """
pid nginx.pid;
events {{}}
http {{
    access_log {folder}/requests;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_timeout {keep_alive};
    server {{
        listen {front} {how};
        {pair}
        root {folder}/www;
        add_header Cache-Control "{cache}";
        location = /moved.json {{ return 302 /jwks.json; }}
        location = /packed.json {{ add_header Content-Encoding gzip; }}
    }}
}}
"""


class Authority:
    """A certificate authority, made by openssl."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate, self.key = folder / "ca.crt", folder / "ca.key"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-days", "2", "-subj", "/CN=authority of a test", "-keyout", self.key,
                      "-out", self.certificate)

    def sign(self, names, label="server"):
        """(certificate, key) for `names`, such as "DNS:localhost,IP:127.0.0.1"."""
        request, key, out = (self.folder / f"{label}.{suffix}" for suffix in ("csr", "key", "crt"))
        extensions = self.folder / f"{label}.ext"
        extensions.write_text(f"subjectAltName={names}\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", "/CN=ignored", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                      "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", out)
        return out, key

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class KeyServer(ProxyOfOthers):
    """nginx that serves `keys` (public JWKs) at /jwks.json. `pair`: certificate and key; None: plain HTTP."""

    def __init__(self, folder, keys=(), pair=None, cache="max-age=300", host="localhost", keep_alive=60):
        self.folder = folder
        self.www = folder / "www"
        self.www.mkdir(parents=True)
        self.publish(*keys)
        lines = f"ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};" if pair else ""
        super().__init__("nginx", folder, CONFIG.format(
            folder=folder, front=FRONT, how="ssl" if pair else "", pair=lines, cache=cache,
            keep_alive=keep_alive))
        scheme = "https" if pair else "http"
        self.place = f"{scheme}://{host}:{self.address[1]}"
        self.url = self.place + "/jwks.json"

    def publish(self, *keys):
        """Replaces the set, as a whole."""
        self.put(json.dumps({"keys": list(keys)}))

    def put(self, text, name="jwks.json"):
        part = self.www / "part"
        part.write_text(text)
        os.replace(part, self.www / name)

    def requests(self):
        path = self.folder / "requests"
        return path.read_text().splitlines() if path.exists() else []
