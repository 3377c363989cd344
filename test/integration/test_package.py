"""The Debian package, from its build to its purge."""

import os
import pathlib
import subprocess

import pytest
from support.ability import unable
from support.server import BINARY, ROOT

pytestmark = pytest.mark.tooling


def may_mount():
    """True when this process is root and has the rights that a clean Debian needs."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


def test_the_package_installs_upgrades_goes_back_and_purges_in_a_clean_root():
    """Runs scripts/package, which does every step; it packs the binary under test."""
    if not may_mount():
        unable("a clean Debian needs root and the right to mount")
    preset = pathlib.Path(BINARY).resolve().parents[1].name
    result = subprocess.run(
        [ROOT / "scripts/package", "--preset", preset, "--check"],
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert "removed and purged in a clean Debian" in result.stdout
