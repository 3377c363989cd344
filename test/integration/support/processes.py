"""Ends the processes that tests start."""

import subprocess


def terminate(process, patience=20):
    """Sends SIGTERM and waits; kills the process when it is still there after `patience` seconds."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
