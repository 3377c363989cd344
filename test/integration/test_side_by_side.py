"""support/side_by_side.py: a test with the mark `alone` has no other beside it, and long files come first."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from support.side_by_side import LONG

pytestmark = pytest.mark.tooling

HERE = pathlib.Path(__file__).resolve().parent
INI = "[pytest]\naddopts = --strict-markers\nmarkers =\n    alone: nothing runs beside it\n"
# Each test writes when it began and ended; those of a file end together with those of the others.
TEST = """
import json, pathlib, time
import pytest

@pytest.mark.parametrize("number", range(4))
{mark}
def test_it(number):
    began = time.monotonic()
    time.sleep(0.1)
    line = [{name!r}, began, time.monotonic()]
    pathlib.Path({folder!r}, f"{name}-{{number}}.json").write_text(json.dumps(line))
"""


def run(folder, files):
    """Runs the files, {name: its mark}, in three processes; returns [name, begin, end] of each test, in order."""
    (folder / "pytest.ini").write_text(INI)
    for name, mark in files.items():
        (folder / name).write_text(TEST.format(name=name, mark=mark, folder=str(folder)))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "support.side_by_side", "-n", "3",
         "--dist", "loadfile", folder],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(HERE), "PYTEST_ADDOPTS": ""}, timeout=300,
        capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{4 * len(files)} passed" in done.stdout
    return sorted((json.loads(file.read_text()) for file in folder.glob("*.json")), key=lambda line: line[1])


def overlaps(lines, name):
    """The other tests during which one of the file `name` ran."""
    return [other for mine in lines if mine[0] == name for other in lines
            if other is not mine and other[1] < mine[2] and mine[1] < other[2]]


def test_a_test_that_must_be_alone_is(tmp_path):
    names = [f"test_{letter}.py" for letter in "abcde"]
    lines = run(tmp_path, {name: "@pytest.mark.alone" if name == "test_a.py" else "" for name in names})
    assert overlaps(lines, "test_a.py") == []
    assert any(overlaps(lines, name) for name in names[1:]), "the others do run side by side"


def test_the_long_files_come_first(tmp_path):
    names = [*(f"test_{letter}.py" for letter in "abc"), *LONG[:3]]
    assert {line[0] for line in run(tmp_path, dict.fromkeys(names, ""))[:3]} <= set(LONG[:3])


def test_every_long_file_exists():
    assert [name for name in LONG if not (HERE / name).exists()] == []
