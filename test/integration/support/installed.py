"""An installed Sluice in a mount namespace: commands see their own /etc/sluice, /etc/default and /var/lib/sluice."""

import os
import shutil
import subprocess

from .ability import unable
from .server import BINARY, environment
from .users import SERVICE, as_user, give

SCRIPT = 'mount --bind "$0/etc" /etc && mount --bind "$0/lib" /var/lib && exec "$@"'


class Installed:
    """The layout of the package below `place`, a folder that every user can reach."""

    def __init__(self, place):
        if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0:
            unable("an installation of its own needs root and the right to mount")
        self.place = place
        self.prefix = ("unshare", "--mount", "sh", "-c", SCRIPT, str(place))
        shutil.copytree("/etc", place / "etc", symlinks=True, ignore_dangling_symlinks=True,
                        ignore=shutil.ignore_patterns("ssl", "alternatives"))
        self.etc, self.state = place / "etc/sluice", place / "lib/sluice"
        self.environment = place / "etc/default/sluice"
        self.etc.mkdir()
        self.state.mkdir(parents=True)
        give(self.etc, 0, SERVICE, 0o2750)
        give(self.state, SERVICE, SERVICE, 0o750)

    def run(self, *arguments, user=None, env=None, input=None, groups=()):
        """Runs a command of the binary as root, or as a user."""
        prefix = (*self.prefix, *(as_user(user, groups) if user else ()))
        return subprocess.run([*prefix, BINARY, *map(str, arguments)], env=environment(env), input=input,
                              capture_output=True, encoding="utf-8", timeout=30, check=False)

    def command(self, *arguments, env=None):
        """Runs another program as root, which must succeed."""
        done = subprocess.run([*self.prefix, *map(str, arguments)], env=environment(env), capture_output=True,
                              encoding="utf-8", timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
