"""The resources that a process holds: what a test compares before and after."""

import os
import pathlib
import re


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def pss_kib(pid):
    """Memory, with the process's share of pages that it shares with others."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1))
