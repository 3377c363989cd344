"""Clients that pause in mid-transfer for as long as a test needs, and clients that are dead."""

import ctypes
import socket
import struct
import time

import pytest

from .tokens import mint
from .wire import Closed, request_bytes

# More than the socket buffers of both ends can hold (tcp_wmem and tcp_rmem end at 4 and 6 MiB), so
# that the server waits in mid-transfer for a client that pauses.
LARGE = 48 << 20

SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
DROP_ALL = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF: return 0 bytes


def die(connection):
    """From now on the kernel drops every packet that arrives for the connection, as if its machine had
    lost its network: nothing is acknowledged, no window probe is answered, no reset is seen."""
    program = struct.pack("HL", 1, ctypes.addressof(DROP_ALL))
    connection.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def revive(connection):
    """Ends die()."""
    connection.socket.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)


class Paused:
    """A download that has read the header and a little of the body, and then pauses."""

    def __init__(self, server, video, token=None):
        self.connection = server.connect(receive_buffer=65536, timeout=20)
        fields = {"Authorization": f"Bearer {token or mint(video)}"}
        self.connection.send(request_bytes("GET", video.target(), fields))
        self.head = self.connection.read_head()
        assert self.head.status == 200
        self.start = self.connection.read_exactly(1 << 16, self.head)
        time.sleep(0.2)

    def finish(self):
        """The whole body; raises Closed when the server cuts it."""
        missing = self.head.length - len(self.start)
        return self.start + self.connection.read_exactly(missing, self.head)

    def cut(self):
        """The bytes received before the server cut the transfer; fails when the server did not cut
        it, or closed it orderly, which many clients take for the end of the file."""
        with pytest.raises(Closed):
            self.finish()
        assert self.connection.was_reset
        return self.start + self.head.body

    def close(self):
        self.connection.close()
