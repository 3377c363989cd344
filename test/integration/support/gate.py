"""A line that lets a download pass up to a gate, so that a test decides at which byte something happens."""

import re
import socket
import struct
import threading
import time

from .line import Line


class GatedLine(Line):
    """Relays to `upstream`. No byte of the file at or behind `gate` passes until the gate is moved;
    `cut()` resets every connection of the client."""

    def __init__(self, upstream, gate, add=()):
        self.gate, self.received = gate, 0
        self.held, self.open = {}, set()  # positions of the downloads that wait; connections
        self.moved = threading.Condition()
        super().__init__(upstream, add=add)

    def move(self, gate):
        with self.moved:
            self.gate = gate
            self.moved.notify_all()

    def cut(self):
        with self.lock:
            for client in self.open:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                try:
                    client.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        with self.moved:
            self.moved.notify_all()

    def _connect(self):
        """With a small buffer: as much as possible of the file waits in the node."""
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        server.settimeout(30)
        server.connect(self.upstream)
        return server

    def _serve(self, client):
        client.settimeout(30)
        with self.lock:
            self.open.add(client)
        try:
            super()._serve(client)
        finally:
            with self.lock:
                self.open.discard(client)

    def _relay(self, server, client, step):
        server.settimeout(None)
        start = self._read_start(server, 4096)
        if start is None:
            return False
        head, body = start
        begin = re.search(rb"\r\ncontent-range: bytes (\d+)-", head, re.I)
        position = int(begin[1]) if begin else 0
        client.sendall(head + b"\r\n\r\n")
        while body:
            while body:
                room = self._room(client, server, position)
                if room <= 0:
                    return False
                piece, body = body[:room], body[room:]
                client.sendall(piece)
                position += len(piece)
                self.received += len(piece)
            body = server.recv(65536)
        return False

    def _room(self, client, server, position):
        """Waits at the gate; 0 when either side has gone."""
        with self.moved:
            if position < self.gate:
                return self.gate - position
            self.held[server] = position
            try:
                while position >= self.gate:
                    if has_left(client) or has_left(server):
                        return 0
                    self.moved.wait(0.05)
                return self.gate - position
            finally:
                del self.held[server]

    def is_held(self):
        with self.moved:
            return any(position >= self.gate for position in self.held.values())


def has_left(peer):
    """Whether the other end has closed the connection; data that waits does not count."""
    try:
        peer.setblocking(False)
        return peer.recv(1, socket.MSG_PEEK) == b""
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True
    finally:
        try:
            peer.settimeout(30)
        except OSError:
            pass


def wait_at_gate(lines, seconds=90):
    """Waits until a download of each line is held at its gate."""
    deadline = time.monotonic() + seconds
    while not all(line.is_held() for line in lines):
        missing = [each.name for each in lines if not each.is_held()]
        assert time.monotonic() < deadline, f"not at the gate: {missing}"
        time.sleep(0.02)
