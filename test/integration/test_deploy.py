"""What lies in deploy/, as the programs that read it see it."""

import subprocess

import pytest
from support.server import ROOT

DEPLOY = ROOT / "deploy"
pytestmark = pytest.mark.tooling


def run(*command, **options):
    """What the command prints; fails with all of it unless it ends well."""
    result = subprocess.run(
        list(map(str, command)), capture_output=True, encoding="utf-8", check=False, **options
    )
    assert result.returncode == 0, result
    return result.stdout


def test_configurations_of_balancers(tmp_path):
    run("haproxy", "-c", "-f", DEPLOY / "haproxy/haproxy.cfg")
    run("nginx", "-t", "-p", tmp_path, "-c", DEPLOY / "nginx/nginx.conf")
