#!/usr/bin/python3
"""Runs a command with only the system calls that a systemd unit allows: confined.py UNIT COMMAND…
The others fail with EPERM, as its SystemCallErrorNumber sets."""

import errno
import os
import pathlib
import re
import subprocess
import sys

import seccomp


def groups():
    """{"@group": its lines} as this systemd has them."""
    text = subprocess.run(
        ["systemd-analyze", "syscall-filter"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    found = {}
    for line in text.splitlines():
        if line.startswith("@"):
            members = found.setdefault(line.strip(), set())
        elif line.startswith("    ") and not line.strip().startswith("#"):
            members.add(line.strip())
        elif not line.startswith(" "):
            members = set()  # calls without a group
    return found


def members_of(name, known):
    if not name.startswith("@"):
        return {name}
    return set().union(*(members_of(one, known) for one in known[name]))


def allowed_by(unit):
    """The result of its SystemCallFilter lines, applied in order."""
    known, allowed = groups(), set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        named = set().union(*(members_of(one, known) for one in line.lstrip("~").split()))
        allowed = allowed - named if line.startswith("~") else allowed | named
    assert allowed
    return allowed


def main():
    unit, *command = sys.argv[1:]
    rules = seccomp.SyscallFilter(defaction=seccomp.ERRNO(errno.EPERM))
    for name in sorted(allowed_by(pathlib.Path(unit).read_text(encoding="utf-8"))):
        try:
            rules.add_rule(seccomp.ALLOW, name)
        except (RuntimeError, OSError, ValueError):
            pass  # of another architecture, or newer than this library
    rules.load()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
