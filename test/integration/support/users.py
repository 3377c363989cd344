"""Commands as other users, with real ids; only root can set this up."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from .ability import unable

SERVICE = 1  # daemon: the user and the group of the service in these tests
STRANGER = 5  # games, in a group of its own


def as_user(user=SERVICE, groups=()):
    """The start of a command that runs as `user`, with the group of the same number and `groups`."""
    shown = ",".join(map(str, groups))
    prefix = ("setpriv", f"--reuid={user}", f"--regid={user}", "--no-new-privs", "--inh-caps=-all",
              *((f"--groups={shown}",) if groups else ("--clear-groups",)))
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        unable("may not become another user")
    return prefix


@contextlib.contextmanager
def open_folder():
    """A folder that every user can reach. pytest closes its own folders to other users."""
    with tempfile.TemporaryDirectory(prefix="sluice-test-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        yield folder


def give(path, user, group, mode):
    """Gives `path` to a user and a group, with these permissions."""
    os.chown(path, user, group)
    path.chmod(mode)
    return path


def facts(path):
    """(user, group, permissions)"""
    found = path.stat()
    return found.st_uid, found.st_gid, found.st_mode & 0o777
