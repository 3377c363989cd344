"""Files on the disk and their names: rows 19, 20, 22 and 23 of the table of threats."""

import os
import socket

import pytest
from support.ability import unable
from support.checks import attachment_name, check_problem
from support.ids import VIDEO, Course, Lesson
from support.tokens import mint


def test_row_19_symbolic_links(start_server, tree, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Video.mp4").write_bytes(b"not yours")
    root = tree.root
    links = {
        Lesson("absolute.mp4"): outside / "Video.mp4",
        Lesson("relative.mp4"): "../../../../../outside/Video.mp4",
        Lesson("inside.mp4"): "Video.mp4",
        Lesson("passwd.mp4"): "/etc/passwd",
        Lesson("magic.mp4"): "/proc/self/exe",
        Lesson("dangling.mp4"): "nowhere",
        Lesson("loop.mp4"): "loop.mp4",
    }
    for video, to in links.items():
        tree.path(video).symlink_to(to)
    (root / "trainer123/course456/module789/linked").symlink_to(outside)
    (root / "trainer123/course456/linked").symlink_to(root / "trainer123/course456/module789")
    (root / "linked").symlink_to(root / "trainer123")
    (root / "proc").symlink_to("/proc/self/root")

    server = start_server(tree)
    through_folders = [
        Lesson("Video.mp4", lesson="linked"),
        Lesson("Video.mp4", module="linked"),
        Lesson("Video.mp4", trainer="linked"),
        Lesson("hostname", trainer="proc", course="etc", module="x", lesson="y"),
    ]
    for video in (*links, *through_folders):
        check_problem(server.download(video, token=mint(video)), 404)
    assert server.download(VIDEO).status == 200
    metrics = server.get("/metrics").body.decode()
    counted = metrics.split("\nsluice_symlinks_refused_total ")[1].split("\n")[0]
    assert int(counted) >= len(links) - 1


def test_row_19_a_linked_trainer_owns_no_course(start_server, tree, tmp_path):
    (tmp_path / "outside/foreign").mkdir(parents=True)
    (tmp_path / "outside/foreign/presentation.mp4").write_bytes(b"not yours")
    (tree.root / "linked").symlink_to(tmp_path / "outside")
    server = start_server(tree)
    course = Course("presentation.mp4", course="foreign", trainer="linked")
    check_problem(server.issue(course, user_id="linked"), 403)
    check_problem(server.download(course, token=mint(course)), 404)


def special(kind, path):
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        # Uses the descriptor of the folder, because a socket address has at most 107 bytes.
        folder = os.open(path.parent, os.O_RDONLY)
        socket.socket(socket.AF_UNIX).bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)
    elif kind == "device":
        os.mknod(path, 0o20644, os.makedev(1, 5))


@pytest.mark.parametrize("kind", ["directory", "fifo", "socket", "device"])
def test_row_20_what_is_no_regular_file(server, media, kind):
    video = Lesson(f"{kind}.mp4")
    try:
        special(kind, media.path(video))
    except PermissionError:
        unable("only root makes device nodes")
    check_problem(server.download(video, token=mint(video)), 404)
    check_problem(server.issue(video), 404)


def test_row_20_a_file_nobody_may_read(start_server, tree):
    video = tree.add(Lesson("unreadable.mp4"), b"unreadable")
    tree.path(video).chmod(0)
    # Root can read any file because of its capabilities: drop those.
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
    server = start_server(tree, prefix=drop if os.geteuid() == 0 else ())
    check_problem(server.download(video, token=mint(video)), 404)
    assert server.download(VIDEO).status == 200


NAMES = [
    'a"; x=y.mp4',
    "a;b.mp4",
    "%41.mp4",
    "100%.mp4",
    ".bashrc",
    "-rf.mp4",
    "con.mp4",
    "ファイル.mp4",
    "a'b(c)*.mp4",
    "a b  c.mp4",
    "$HOME`id`.mp4",
    "🎬.mp4",
    "x" * 251 + ".mp4",
    "é" * 127 + "x",
]


@pytest.mark.parametrize("name", NAMES)
def test_row_22_names_in_the_header(server, media, name):
    video = media.add(Lesson(name, lesson="names"), b"named")
    answer = server.download(video)
    assert (answer.status, answer.body) == (200, b"named")
    assert attachment_name(answer) == name


@pytest.mark.parametrize(
    "name, kind",
    [
        ("x.mp4", "video/mp4"),
        ("x.MP4", "video/mp4"),
        ("x.webm", "video/webm"),
        ("x.mov", "video/quicktime"),
        ("x.html", "application/octet-stream"),
        ("x.svg", "application/octet-stream"),
        ("x.mp4.html", "application/octet-stream"),
        ("x", "application/octet-stream"),
    ],
)
def test_row_23_types(server, media, name, kind):
    video = media.add(Lesson(name, lesson="types"), b"<script>alert(1)</script>")
    answer = server.download(video)
    assert answer.get("Content-Type") == kind
    assert answer.get("X-Content-Type-Options") == "nosniff"
    assert answer.get("Content-Security-Policy") == "sandbox"
    assert answer.get("Content-Disposition").startswith("attachment;")
