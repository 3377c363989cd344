"""SIGKILL and restart under load: every client that resumes ends with the same bytes."""

import pathlib
import tempfile
import threading

from load import LARGE
from support.reborn import Reborn, download_with_aria2, download_with_curl


def run_restarts(run):
    curls, arias = (3, 1) if run.quick else (8, 4)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        reborn = Reborn(folder / "servers", run.tree, pause=1.0)
        results = []

        def one(download, index):
            target = folder / f"{download.__name__}{index}"
            target.mkdir()
            try:
                download(reborn, LARGE, target)
                results.append((target / "video.mp4").read_bytes() == run.tree.content(LARGE))
            except Exception as fault:  # noqa: BLE001: any exception is the verdict
                run.say(f"{download.__name__}: {fault}")
                results.append(False)

        work = [(download_with_curl, i) for i in range(curls)]
        work += [(download_with_aria2, i) for i in range(arias)]
        threads = [threading.Thread(target=one, args=each) for each in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        reborn.stop()
        run.note(
            f"SIGKILL under {curls} curl -C - and {arias} aria2",
            f"{reborn.kills} kills; {sum(results)} of {len(work)} files byte-identical",
            all(results) and len(results) == len(work) and reborn.kills > 1,
        )
