"""A media tree on disk with known bytes and times."""

import os
import pathlib
import random
import shutil
import time

SAMPLE_MEDIA = pathlib.Path(__file__).resolve().parents[2] / "media"

# 2024-01-02 03:04:05.678901234 UTC: long past, so that Last-Modified is a strong validator, and
# with a fraction, which an entity tag must include.
MTIME_NS = 1704164645678901234
LAST_MODIFIED = "Tue, 02 Jan 2024 03:04:05 GMT"

SETTLED = 0.03  # seconds: a file that was touched less than 20 ms ago has no validators yet


def noise(size, seed=1):
    """`size` bytes that do not repeat and are the same in every run."""
    return random.Random(seed).randbytes(size)


class MediaTree:
    """A media root. Starts with the sample videos."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        shutil.copytree(SAMPLE_MEDIA, self.root)
        for folder, _, names in os.walk(self.root):
            for name in names:
                self._set_time(pathlib.Path(folder, name), MTIME_NS)
        time.sleep(SETTLED)

    @staticmethod
    def _set_time(path, mtime_ns):
        os.utime(path, ns=(mtime_ns, mtime_ns))

    def path(self, media):
        """The file of a Media, or of a path below the root; creates its folder."""
        relative = media if isinstance(media, str) else media.path()
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def add(self, media, content, mtime_ns=MTIME_NS):
        """Writes a file and returns the media."""
        path = self.path(media)
        if path.exists() and path.stat().st_mtime_ns == mtime_ns and path.read_bytes() == content:
            return media  # written again, it would be another version with the same size and time
        path.write_bytes(content)
        self._set_time(path, mtime_ns)
        time.sleep(SETTLED)
        return media

    def replace(self, media, content, mtime_ns=MTIME_NS + 10**9):
        """Replaces the file atomically, as a site that updates a video should."""
        path = self.path(media)
        fresh = path.with_name(path.name + ".new")
        fresh.write_bytes(content)
        self._set_time(fresh, mtime_ns)
        fresh.rename(path)
        time.sleep(SETTLED)

    def content(self, media):
        return self.path(media).read_bytes()
