"""`server` is one process for all tests that only send requests; `start_server` starts one with the
settings of a test."""

import pytest

pytest.register_assert_rewrite("support.checks", "support.metrics", "support.server", "support.wire")

from support import certificates
from support.faults import Faults, build_library
from support.ids import Course, Module
from support.media import MediaTree
from support.object_stores import BODY, ENGINES, VIDEO, add
from support.server import BINARY, Server
from support.stores import PostgresStore, SqliteStore, start_postgres

pytest_plugins = ["support.side_by_side"]


def pytest_configure():
    if not BINARY.exists():
        pytest.exit(f"no binary at {BINARY}: build it first (scripts/test does)", returncode=3)


@pytest.fixture(scope="session")
def media(tmp_path_factory):
    """The media tree of `server`. Tests add their own files and do not change other files."""
    return MediaTree(tmp_path_factory.mktemp("shared") / "media")


@pytest.fixture(scope="session")
def server(tmp_path_factory, media):
    instance = Server(tmp_path_factory.mktemp("server"), media.root)
    yield instance
    instance.stop()


@pytest.fixture
def tree(tmp_path):
    """A media tree for one test alone."""
    return MediaTree(tmp_path / "media")


def end_all(servers):
    """Ends those that run, and looks for reports in the others too."""
    for instance in servers:
        if instance.process.returncode is None:
            instance.stop()
        instance.check_reports()


@pytest.fixture
def start_server(tmp_path):
    """start_server(tree, config=…, arguments=…, env=…) → a running Server. Each one must leave with
    status 0 and without a sanitizer's report, unless the test has seen to its end with `wait`."""
    started = []

    def start(tree, folder=None, **options):
        instance = Server(folder or tmp_path / f"server{len(started)}", tree.root, **options)
        started.append(instance)
        return instance

    yield start
    end_all(started)


@pytest.fixture(scope="session")
def pem(tmp_path_factory):
    """The (certificate, key) of a node."""
    return certificates.make(tmp_path_factory.mktemp("pem"))


@pytest.fixture
def start_tls(start_server, tree, pem):
    """start_tls(**settings) → a Server with a plain listener, its `address`, and one under TLS, `secure`."""

    def start(files=pem, listener=None, prefix=(), **settings):
        listeners = [{"address": "127.0.0.1:0"}, certificates.listener(*files, **(listener or {}))]
        server = start_server(tree, config={"listeners": listeners, **settings}, listen=None,
                              prefix=prefix)
        server.secure = server.addresses[1]
        return server

    return start


@pytest.fixture(scope="session")
def postgres():
    """One PostgreSQL server for all tests; a test that stops it must start it again."""
    with start_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    """An empty store of either kind."""
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "store.db")
    return PostgresStore(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def fault_library(tmp_path_factory):
    return build_library(tmp_path_factory.mktemp("faults"))


@pytest.fixture
def faulty(start_server, fault_library, tmp_path):
    """faulty(tree, …) → (server, faults): a server whose system calls fail as the test requests."""

    def start(tree, **options):
        faults = Faults(fault_library, tmp_path)
        return start_server(tree, env=faults.environment(), **options), faults

    return start


@pytest.fixture(scope="module", params=ENGINES, ids=["swift", "rgw"])
def bucket(request, tmp_path_factory):
    """A real object store with a bucket that has VIDEO and two presentations."""
    store = request.param(tmp_path_factory.mktemp(request.param.name))
    store.make_bucket()
    for media in (VIDEO, Course("presentation.mp4"), Module("presentation.mp4")):
        add(store, media, BODY)
    yield store
    store.stop()


@pytest.fixture(scope="module")
def origin(bucket, tmp_path_factory):
    """One service for the tests that only send requests."""
    folder = tmp_path_factory.mktemp("origin")
    instance = Server(folder, None, config=bucket.config(folder))
    yield instance
    instance.stop()


@pytest.fixture
def serve_bucket(bucket, tmp_path):
    """serve_bucket(more settings, command=…, env=…, fields of s3) → a service of this test alone."""
    started = []

    def start(more=None, command=(), env=None, **s3):
        folder = tmp_path / f"service{len(started)}"
        folder.mkdir()
        config = bucket.config(folder, more, s3)
        instance = Server(folder, None, config=config, prefix=command, env=env)
        instance.folder = folder
        started.append(instance)
        return instance

    yield start
    end_all(started)
