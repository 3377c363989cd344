"""Exit in two steps, and a replacement process without a failed request."""

import ctypes
import os
import socket
import time

import pytest
from support.ability import unable
from support.balancers import Balancer
from support.ids import VIDEO, Lesson
from support.load import wrk
from support.netns import run_in_network
from support.paused import LARGE, Paused
from support.tokens import mint
from test_listeners import activated


PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
WALL = 0x40000000  # waits for threads, too


def is_event(name):
    return lambda event: event["event"] == name


def test_readiness_turns_red_before_the_listeners_close(start_server, tree):
    server = start_server(tree, config={"shutdown": {"delay": 2}})
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    transfer = Paused(server, large)
    with server.connect() as kept:
        assert kept.request("GET", "/readyz").status == 200
        server.signal()
        server.wait_for_event(is_event("leaving"))
        answer = kept.request("GET", "/readyz")
        assert answer.status == 503 and answer.get("Connection") != "close"
        assert server.download(VIDEO).status == 200, "new connections are still taken"
        server.wait_for_event(is_event("draining"))
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            server.connect().close()
        except ConnectionRefusedError:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the listener is still open")
    assert transfer.finish() == tree.content(large)
    assert server.wait() == 0


def test_a_second_signal_ends_the_delay(start_server, tree):
    server = start_server(tree, config={"shutdown": {"delay": 600}})
    server.signal()
    server.wait_for_event(is_event("leaving"))
    server.signal()
    assert server.wait(10) == 1


def test_it_leaves_at_once_when_nobody_is_there(start_server, tree):
    server = start_server(tree)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 3


def replace_under_load(server, start, base=None, fields=(), count=3):
    """Starts `count` processes one after the other while wrk sends requests; each replaces the
    previous one."""
    with wrk((base or server.base) + VIDEO.target(), mint(VIDEO), seconds=1 + count, fields=fields) as load:
        for _ in range(count):
            time.sleep(0.3)
            successor = start()
            server.signal()
            assert server.wait(20) == 0
            server = successor
    load.assert_unharmed()


EVERY_LOAD = pytest.mark.parametrize("fields", [(), ("Connection: close",)], ids=["kept", "short"])


@pytest.fixture
def passed(start_server, tree):
    """(start, address): start() → a process that accepts from one socket, shared with the previous
    and later ones."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        def start():
            return start_server(tree, listen="systemd", prefix=activated(listener),
                                pass_fds=[listener.fileno()], arguments=["--access-log", "off"])

        yield start, listener.getsockname()


@EVERY_LOAD
def test_a_swap_with_a_passed_socket_loses_no_request(passed, fields):
    start, _ = passed
    replace_under_load(start(), start, fields=fields)


def test_a_swap_behind_haproxy_loses_no_request(passed, tmp_path):
    start, address = passed
    first = start()
    with Balancer("haproxy", tmp_path / "balancer", ["%s:%d" % address] * 3) as front:
        replace_under_load(first, start, front.base)


@EVERY_LOAD
def test_a_swap_on_a_shared_port_loses_no_request(start_server, tree, fields):
    """Connections that a listener has not accepted when it closes go to the other one. The kernel may
    still reset one in a great many (docs/architecture.md, Shutdown)."""
    def start():
        return start_server(tree, listen=None, config={
            "listeners": [{"address": "127.0.0.1:8080", "reuse_port": True}], "log": {"access": "off"}})

    run_in_network(lambda: replace_under_load(start(), start, fields=fields), tcp_migrate_req=1)


def test_a_transfer_goes_on_in_the_old_process_while_the_new_one_serves(start_server, tree):
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def start():
            return start_server(tree, listen="systemd", prefix=activated(listener),
                                pass_fds=[listener.fileno()])

        old = start()
        transfer = Paused(old, large)
        new = start()
        old.signal()
        old.wait_for_event(is_event("draining"))
        assert new.download(VIDEO).status == 200
        assert transfer.finish() == tree.content(large)
        assert old.wait() == 0


def test_two_processes_share_a_port(start_server, tree):
    with socket.socket() as reserved:  # keeps the port ours without listening on it
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        address = "%s:%d" % reserved.getsockname()

        def start():
            return start_server(tree, listen=None, config={
                "listeners": [{"address": address, "reuse_port": True}], "log": {"access": "off"}})

        old, new = start(), start()
        assert old.address == new.address
        old.stop()
        assert new.download(VIDEO).status == 200


@pytest.fixture
def manager(tmp_path):
    """A notification socket, as the service manager has one."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(20)
        yield listener, {"NOTIFY_SOCKET": str(path)}


def heard(listener):
    return dict(line.split("=", 1) for line in listener.recv(4096).decode().split("\n"))


def test_the_service_manager_is_told(start_server, tree, manager):
    listener, env = manager
    server = start_server(tree, config={}, env=env)
    assert heard(listener)["READY"] == "1"
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    server.reload({})
    reloading = heard(listener)
    assert reloading["RELOADING"] == "1"
    assert before <= int(reloading["MONOTONIC_USEC"]) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert heard(listener)["READY"] == "1"
    server.signal()
    assert heard(listener)["STOPPING"] == "1"
    assert server.wait() == 0


def test_the_watchdog_is_fed_while_the_workers_go_round(start_server, tree, manager):
    listener, env = manager
    start_server(tree, env={**env, "WATCHDOG_USEC": "900000"})
    assert heard(listener)["READY"] == "1"
    began = time.monotonic()
    assert [heard(listener) for _ in range(3)] == [{"WATCHDOG": "1"}] * 3
    assert time.monotonic() - began > 0.3


def test_the_watchdog_of_another_process_is_not_ours(start_server, tree, manager):
    listener, env = manager
    start_server(tree, env={**env, "WATCHDOG_USEC": "900000", "WATCHDOG_PID": "1"})
    assert heard(listener)["READY"] == "1"
    listener.settimeout(1.5)
    with pytest.raises(TimeoutError):
        listener.recv(4096)


def freeze_all_but_main(process):
    """Stops every thread but the first, as a defect or a hanging file system would; returns their
    ids."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    tasks = [int(task) for task in os.listdir(f"/proc/{process.pid}/task")]
    others = [task for task in tasks if task != process.pid]
    for task in others:
        if libc.ptrace(PTRACE_SEIZE, task, None, None) != 0:
            unable(f"may not trace: {os.strerror(ctypes.get_errno())}")
        libc.ptrace(PTRACE_INTERRUPT, task, None, None)
    return others


def test_workers_that_are_stuck_starve_the_watchdog(start_server, tree, manager):
    listener, env = manager
    server = start_server(tree, env={**env, "WATCHDOG_USEC": "900000"})
    assert heard(listener)["READY"] == "1"
    assert heard(listener) == {"WATCHDOG": "1"}
    frozen = freeze_all_but_main(server.process)
    listener.settimeout(2)
    with pytest.raises(TimeoutError):  # two may have been on their way
        for _ in range(3):
            listener.recv(4096)
    server.process.kill()
    for task in frozen:  # the tracer has to bury them before the process can be
        while not os.WIFSIGNALED(os.waitpid(task, WALL)[1]):
            pass
    server.wait()
