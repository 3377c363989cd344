"""Every row of the table of threats in docs/security.md is proved by tests that exist."""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "security.md"
OLDEST = set(range(1, 49))  # those the service was designed against


def named_tests():
    """(file, test) of every test in this folder that names a row, with the row."""
    for path in sorted(HERE.glob("test_*.py")):
        for match in re.finditer(r"^def (test_row_(\d\d)_\w+)", path.read_text("utf-8"), re.M):
            yield (path.name, match[1]), int(match[2])


def test_every_row_has_a_test():
    assert {row for _, row in named_tests()} >= OLDEST


def test_the_page_names_tests_that_exist():
    existing = dict(named_tests())
    seen = set()
    for line in PAGE.read_text("utf-8").splitlines():
        row = re.match(r"\| (\d+) \|", line)
        if row is None:
            continue
        named = re.findall(r"`(test_\w+\.py)::(test_row_\w+)`", line)
        assert named, line
        for test in named:
            assert existing.get(test) == int(row[1]), test
        seen.add(int(row[1]))
    assert seen == {row for _, row in named_tests()}
