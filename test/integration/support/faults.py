"""Injects faults into a running server: the preloaded shim of test/faults/shim.c and its rules."""

import contextlib
import enum
import mmap
import pathlib
import struct
import subprocess

import pytest

from .server import BINARY, SANITIZER_MARK
from .tokens import SECRET

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "faults" / "shim.c"
THREAD_SANITIZER_MARK = b"__tsan_init"

IS_SANITIZED = any(
    mark in BINARY.read_bytes() for mark in (SANITIZER_MARK, THREAD_SANITIZER_MARK)
)
# Sanitizers must be loaded first in a process, and they use descriptors and memory of their own.
not_sanitized = pytest.mark.skipif(IS_SANITIZED, reason="a sanitizer stands in the way")


class Call(enum.IntEnum):
    """The order of `enum call` in shim.c."""

    OPENAT2 = 1
    OPENAT = 2
    OPEN = 3
    FSTAT = 4
    PREAD = 5
    READ = 6
    SENDFILE = 7
    SEND = 8
    RECV = 9
    ACCEPT = 10
    WRITE = 11
    MALLOC = 12


class Rule:
    """One fault, active until it is used up or removed."""

    LAYOUT = struct.Struct("=7q")

    def __init__(self, memory, offset):
        self.memory, self.offset = memory, offset

    def set(self, call, error, skip, times, limit, regular_only):
        fields = self.LAYOUT.pack(0, error, skip, times, limit, regular_only, 0)
        self.memory[self.offset : self.offset + len(fields)] = fields
        self.memory[self.offset : self.offset + 8] = struct.pack("=q", call)  # last: this activates the rule

    def hits(self):
        return self.LAYOUT.unpack_from(self.memory, self.offset)[6]

    def lift(self):
        self.memory[self.offset : self.offset + 8] = struct.pack("=q", 0)


class Faults:
    """The rules of one process, and the environment that applies them."""

    RULES = 8

    def __init__(self, library, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.library, self.path = library, folder / "faults"
        self.path.write_bytes(bytes(8 + self.RULES * Rule.LAYOUT.size))
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)
        self.used = 0

    def environment(self):
        return {
            "SLUICE_SECRET": SECRET,
            "LD_PRELOAD": str(self.library),
            "FAULTS_CONTROL": str(self.path),
        }

    @contextlib.contextmanager
    def inject(self, call, error=0, skip=0, times=-1, limit=0, regular_only=False):
        """During the block, `times` calls (-1: all) after the first `skip` fail with `error`;
        without an error they are cut to `limit` bytes. `regular_only`: on regular files
        only, and not on the one that standard error goes to."""
        rule = Rule(self.memory, 8 + self.used * Rule.LAYOUT.size)
        self.used += 1
        rule.set(call, error, skip, times, limit, regular_only)
        try:
            yield rule
        finally:
            rule.lift()
            self.used -= 1

    def step_wall_clock(self, seconds):
        """Moves the wall clock ahead of (behind) the true one."""
        self.memory[:8] = struct.pack("=q", int(seconds * 1e9))


def build_library(folder):
    library = folder / "faults.so"
    command = ["gcc", "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"]
    subprocess.run(list(map(str, command)), check=True, timeout=60)
    return library
