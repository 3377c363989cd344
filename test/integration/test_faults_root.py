"""The media root disappears and returns: renamed, replaced, unmounted and mounted again."""

import contextlib
import shutil
import subprocess
import time

from support.ability import unable
from support.checks import check_problem
from support.ids import COURSE_PRESENTATION, VIDEO, Lesson
from support.media import noise
from support.metrics import has_event
from support.paused import LARGE, Paused
from support.tokens import mint
from support.waiting import eventually

INTERVAL = {"media": {"rescan_interval": 1}}


def status_of(server, media):
    return server.get(media.target(), token=mint(media)).status


def check_is_away(server):
    eventually(lambda: server.get("/readyz").status == 503)
    for media in (VIDEO, COURSE_PRESENTATION):  # each thread may still know a small file for a second
        eventually(lambda m=media: [status_of(server, m) for _ in range(8)] == [503] * 8)
    check_problem(server.get(COURSE_PRESENTATION.target(), token=mint(COURSE_PRESENTATION)), 503)
    check_problem(server.issue(VIDEO), 503)
    assert server.get("/healthz").status == 200
    eventually(lambda: has_event(server, "media_root_unreadable"))


def check_is_back(server, tree):
    eventually(lambda: server.get("/readyz").status == 200)
    for media in (VIDEO, COURSE_PRESENTATION):
        eventually(lambda m=media: status_of(server, m) == 200)
        assert server.download(media).body == tree.content(media)


def test_renamed_away_and_back(start_server, tree):
    server = start_server(tree, config=INTERVAL)
    away = tree.root.with_name("away")
    tree.root.rename(away)
    check_is_away(server)
    away.rename(tree.root)
    check_is_back(server, tree)
    eventually(lambda: has_event(server, "media_root_back"))


def test_replaced_by_another_tree(start_server, tree):
    """A site swaps in a new copy: the running transfer finishes with the old one."""
    video = tree.add(Lesson("large.mp4"), noise(LARGE))
    old = tree.content(video)
    server = start_server(tree, config=INTERVAL)
    transfer = Paused(server, video)
    fresh = tree.root.with_name("fresh")
    shutil.copytree(tree.root, fresh)
    (fresh / video.path()).write_bytes(b"new version")
    tree.root.rename(tree.root.with_name("old"))
    fresh.rename(tree.root)
    eventually(lambda: has_event(server, "media_root_replaced"))
    eventually(lambda: server.download(video).body == b"new version")
    assert transfer.finish() == old
    check_is_back(server, tree)


@contextlib.contextmanager
def mounted(folder):
    """Mounts a separate volume; yields (mount, unmount)."""

    def mount():
        command = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            unable("may not mount")

    def unmount():
        subprocess.run(["umount", "-l", folder], check=True)

    try:
        yield mount, unmount
    finally:
        while subprocess.run(["umount", "-l", folder], capture_output=True, check=False).returncode == 0:
            pass


def test_unmounted_and_mounted_again(start_server, tree):
    """While the volume is unmounted its mount point is an empty directory, which must not lead to
    404."""
    source = tree.root.with_name("source")
    tree.root.rename(source)
    tree.root.mkdir()
    with mounted(tree.root) as (mount, unmount):
        mount()
        shutil.copytree(source, tree.root, dirs_exist_ok=True)
        server = start_server(tree, config=INTERVAL)
        check_is_back(server, tree)
        for _ in range(2):
            unmount()
            check_is_away(server)
            mount()
            shutil.copytree(source, tree.root, dirs_exist_ok=True)
            check_is_back(server, tree)
        server.stop()


def test_started_before_the_volume_was_mounted(start_server, tree):
    source = tree.root.with_name("source")
    tree.root.rename(source)
    tree.root.mkdir()
    with mounted(tree.root) as (mount, _):
        server = start_server(tree, config=INTERVAL)
        assert status_of(server, VIDEO) == 404
        mount()
        shutil.copytree(source, tree.root, dirs_exist_ok=True)
        check_is_back(server, tree)
        server.stop()


def test_file_made_unreadable_or_removed_in_mid_transfer(start_server, tree):
    """Open files stay open, so their transfers finish."""
    video = tree.add(Lesson("large.mp4"), noise(LARGE))
    body = tree.content(video)
    server = start_server(tree)
    for spoil in (lambda path: path.chmod(0), lambda path: path.unlink()):
        transfer = Paused(server, video)
        spoil(tree.path(video))
        assert transfer.finish() == body
    time.sleep(1.1)  # cache.lifetime_ms
    check_problem(server.get(video.target(), token=mint(video)), 404)
