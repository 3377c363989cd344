"""Row 48: descriptors that run out, when accepting and when opening."""

import contextlib
import errno
import socket
import time

import pytest
from support.checks import check_problem
from support.faults import Call, not_sanitized
from support.ids import VIDEO
from support.metrics import has_event, metric
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed

pytestmark = not_sanitized


def test_row_48_out_of_descriptors_is_said_at_once(start_server, tree):
    """A client without a free descriptor gets an error response instead of hanging."""
    server = start_server(tree, prefix=("prlimit", "--nofile=64:64"))
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(100)]
        statuses = []
        for _ in range(20):
            with server.connect(timeout=5) as late:
                answer = late.request("GET", VIDEO.target())
                statuses.append(answer.status)
                check_problem(answer, 503)
                assert int(answer.get("Retry-After")) > 0
                assert answer.get("Connection") == "close"
        assert statuses == [503] * 20
        assert held[0].request("GET", "/healthz").status == 200, "those who were first are served"
    assert eventually(lambda: server.download(VIDEO)).status == 200
    eventually(lambda: metric(server, "sluice_connections_open") == 1)


def test_row_48_soft_limit_is_raised(start_server, tree):
    """The service raises a soft limit of 64 to the hard limit."""
    server = start_server(tree, prefix=("prlimit", "--nofile=64:4096"))
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(200)]
        for connection in held:
            assert connection.request("GET", "/healthz").status == 200


def test_row_48_descriptors_are_left_for_files(start_server, tree):
    """Connections do not take the descriptors that their own downloads will need."""
    config = {"limits": {"connections": 5000}, "cache": {"files": 8}}
    server = start_server(tree, prefix=("prlimit", "--nofile=256:256"), config=config)
    eventually(lambda: has_event(server, "descriptor_limit_low"))
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect(timeout=5)) for _ in range(300)]
        token = {"Authorization": f"Bearer {mint(VIDEO)}"}
        assert held[0].request("GET", VIDEO.target(), token).status == 200


@pytest.mark.parametrize(
    "error", [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE, errno.ENOTCONN]
)
def test_row_48_open_failure_of_the_node_is_no_404(faulty, tree, error):
    server, faults = faulty(tree, config={"cache": {"files": 0}})
    with faults.inject(Call.OPENAT2, error):
        answer = server.download(VIDEO, token=mint(VIDEO))
        check_problem(answer, 503)
        assert int(answer.get("Retry-After")) > 0
        check_problem(server.issue(VIDEO), 503)
    assert server.download(VIDEO).status == 200


@pytest.mark.parametrize("error", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_row_48_accept_fails_and_recovers(faulty, tree, error):
    server, faults = faulty(tree)
    assert server.get("/healthz").status == 200
    with faults.inject(Call.ACCEPT, error, times=12) as fault:
        with server.connect() as first:
            with contextlib.suppress(Closed, socket.timeout):
                assert first.request("GET", "/healthz").status in (200, 503)
        eventually(lambda: server.get("/healthz").status == 200 and fault.hits() == 12)
    eventually(lambda: has_event(server, "accept_recovered"))
    eventually(lambda: has_event(server, "accept_failing"))
    assert metric(server, "sluice_accept_failures_total") > 0


def test_row_48_accepting_does_not_spin(faulty, tree):
    server, faults = faulty(tree)
    with faults.inject(Call.ACCEPT, errno.EMFILE) as fault, server.connect():
        eventually(lambda: fault.hits() > 1)
        before = fault.hits()
        time.sleep(1)
        assert fault.hits() - before < 60
    assert eventually(lambda: server.get("/healthz")).status == 200
