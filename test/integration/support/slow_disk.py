"""A file system that is slow, broken or missing as the test requests: test/faults/slowfs.c on
FUSE."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from .ability import unable

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "faults" / "slowfs.c"


def build(folder):
    """The program. Ends the test when the kernel has no FUSE."""
    if not os.path.exists("/dev/fuse"):
        unable("no /dev/fuse")
    assert shutil.which("fusermount3"), "the package fuse3 is missing"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fuse3"],
                           capture_output=True, text=True, check=True)
    program = folder / "slowfs"
    command = ["gcc", "-O1", "-D_FILE_OFFSET_BITS=64", "-o", program, SOURCE, *flags.stdout.split()]
    subprocess.run(list(map(str, command)), check=True, timeout=60)
    return program


class SlowDisk:
    """The directory `source`, seen through the file system at `root`."""

    def __init__(self, program, source, root):
        self.source, self.root = pathlib.Path(source), pathlib.Path(root)
        self.root.mkdir(exist_ok=True)
        self.process = subprocess.Popen([program, self.source, self.root])
        deadline = time.monotonic() + 10
        while not os.path.ismount(self.root):
            if self.process.poll() is not None or time.monotonic() > deadline:
                unable("may not mount FUSE")
            time.sleep(0.02)

    def hang(self):
        """Every call waits from now on, and none has been taken by the file system's process: the
        kernel lets a killed process go only while its request has not been read (fuse_dev_read)."""
        self.process.send_signal(signal.SIGSTOP)
        deadline = time.monotonic() + 10
        while not all(state == "T" for state in self._thread_states()):
            assert time.monotonic() < deadline, "the file system does not stop"
            time.sleep(0.01)

    def _thread_states(self):
        for stat in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            yield stat.read_text().rpartition(")")[2].split()[0]

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def release(self):
        """Releases the calls that hang- and stuck- files block."""
        (self.source / ".release").touch()

    def unmount(self):
        """Ends the file system at once. Its open files and the calls that wait for it fail."""
        self.release()
        subprocess.run(["fusermount3", "-u", "-z", self.root], check=False)
        self.process.kill()
        self.process.wait()
