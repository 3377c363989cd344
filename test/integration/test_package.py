"""The Debian package, from its making to its purge."""

import os
import pathlib
import subprocess

import pytest
from support.server import BINARY, ROOT

pytestmark = pytest.mark.tooling


@pytest.mark.skipif(os.geteuid() != 0, reason="a clean root takes root")
def test_the_package_installs_starts_and_purges_in_a_clean_root():
    """scripts/package does it all; this test's binary is what it packs."""
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
