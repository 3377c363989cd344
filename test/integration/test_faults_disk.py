"""Disks that fail, calls that are interrupted, and a full disk under the access log."""

import errno
import json
import subprocess

import pytest
from support.ability import unable
from support.checks import check_problem
from support.faults import Call, not_sanitized
from support.ids import VIDEO, Lesson
from support.media import noise
from support.metrics import check_metric, has_event, metric
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, request_bytes

pytestmark = not_sanitized

BODY = noise(3 << 20)
NO_CACHE = {"cache": {"files": 0}}


@pytest.fixture
def video(tree):
    return tree.add(Lesson("large.mp4"), BODY)


def fetch(server, media):
    """The received part of a download: (response, True when it was complete)."""
    fields = {"Authorization": f"Bearer {mint(media)}"}
    with server.connect() as connection:
        connection.send(request_bytes("GET", media.target(), fields))
        try:
            return connection.read(), True
        except Closed as cut:
            return cut.partial, False


@pytest.mark.parametrize("error", [errno.EIO, errno.ESTALE, errno.ENOMEM])
def test_read_error_in_mid_transfer_cuts_and_a_resume_completes(faulty, tree, video, error):
    server, faults = faulty(tree)
    with faults.inject(Call.SENDFILE, error, skip=2, times=1):
        response, whole = fetch(server, video)
    assert response.status == 200 and not whole
    got = response.body
    assert got == BODY[: len(got)]
    fields = {"Range": f"bytes={len(got)}-", "If-Range": server.download(video).get("ETag")}
    rest = server.download(video, fields)
    assert rest.status == 206
    assert got + rest.body == BODY
    check_metric(server, "sluice_media_read_failures_total", 1)
    check_metric(server, "sluice_transfers_cut_total", 1)
    line = eventually(lambda: [x for x in server.access_log() if x["outcome"] == "cut"])[0]
    assert line["cause"] == errno.errorcode[error]


@pytest.mark.parametrize("call", [Call.FSTAT, Call.OPENAT2])
def test_disk_error_before_the_answer(faulty, tree, video, call):
    server, faults = faulty(tree, config=NO_CACHE)
    with faults.inject(call, errno.EIO):
        check_problem(server.get(video.target(), token=mint(video)), 503)
    line = eventually(lambda: [x for x in server.access_log() if x["status"] == 503])[0]
    assert line["cause"] == "EIO"
    assert fetch(server, video)[1]


def test_small_file_that_cannot_be_read(faulty, tree):
    """A small file is sent from memory when it is there; test_storage.py has one that is not."""
    body = noise(1000)
    small = tree.add(Lesson("small.mp4"), body)
    server, faults = faulty(tree)
    with faults.inject(Call.PREAD, errno.EIO):
        with faults.inject(Call.SENDFILE, errno.EIO):
            assert fetch(server, small)[0].body == body
    assert server.download(small).body == body


@pytest.mark.parametrize("error", [errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_sendfile(faulty, tree, video, error):
    """Without sendfile the files are read instead: every byte arrives."""
    server, faults = faulty(tree)
    with faults.inject(Call.SENDFILE, error) as fault:
        response, whole = fetch(server, video)
        assert whole and response.body == BODY
        assert fault.hits() > 0
    assert metric(server, "sluice_media_read_failures_total") == 0


@pytest.mark.parametrize(
    "call", [Call.RECV, Call.SEND, Call.SENDFILE, Call.PREAD, Call.FSTAT, Call.ACCEPT]
)
def test_interrupted_calls_are_made_again(faulty, tree, video, call):
    small = tree.add(Lesson("small.mp4"), noise(1000))
    server, faults = faulty(tree)
    with faults.inject(call, errno.EINTR, times=50) as fault:
        for _ in range(60):
            response, whole = fetch(server, video)
            if call != Call.FSTAT:
                assert whole and response.body == BODY
            assert fetch(server, small)[0].status in (200, 503)
            if fault.hits() >= 50:
                break
    assert fetch(server, video)[0].body == BODY


@pytest.mark.parametrize("call", [Call.SEND, Call.SENDFILE, Call.RECV])
def test_storm_of_would_block(faulty, tree, video, call):
    """A call that returns EAGAIN although the socket is ready is retried, without waiting for an
    event that never comes."""
    server, faults = faulty(tree)
    with faults.inject(call, errno.EAGAIN, times=200) as fault:
        response, whole = fetch(server, video)
        assert whole and response.body == BODY
        assert fault.hits() > 0


@pytest.mark.parametrize(
    "call, limit", [(Call.SEND, 1), (Call.SEND, 7), (Call.SENDFILE, 4096), (Call.RECV, 1)]
)
def test_short_transfers_of_bytes(faulty, tree, video, call, limit):
    server, faults = faulty(tree)
    with faults.inject(call, limit=limit):
        for _ in range(2):
            response, whole = fetch(server, video)
            assert whole and response.body == BODY


class TestAccessLog:
    """A disk that is full costs log lines, which are counted, and nothing else."""

    @staticmethod
    def lines(path):
        return path.read_text(encoding="utf-8").split("\n")

    def test_lines_are_dropped_and_counted(self, faulty, tree, video, tmp_path):
        log = tmp_path / "access.log"
        server, faults = faulty(tree, arguments=["--access-log", log])
        with faults.inject(Call.WRITE, errno.ENOSPC, regular_only=True):
            for _ in range(5):
                assert fetch(server, video)[1]
            eventually(lambda: has_event(server, "access_log_failed"))
            eventually(lambda: metric(server, "sluice_access_log_dropped_total") >= 5)
        dropped = metric(server, "sluice_access_log_dropped_total")
        assert fetch(server, video)[1]
        eventually(lambda: has_event(server, "access_log_recovered"))
        server.stop()
        kept = [json.loads(line) for line in self.lines(log)[:-1]]
        assert kept and kept[-1]["status"] == 200
        assert dropped >= 5

    def test_a_torn_line_does_not_spoil_the_next(self, faulty, tree, video, tmp_path):
        log = tmp_path / "access.log"
        server, faults = faulty(tree, arguments=["--access-log", log])
        with faults.inject(Call.WRITE, limit=40, times=1, regular_only=True) as short:
            with faults.inject(Call.WRITE, errno.ENOSPC, times=1, regular_only=True):
                assert fetch(server, video)[1]
                eventually(lambda: short.hits() == 1)
                eventually(lambda: metric(server, "sluice_access_log_dropped_total") == 1)
        assert fetch(server, video)[1]
        server.stop()
        torn, *whole = self.lines(log)[:-1]
        assert len(torn) == 40
        for line in whole:
            json.loads(line)
        assert whole

    def test_disk_that_is_really_full(self, start_server, tree, video, tmp_path):
        full = tmp_path / "full"
        full.mkdir()
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=32k", "none", full], capture_output=True
        )
        if mount.returncode != 0:
            unable("may not mount")
        try:
            server = start_server(tree, arguments=["--access-log", full / "access.log"])
            for _ in range(300):
                server.get("/healthz")
            eventually(lambda: metric(server, "sluice_access_log_dropped_total") > 0)
            assert fetch(server, video)[1]
            eventually(lambda: has_event(server, "access_log_failed"))
            (full / "access.log").write_bytes(b"")  # an operator makes room
            eventually(lambda: server.get("/healthz") and has_event(server, "access_log_recovered"))
            server.stop()
        finally:
            subprocess.run(["umount", "-l", full], check=True)
