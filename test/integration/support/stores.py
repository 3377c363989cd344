"""Stores of grants and revocations for the tests: a SQLite file, or a database of a real PostgreSQL
server. The binary's own commands and SQL write to both."""

import contextlib
import importlib.util
import itertools
import sqlite3

from .server import ROOT, run_sluice

_numbers = itertools.count()


def _load_server_class():
    path = ROOT / "test/support/postgres_server.py"
    spec = importlib.util.spec_from_file_location("postgres_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PostgresServer


@contextlib.contextmanager
def start_postgres():
    server = _load_server_class()()
    try:
        yield server.start()
    finally:
        server.close()


class Store:
    url = ""

    def config(self, **more):
        """The configuration of a server with this store; `more` adds to the section."""
        return {"store": {"url": self.url, **more}}

    def run(self, *arguments, input=None):
        """Runs a command on this store, which must succeed; returns its output."""
        done = run_sluice(*arguments[:2], "--store", self.url, *arguments[2:], input=input)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, *arguments, input=None):
        """Runs a command that must fail; returns its message."""
        done = run_sluice(*arguments[:2], "--store", self.url, *arguments[2:], input=input)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def migrate(self):
        self.run("store", "migrate")
        return self

    def grant(self, user, **target):
        flags = [f"--{name}={value}" for name, value in target.items()]
        self.run("grant", "add", f"--user={user}", *flags)


class SqliteStore(Store):
    def __init__(self, path):
        self.path = path
        self.url = f"sqlite://{path}"

    @contextlib.contextmanager
    def locked(self):
        """Holds the lock of a writer while the block runs."""
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    def sql(self, text):
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as connection:
            rows = connection.execute(text).fetchall()
            connection.commit()
        return rows


class PostgresStore(Store):
    def __init__(self, server):
        self.server = server
        self.database = f"store{next(_numbers)}"
        self.url = server.create_database(self.database)

    def sql(self, text):
        return self.server.sql(text, self.database)
