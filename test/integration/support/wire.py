"""HTTP/1.1 by hand over a plain socket: sends exactly the bytes of the test."""

import contextlib
import json
import socket
import time


class Closed(Exception):
    """The server closed before a response was complete; `partial` is the received part."""

    def __init__(self, partial=None):
        super().__init__("connection closed early")
        self.partial = partial


class Response:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.version, status, self.reason = lines[0].split(" ", 2)
        self.status = int(status)
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
        self.body = b""

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name):
        """The value of a field that occurs at most once."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} occurs {len(values)} times: {values}"
        return values[0] if values else None

    def list(self, name):
        """The elements of a comma-separated field, lower-case."""
        parts = ",".join(self.all(name)).lower().split(",")
        return {part.strip() for part in parts if part.strip()}

    def json(self):
        return json.loads(self.body)

    @property
    def length(self):
        value = self.get("Content-Length")
        return None if value is None else int(value)

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:300]!r}>"


def request_bytes(method, target, fields=(), host="127.0.0.1", body=b""):
    """A request with a Host unless `fields` contains one or `host` is None."""
    fields = list(fields.items()) if isinstance(fields, dict) else list(fields)
    if host is not None and all(name.lower() != "host" for name, _ in fields):
        fields.insert(0, ("Host", host))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "surrogateescape") + body


class Connection:
    """One connection, to (host, port) or the path of a unix socket. A small `receive_buffer` makes
    the server wait for the reader; `source` is the local address."""

    def __init__(self, address, timeout=10, receive_buffer=None, source=None):
        family = socket.AF_UNIX if isinstance(address, str) else (
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        )
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            self.socket.bind((source, 0))
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.buffer = b""
        self.was_reset = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, size=65536):
        """Some bytes; b"" at the end or after a reset."""
        if self.buffer:
            data, self.buffer = self.buffer[:size], self.buffer[size:]
            return data
        try:
            return self.socket.recv(size)
        except (ConnectionResetError, BrokenPipeError):
            self.was_reset = True
            return b""

    def read_head(self):
        """The header section of the next response."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.receive()
            if not more:
                raise Closed()
            data += more
        head, rest = data.split(b"\r\n\r\n", 1)
        self.buffer = rest + self.buffer
        return Response(head)

    def read_exactly(self, size, response):
        parts, missing = [], size
        while missing > 0:
            data = self.receive(min(missing, 1 << 20))
            if not data:
                response.body = b"".join(parts)
                raise Closed(response)
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def read(self, method="GET"):
        """The next complete response that is not a 1xx."""
        response = self.read_head()
        while response.status < 200:
            response = self.read_head()
        if method == "HEAD" or response.status in (204, 304):
            return response
        assert response.length is not None, f"no Content-Length: {response}"
        response.body = self.read_exactly(response.length, response)
        return response

    def request(self, method, target, fields=(), **options):
        """Sends a request and reads the response, which may arrive before the whole request was
        accepted."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send(request_bytes(method, target, fields, **options))
        return self.read(method)

    def rest(self, timeout=3):
        """All bytes up to the end; fails when the connection stays open for `timeout` seconds."""
        parts, deadline = [], time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.01))
            data = self.receive()
            if not data:
                return b"".join(parts)
            parts.append(data)

    def is_closed(self, timeout=3):
        """True when no more bytes arrive and the server closes within `timeout` seconds."""
        try:
            return self.rest(timeout) == b""
        except socket.timeout:
            return False
