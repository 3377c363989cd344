"""Certificates made for a test by openssl, and clients that speak TLS with them."""

import base64
import hashlib
import ssl
import subprocess

from .wire import Connection


CURVE = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def make(folder, name="node.example", common="tls", kind=CURVE):
    """(certificate, key) files for `name` and 127.0.0.1; the certificate signs itself."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / f"{common}.crt", folder / f"{common}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    return certificate, key


def expire(certificate, key):
    """Replaces it by a certificate that expired a day ago."""
    subprocess.run(["openssl", "x509", "-in", certificate, "-signkey", key, "-days", "-1",
                    "-out", certificate], check=True, capture_output=True)


def pin(certificate):
    """The certificate's public key as browsers pin it: SHA-256 in base64."""
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True,
                            capture_output=True).stdout
    der = base64.b64decode(b"".join(public.split(b"-----")[2].split()))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def listener(certificate, key, **more):
    return {"address": "127.0.0.1:0", "certificate": str(certificate), "key": str(key), **more}


class TlsConnection(Connection):
    """A Connection under TLS. An end without close_notify raises SSLError when `is_strict` is set;
    otherwise it is an ordinary end. `options` are attributes of the SSLContext."""

    def __init__(self, address, timeout=10, receive_buffer=None, alpn=("http/1.1",), is_strict=False,
                 **options):
        super().__init__(address, timeout, receive_buffer)
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        if is_strict:
            self.context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        self.context.set_alpn_protocols(list(alpn))
        for name, value in options.items():
            setattr(self.context, name, value)
        self.socket = self.context.wrap_socket(self.socket, server_hostname="node.example",
                                               suppress_ragged_eofs=not is_strict)

    @property
    def serial(self):
        return self.socket.getpeercert(binary_form=True)
