"""Runs real clients as a user would."""

import os
import subprocess


def run_client(*command, folder, timeout=60, check=True):
    """Runs a client in `folder` without its user's settings or proxies; returns the result."""
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    env.update(LC_ALL="C.UTF-8", HOME=str(folder))
    result = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    if check:
        assert result.returncode == 0, result
    return result


def curl(*arguments, folder, **options):
    """curl, silent except for errors."""
    return run_client("curl", "-sS", *arguments, folder=folder, **options)


def bearer(token):
    return ("-H", f"Authorization: Bearer {token}")
