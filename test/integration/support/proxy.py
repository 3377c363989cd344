"""Headers of the PROXY protocol, and a connection that starts with one."""

import ipaddress
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v1(source="192.0.2.7", destination="10.0.0.1", ports=(4711, 80)):
    family = "TCP6" if ":" in source else "TCP4"
    return f"PROXY {family} {source} {destination} {ports[0]} {ports[1]}\r\n".encode()


def v2(source="192.0.2.7", destination=None, command=0x21, extensions=b""):
    address = ipaddress.ip_address(source)
    block = address.packed
    block += ipaddress.ip_address(destination or ("::1" if address.version == 6 else "10.0.0.1")).packed
    block += struct.pack("!HH", 4711, 80) + extensions
    family = 0x11 if address.version == 4 else 0x21
    return SIGNATURE + struct.pack("!BBH", command, family, len(block)) + block


LOCAL = SIGNATURE + b"\x20\x00\x00\x00"
UNSPEC = SIGNATURE + b"\x21\x00\x00\x00"


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value
