"""Computes the in-memory state of an HMAC-SHA256 key after absorption (FIPS 180-4, RFC 2104)."""

import struct

MASK = 0xFFFFFFFF


def _primes(count):
    found = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _root_bits(number, degree):
    """The first 32 bits of the fraction of a root, computed with integers only."""
    scaled, low, high = number << (32 * degree), 0, 1 << 48
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= scaled else (low, middle)
    return low & MASK


ROUND = [_root_bits(prime, 3) for prime in _primes(64)]
START = [_root_bits(prime, 2) for prime in _primes(8)]


def _rotated(word, bits):
    return (word >> bits | word << (32 - bits)) & MASK


def _compress(block):
    w = list(struct.unpack(">16I", block))
    for i in range(16, 64):
        s0 = _rotated(w[i - 15], 7) ^ _rotated(w[i - 15], 18) ^ w[i - 15] >> 3
        s1 = _rotated(w[i - 2], 17) ^ _rotated(w[i - 2], 19) ^ w[i - 2] >> 10
        w.append((w[i - 16] + s0 + w[i - 7] + s1) & MASK)
    a, b, c, d, e, f, g, h = START
    for constant, word in zip(ROUND, w):
        s1 = _rotated(e, 6) ^ _rotated(e, 11) ^ _rotated(e, 25)
        first = (h + s1 + (e & f ^ ~e & MASK & g) + constant + word) & MASK
        s0 = _rotated(a, 2) ^ _rotated(a, 13) ^ _rotated(a, 22)
        second = (s0 + (a & b ^ a & c ^ b & c)) & MASK
        a, b, c, d, e, f, g, h = (first + second) & MASK, a, b, c, (d + first) & MASK, e, f, g
    return [(x + y) & MASK for x, y in zip(START, (a, b, c, d, e, f, g, h))]


def midstates(key):
    """The inner and the outer state after `key` (at most 64 bytes), as this machine stores words."""
    block = key.ljust(64, b"\0")
    padded = [bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C)]
    return [struct.pack("=8I", *_compress(each)) for each in padded]
