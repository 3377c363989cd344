"""The line between clients and the service: records the requests, cuts connections, and answers in
the service's place."""

import contextlib
import re
import socket
import struct
import threading
import time


class Request:
    """The header section of a request that a client has sent."""

    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)

    def get(self, name):
        return {key.lower(): value for key, value in self.fields.items()}.get(name.lower())

    def __repr__(self):
        return f"{self.method} {self.fields}"


class Line:
    """A relay on loopback: `address`, `base`, `requests`.

    `script` has one entry per download request; the requests after its end are relayed. An entry is
    None (relay), an integer (relay that many bytes of the body, then reset the connection), ("fin", bytes) (then close it in
    an orderly way), ("then", bytes, act) (then call act() and reset it; ("fin", bytes, act) closes it), or ("status", code, more
    fields) (answer without the service). `add` are fields that are added to each request, as a
    gateway does."""

    def __init__(self, upstream, script=(), add=()):
        self.upstream, self.script, self.add = upstream, list(script), list(add)
        self.requests = []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.host = "%s:%d" % self.address
        self.base = f"http://{self.host}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def downloads(self):
        """The requests for files that are not HEAD."""
        return [each for each in self.requests
                if each.method == "GET" and each.target.startswith("/download2/")]

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), client, client.makefile("rb") as reader:
            while True:
                head = self._read_head(reader)
                if head is None or not self._handle(client, head):
                    return

    @staticmethod
    def _read_head(reader):
        lines = []
        while True:
            line = reader.readline(65536)
            if not line:
                return None
            if line == b"\r\n":
                return b"".join(lines)[:-2] if lines else None
            lines.append(line)

    def _handle(self, client, head):
        """Answers one request; true when another may follow on this connection."""
        request = Request(head)
        is_download = request.method == "GET" and request.target.startswith("/download2/")
        with self.lock:
            self.requests.append(request)
            step = self.script.pop(0) if self.script and is_download else None
        if isinstance(step, tuple) and step[0] == "status":
            client.sendall(answer(*step[1:]))
            return False
        head += b"".join(f"\r\n{name}: {value}".encode() for name, value in self.add)
        head = re.sub(rb"\r\n(connection|proxy-connection|keep-alive):[^\r]*", b"", head, flags=re.I)
        try:
            server = self._connect()
        except OSError:
            return False
        with server:
            server.sendall(head + b"\r\nConnection: close\r\n\r\n")
            return self._relay(server, client, step)

    def _connect(self):
        return socket.create_connection(self.upstream, timeout=30)

    @staticmethod
    def _read_start(server, size=65536):
        """The head of the response, and what came with it of the body; None when there is no whole head."""
        start = b""
        while b"\r\n\r\n" not in start:
            data = server.recv(size)
            if not data:
                return None
            start += data
        return start.split(b"\r\n\r\n", 1)

    def _relay(self, server, client, step):
        limit = step[1] if isinstance(step, tuple) else step
        start = self._read_start(server)
        if start is None:
            return False
        head, body = start
        client.sendall(head + b"\r\n\r\n")
        sent = 0
        while body:
            if limit is not None and sent + len(body) >= limit:
                client.sendall(body[: limit - sent])
                if isinstance(step, tuple) and len(step) > 2:
                    step[2]()
                if not isinstance(step, tuple) or step[0] == "then":
                    time.sleep(0.2)  # a reset discards what the client has not read yet
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            client.sendall(body)
            sent += len(body)
            body = server.recv(65536)
        return False


def answer(status, *fields):
    """A response without the service, with `fields` as in "Retry-After: 1"."""
    lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
