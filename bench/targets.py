"""The targets of requests: files, a range, tokens; and the files themselves."""

import dataclasses
import os
import shutil

from common import MEDIA, BenchError

REL = "trainer1/course1/module1/lesson1"
USER = "trainer1"
FOLDER = MEDIA / "download2" / REL
MEDIA_ROOT = MEDIA / "download2"

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
FILE_BYTES = {"1k.mp4": KIB, "64k.mp4": 64 * KIB, "1m.mp4": MIB, "1g.mp4": GIB}


@dataclasses.dataclass(frozen=True)
class Target:
    """One target. `filename` is None for a token."""

    key: str
    filename: str | None
    first: int = 0
    length: int | None = None  # None: the whole file

    @property
    def is_token(self):
        return self.filename is None

    @property
    def is_range(self):
        return self.length is not None

    @property
    def path(self):
        return FOLDER / self.filename

    @property
    def body_bytes(self):
        return self.length if self.is_range else FILE_BYTES[self.filename]

    @property
    def uri(self):
        return f"/download2/{REL}/{self.filename}"


WHOLE_1K = Target("1k", "1k.mp4")
WHOLE_64K = Target("64k", "64k.mp4")
WHOLE_1M = Target("1m", "1m.mp4")
WHOLE_1G = Target("1g", "1g.mp4")
RANGE_64K = Target("range", "1g.mp4", first=GIB // 2 + 4096, length=64 * KIB)
TOKEN = Target("token", None)


def make_media():
    """Writes the files unless they exist, with random content, so that nothing can be sparse or
    shared, and reads them once into the page cache."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    missing = [n for n, size in FILE_BYTES.items() if not _has_size(FOLDER / n, size)]
    needed = sum(FILE_BYTES[name] for name in missing)
    if shutil.disk_usage(FOLDER).free < needed + GIB:
        raise BenchError(f"{FOLDER} needs {(needed + GIB) >> 20} MiB of free space")
    for name in missing:
        _write_random(FOLDER / name, FILE_BYTES[name])
    for name in FILE_BYTES:
        with open(FOLDER / name, "rb", buffering=0) as file:
            while file.read(MIB):
                pass


def _has_size(path, size):
    return path.is_file() and path.stat().st_size == size


def _write_random(path, size):
    with open(path, "wb") as file:
        for begin in range(0, size, MIB):
            file.write(os.urandom(min(MIB, size - begin)))
