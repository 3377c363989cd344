"""The control socket under attack: other users, slow clients, clients that leave, and many at once."""

import socket as sockets
import subprocess
import threading

import pytest
from support.ids import VIDEO
from support.server import run_sluice
from support.users import STRANGER, as_user, open_folder
from support.waiting import eventually

REQUEST = b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture
def tmp_path():
    with open_folder() as folder:
        yield folder


@pytest.fixture
def control(start_server, tree, tmp_path):
    """(server, path of its control socket)"""
    path = tmp_path / "control"
    return start_server(tree, config={"control": {"socket": str(path)}}), path


def connect(path):
    one = sockets.socket(sockets.AF_UNIX)
    one.settimeout(20)
    one.connect(str(path))
    return one


def ask(path, request=REQUEST):
    with connect(path) as one:
        one.sendall(request)
        answer = b""
        while part := one.recv(65536):
            answer += part
    return answer


def test_row_68_another_local_user(control):
    """Neither the permissions of the file nor, when somebody has opened them, the check of the peer lets him in."""
    _, path = control
    stranger = as_user(STRANGER)
    done = run_sluice("status", "--socket", path, prefix=stranger)
    assert done.returncode == 1 and "permission denied" in done.stderr and done.stdout == ""
    path.chmod(0o666)
    done = run_sluice("status", "--socket", path, prefix=stranger)
    assert done.returncode == 1 and "permission denied" in done.stderr and done.stdout == ""
    raw = subprocess.run([*stranger, "curl", "-s", "-i", "--unix-socket", path, "http://localhost/status"],
                         capture_output=True, check=False)
    assert b"version" not in raw.stdout
    assert run_sluice("status", "--socket", path).returncode == 0  # root


def test_row_68_the_user_of_the_service_may_ask(start_server, tree, tmp_path):
    place = tmp_path / "run"
    place.mkdir()
    place.chmod(0o777)
    path = place / "control"
    start_server(tree, config={"control": {"socket": str(path)}}, prefix=as_user())
    assert run_sluice("status", "--socket", path, prefix=as_user()).returncode == 0
    assert run_sluice("status", "--socket", path).returncode == 0
    assert run_sluice("status", "--socket", path, prefix=as_user(STRANGER)).returncode == 1


def test_row_69_slow_clients_and_clients_that_leave(control):
    """Downloads and other questions are answered meanwhile."""
    server, path = control
    slow = [connect(path) for _ in range(40)]
    for one in slow[:20]:
        one.sendall(REQUEST[:20])  # the rest never comes
    for one in slow[20:30]:
        one.sendall(REQUEST)  # the answer is never read
    for _ in range(100):
        with connect(path) as one:
            one.sendall(REQUEST)
    # The places of those that left are free when the service has seen them leave.
    eventually(lambda: ask(path).startswith(b"HTTP/1.1 200 "))
    assert server.download(VIDEO).status == 200
    for one in slow:
        one.close()
    eventually(lambda: ask(path).startswith(b"HTTP/1.1 200 "))


def test_row_69_a_flood_of_connections(control):
    """More than there are places: the surplus is turned away, the service goes on."""
    server, path = control
    held = []
    for _ in range(200):
        one = connect(path)
        held.append(one)
    assert server.download(VIDEO).status == 200
    for one in held:
        one.close()
    eventually(lambda: run_sluice("status", "--socket", path).returncode == 0)


def test_row_69_a_hundred_at_once(control):
    server, path = control
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(path)[:12])) for _ in range(100)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert answers == [b"HTTP/1.1 200"] * 100
    assert server.download(VIDEO).status == 200


def test_row_69_large_and_foreign_requests(control):
    _, path = control
    assert ask(path, b"GET /status HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 20000 + b"\r\n\r\n").startswith(b"HTTP/1.1 431 ")
    assert ask(path, b"POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").startswith(b"HTTP/1.1 4")
    for target in (b"/metrics", b"/", VIDEO.target().encode()):
        assert ask(path, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 404 ")
