"""A wrong clock for one process: libfaketime."""

import glob

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")


def shifted(by):
    """The beginning of a command whose wall clock differs by `by`, such as "-20m"."""
    return ["env", f"LD_PRELOAD={LIBRARY}", f"FAKETIME={by}", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
