#!/usr/bin/python3
"""A private PostgreSQL server: in a temporary folder, on a unix socket only, removed at the end.

As a program, it prints its URL and serves until its standard input ends; the unit tests of the
store use it so. The integration tests use the class."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ACCOUNT = "postgres"  # the user for initdb, which refuses to run as root
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


def binaries():
    """The folder of the newest installed PostgreSQL."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


def as_account():
    """The command prefix that drops root's privileges."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups"]


class PostgresServer:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-postgres-"))
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.data = self.folder / "data"
        self.bin = binaries()
        self.process = None
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync", "--no-instructions")

    def _run(self, name, *arguments):
        done = subprocess.run([*as_account(), self.bin / name, *map(str, arguments)],
                              cwd=self.folder, capture_output=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr or done.stdout}")
        return done.stdout

    def url(self, database="postgres"):
        return f"postgresql:///{database}?host={self.folder}&user=postgres"

    def start(self, timeout=30):
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            # The kernel sends the signal to the server when this process ends in any way.
            [*as_account(), "setpriv", "--pdeathsig", "QUIT", self.bin / "postgres",
             "-D", self.data, "-k", self.folder, *options],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            ready = subprocess.run([self.bin / "pg_isready", "-q", "-h", self.folder], check=False)
            if ready.returncode == 0:
                return self
            if self.process.poll() is not None:
                raise RuntimeError("postgres ended at start")
            time.sleep(0.05)
        raise RuntimeError("postgres did not become ready")

    def kill(self):
        """Kills it at once, as when its machine loses power."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(20)

    @contextlib.contextmanager
    def frozen(self):
        """Suspends it: it accepts connections but does not respond."""
        others = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and self._is_ours(pid)]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _is_ours(self, pid):
        """The server itself and its processes, each of which leads its own process group."""
        with contextlib.suppress(OSError, ValueError):
            words = pathlib.Path("/proc", pid, "stat").read_text().rsplit(")", 1)[1].split()
            return self.process.pid in (int(pid), int(words[1]))
        return False

    def close(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, text, database="postgres"):
        """Runs statements, each separately; returns their plain output."""
        done = subprocess.run([self.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                               self.url(database)],
                              input=text, capture_output=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def create_database(self, name):
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)


def main():
    server = PostgresServer()
    try:
        server.start()
        print(server.url(), flush=True)
        sys.stdin.read()
    finally:
        server.close()


if __name__ == "__main__":
    main()
