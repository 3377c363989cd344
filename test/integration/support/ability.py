"""The abilities that a test needs and this machine may lack: a right, a kernel setting, a device.

A missing package is never a reason to skip: scripts/test installs all of them."""

import os

import pytest


def unable(reason):
    """Skips the running test for want of something on this machine. With TEST_COMPLETE=1, which
    a maintainer sets before a release, the test fails instead."""
    if os.environ.get("TEST_COMPLETE") == "1":
        pytest.fail(f"TEST_COMPLETE=1, but this machine is unable to run the test: {reason}", pytrace=False)
    pytest.skip(reason)
