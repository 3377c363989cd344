"""The places of a user: a resume follows its user to a new connection, and a download too many waits
(limits.user_downloads, takeover_after, handler_timeout)."""

import subprocess
import threading
import time

import pytest
from support.checks import check_refusal
from support.ids import VIDEO, Lesson
from support.media import noise
from support.metrics import check_metric, metric, scrape_until
from support.paused import LARGE, Paused
from support.tokens import mint
from support.waiting import eventually
from support.wire import request_bytes

TAKEN = 'sluice_limits_reached_total{limit="takeover_after"}'
FULL = 'sluice_limits_reached_total{limit="user_downloads"}'


@pytest.fixture
def video(tree):
    return tree.add(Lesson("large.bin"), noise(1 << 20) * 48)


@pytest.fixture
def start(start_server, tree, video):
    def begin(**limits):
        return start_server(tree, config={"limits": {"user_downloads": 1, **limits}})

    return begin


def resume(server, video, first=1 << 16, **claims):
    began = time.monotonic()
    fields = {"Range": f"bytes={first}-{first + 99}"}
    answer = server.download(video, fields, mint(video, **claims))
    return answer, time.monotonic() - began


def test_a_resume_takes_the_place_of_the_lost_connection(start, video):
    server = start(takeover_after=2)
    lost = Paused(server, video, mint(video, jti="before"))
    answer, waited = resume(server, video, jti="after")
    assert answer.status == 206 and len(answer.body) == 100
    assert waited < 4.5  # before handler_timeout, let alone stall_timeout
    eventually(lambda: metric(server, TAKEN) == 1)  # its worker cuts it at its next tick
    lost.cut()
    lost.close()

    def line():
        return [each for each in server.access_log() if each.get("jti") == "before"]

    eventually(lambda: len(line()) == 1)
    assert (line()[0]["outcome"], line()[0]["cause"]) == ("cut", "takeover_after")
    # The place is counted once: it is free again, and there is one.
    other = Paused(server, video)
    check_refusal(server.download(VIDEO, token=mint(VIDEO)), 503, "too-many-downloads")
    other.close()


def test_what_takes_no_place(start, tree, video):
    """Another file, another part of it from the first byte on, another user's limit: none of these
    ends a paused download."""
    server = start(takeover_after=1, handler_timeout=2)
    paused = Paused(server, video)
    second = tree.add(Lesson("second.bin"), noise(1000))
    time.sleep(1.2)
    for media, fields in ((second, {"Range": "bytes=10-"}), (video, {}), (video, {"Range": "bytes=0-99"}),
                          (video, {"Range": "bytes=-100"}), (video, {"Range": "bytes=1-2,4-5"})):
        answer = server.download(media, fields, mint(media))
        check_refusal(answer, 503, "too-many-downloads")
        assert answer.get("Retry-After") == "5"
    assert server.download(video, {"Range": "bytes=10-19"}, mint(video, user_id="b")).status == 206
    assert len(paused.finish()) == LARGE
    paused.close()
    check_metric(server, FULL, 5)
    assert metric(server, TAKEN) == 0


def test_a_download_that_moves_keeps_its_place(start, video):
    server = start(takeover_after=1, handler_timeout=3)
    with server.connect(receive_buffer=65536, timeout=30) as connection:
        connection.send(request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"}))
        head = connection.read_head()
        received, answers = 0, []
        other = threading.Thread(target=lambda: answers.append(resume(server, video)))
        other.start()
        while other.is_alive():  # slower than the line, and never silent for a second
            received += len(connection.read_exactly(1 << 20, head))
            time.sleep(0.1)
        other.join()
        check_refusal(answers[0][0], 503, "too-many-downloads")
        assert answers[0][1] > 2.5
        connection.read_exactly(head.length - received, head)
    assert metric(server, TAKEN) == 0


def test_a_download_too_many_waits_for_its_turn(start, video):
    """Five requests at once, one place: each gets its file, and none sees a refusal."""
    server = start(handler_timeout=10)
    first = Paused(server, video)
    answers = []

    def ask():
        answers.append(server.download(VIDEO, token=mint(VIDEO)))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for each in threads:
        each.start()
    scrape_until(server, lambda v: v['sluice_connections{state="suspended"}'] == 5)
    first.close()
    for each in threads:
        each.join()
    assert {answer.status for answer in answers} == {200}
    check_metric(server, FULL, 5)


def test_one_who_stops_waiting_blocks_nobody(start, video):
    server = start(handler_timeout=10)
    first = Paused(server, video)
    fields = {"Authorization": f"Bearer {mint(VIDEO)}"}
    gone = server.connect()
    gone.send(request_bytes("GET", VIDEO.target(), fields))
    scrape_until(server, lambda v: v['sluice_connections{state="suspended"}'] == 1)
    gone.close()
    first.close()
    began = time.monotonic()
    assert server.download(VIDEO, token=mint(VIDEO)).status == 200
    assert time.monotonic() - began < 5


def test_a_crowd_that_waits_is_bounded(start, video):
    """32 requests of a user wait; further ones are refused at once."""
    server = start(handler_timeout=8)
    first = Paused(server, video)
    fields = {"Authorization": f"Bearer {mint(VIDEO)}"}
    waiting = [server.connect(timeout=20) for _ in range(32)]
    for each in waiting:
        each.send(request_bytes("GET", VIDEO.target(), fields))
    scrape_until(server, lambda v: v['sluice_connections{state="suspended"}'] == 32)
    began = time.monotonic()
    check_refusal(server.download(VIDEO, token=mint(VIDEO)), 503, "too-many-downloads")
    assert time.monotonic() - began < 4
    first.close()
    for each in waiting:
        assert each.read().status == 200
        each.close()


def test_aria2_with_more_segments_than_places(start_server, tree, tmp_path):
    content = noise(20_000_000)
    video = tree.add(Lesson("segments.bin"), content)
    limits = {"user_downloads": 2, "handler_timeout": 1, "user_rate": 8_000_000}
    server = start_server(tree, config={"limits": limits})
    subprocess.run(
        ["aria2c", "-q", "--no-conf", "-x8", "-s8", "-k1M", "-m", "0", "--retry-wait=1",
         "--header", f"Authorization: Bearer {mint(video)}", "-o", "got", server.base + video.target()],
        cwd=tmp_path, check=True, timeout=120,
    )
    assert (tmp_path / "got").read_bytes() == content
    assert metric(server, FULL) > 0
