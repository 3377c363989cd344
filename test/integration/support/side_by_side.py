"""Test processes side by side (`pytest -n 2 --dist loadfile`, as scripts/test runs them): which file
comes first, and the tests that no other test may run beside. A pytest plugin; without -n it does nothing.

Each process has its own session fixtures, temporary folders and ports (support/balancers.py), so a test needs
the mark `alone` only if it uses what the machine has once, such as all of its processors."""

import contextlib
import fcntl
import pathlib
import tempfile

import pytest

# The files that take longest, in this order. A process takes the next file when it has finished one, so a
# long file at the end would keep one process busy while the others have nothing left to do.
LONG = ["test_package.py", "test_fleet_script.py", "test_fleet.py", "test_throttling.py", "test_storage_states.py",
        "test_storage.py", "test_restart.py", "test_cuts.py"]

FOLDER = pytest.StashKey[tempfile.TemporaryDirectory]()
ROOM = pytest.StashKey["Room"]()


class Room:
    """Holds many tests at once, or one alone. Tests enter in the order in which they ask, so that one
    that must be alone does not wait for ever. The locks are files, and end with the process."""

    def __init__(self, folder):
        self.door = open(pathlib.Path(folder, "door"), "wb")
        self.inside = open(pathlib.Path(folder, "inside"), "wb")

    @contextlib.contextmanager
    def entered(self, alone):
        fcntl.flock(self.door, fcntl.LOCK_EX)
        try:
            fcntl.flock(self.inside, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(self.door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self.inside, fcntl.LOCK_UN)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Before a test process starts: gives it the folder of the locks."""
    if FOLDER not in node.config.stash:
        node.config.stash[FOLDER] = tempfile.TemporaryDirectory(prefix="sluice-tests-")
    node.workerinput["room"] = node.config.stash[FOLDER].name


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        config.stash[ROOM] = Room(config.workerinput["room"])


def pytest_unconfigure(config):
    if FOLDER in config.stash:
        config.stash[FOLDER].cleanup()


def is_alone(item):
    return item.get_closest_marker("alone") is not None


def pytest_collection_modifyitems(config, items):
    """Long files first, and last those with tests that run alone, when the least runs beside them."""
    if ROOM not in config.stash:
        return
    last = {item.path for item in items if is_alone(item)}

    def place(item):
        name = item.path.name
        return item.path in last, LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=place)  # stable: the tests of a file stay together and in their order


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    with contextlib.ExitStack() as stack:
        if ROOM in item.config.stash:
            stack.enter_context(item.config.stash[ROOM].entered(is_alone(item)))
        yield
