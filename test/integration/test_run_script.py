"""scripts/run with the binary under test: what it prints works, with a directory and with --s3, and all of it ends."""

import json
import os
import pathlib
import shutil
import signal
import subprocess

import pytest
from support.balancers import free_port
from support.clients import run_client
from support.media import SAMPLE_MEDIA
from support.server import BINARY, ROOT, environment
from support.waiting import eventually

pytestmark = pytest.mark.tooling
needs_store = pytest.mark.skipif(
    not shutil.which("radosgw"), reason="needs ceph-mon ceph-osd radosgw, which .ci/run installs")
# The rest of the script is its own: packages and builds are not of this test.
NO_BUILD = "\nbuild() { :; }\ninstall_packages() { :; }\nbuild_page() { return 1; }\n"


def with_ctrl_c():
    """A command in the background of a script ignores SIGINT, and all that it starts, perhaps these tests."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Script:
    """scripts/run in a tree of its own, with the binary under test, as the leader of a group, as on a terminal."""

    def __init__(self, folder):
        self.root = folder / "a tree"
        (self.root / "scripts").mkdir(parents=True)
        (self.root / "build/release/bin").mkdir(parents=True)
        for name in ("run", "lib.sh", "sample_store.sh"):
            shutil.copy(ROOT / "scripts" / name, self.root / "scripts")
        with open(self.root / "scripts/lib.sh", "a", encoding="utf-8") as lib:
            lib.write(NO_BUILD)
        (self.root / "test").symlink_to(ROOT / "test")
        self.binary = self.root / "build/release/bin/sluice"
        self.binary.symlink_to(BINARY.resolve())
        self.process = None
        self.port = free_port()
        self.store = self.root / f"build/sample-store/{self.port}"

    def start(self, *flags):
        with open(self.root / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.root / "scripts/run", *flags, f"127.0.0.1:{self.port}"], env=environment(), stdout=log,
                stderr=log, start_new_session=True, preexec_fn=with_ctrl_c)

    def text(self):
        return (self.root / "log").read_text(encoding="utf-8")

    def wait_for(self, words):
        def find():
            assert self.process.poll() is None or words in self.text(), self.text()
            return words in self.text()
        eventually(find, 120)

    def commands(self):
        self.wait_for('"event":"listening"')
        text = self.text()
        return text[text.index("# A lesson"):text.index("==> ", text.index("# A lesson"))]

    def running(self):
        """The processes that were started with a path of this tree or work in it, but for the script itself."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                is_ours = str(self.root) in (process / "cmdline").read_text(errors="replace") \
                    or os.readlink(process / "cwd").startswith(str(self.root))
            except OSError:  # it has ended
                continue
            if is_ours and int(process.name) != self.process.pid:
                found.append(int(process.name))
        return found

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@pytest.fixture
def script(tmp_path):
    one = Script(tmp_path)
    yield one
    one.end()


def check_downloads(script, folder):
    """Pastes the commands that the script prints."""
    folder.mkdir()
    run_client("bash", "-ec", script.commands(), folder=folder)
    files = sorted(path.read_bytes() for path in folder.rglob("*.mp4"))
    assert files == sorted(path.read_bytes() for path in SAMPLE_MEDIA.rglob("*.mp4"))


def test_media_in_a_directory(script, tmp_path):
    script.start()
    check_downloads(script, tmp_path / "here")
    with open(f"/proc/{script.process.pid}/cmdline", encoding="utf-8") as file:
        assert "--media-root" in file.read()  # the script has become the service
    assert not script.store.exists()
    os.killpg(script.process.pid, signal.SIGINT)
    assert script.process.wait(30) == 0


@needs_store
def test_media_in_an_object_store(script, tmp_path):
    script.start("--s3")
    check_downloads(script, tmp_path / "here")
    assert (script.store / "credentials.json").stat().st_mode & 0o777 == 0o600
    (origin,) = json.loads((script.store / "sluice.json").read_text())["media"]["origins"]
    assert origin["s3"]["endpoint"].startswith("http://127.0.0.1:")
    assert len(script.running()) == 5  # the service, and what the store consists of

    os.killpg(script.process.pid, signal.SIGINT)  # Ctrl-C
    assert script.process.wait(60) == 0, script.text()
    assert not script.running()
    assert '"event":"stopped"' in script.text()  # and was not ended by a second signal

    script.start("--s3")  # again, in the same folders
    script.commands()


@needs_store
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_store_and_the_service_end_with_the_script(script, number):
    script.start("--s3")
    script.commands()
    assert len(script.running()) == 5
    script.process.send_signal(number)
    assert script.process.wait(60) == (0 if number == signal.SIGTERM else -number)
    eventually(lambda: not script.running(), 60)


@needs_store
@pytest.mark.parametrize("words", ["Starting a Ceph RGW", "Uploading"])
def test_the_store_ends_when_the_start_is_interrupted(script, words):
    script.start("--s3")
    script.wait_for(words)
    os.killpg(script.process.pid, signal.SIGINT)
    assert script.process.wait(60) == 130, script.text()
    eventually(lambda: not script.running(), 60)


@needs_store
def test_the_store_ends_when_the_service_does_not_start(script):
    script.binary.unlink()
    script.binary.write_text("#!/bin/sh\nexit 7\n")
    script.binary.chmod(0o755)
    script.start("--s3")
    assert script.process.wait(120) == 7, script.text()
    assert "Stopping the Ceph RGW" in script.text() and not (script.store / "ceph/pids").exists()


def test_a_store_that_does_not_start_ends_the_script_with_the_reason(script):
    (script.store / "ceph").mkdir(parents=True)
    (script.store / "ceph/notes").write_text("not of a store")
    script.start("--s3")
    assert script.process.wait(60) == 1
    assert "neither empty nor an earlier DIR" in script.text()
    assert "error: the Ceph RGW did not start" in script.text()


def test_help_names_the_flag():
    shown = subprocess.run([ROOT / "scripts/run", "--help"], capture_output=True, encoding="utf-8", check=True).stdout
    assert "scripts/run [--s3] [HOST:PORT]" in shown and "265 MB" in shown
