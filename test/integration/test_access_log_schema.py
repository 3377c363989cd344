"""The documented fields of the access log: the schema, the table and the jq lines of docs/operations.md, compared with
the lines of a service."""

import json
import os
import re
import subprocess

import jsonschema
import pytest
from support.ids import VIDEO, Lesson
from support.paused import LARGE, Paused
from support.server import ROOT
from support.tokens import mint

SCHEMA = json.loads((ROOT / "docs/access-log.schema.json").read_text(encoding="utf-8"))


def section():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return text.split("### The access log", 1)[1].split("\n## ", 1)[0]


@pytest.fixture
def lines(start_server, tree, tmp_path):
    """(path, lines): the log of requests of every kind."""
    log = tmp_path / "access.log"
    server = start_server(tree, arguments=["--access-log", log])
    server.download(VIDEO)
    server.download(VIDEO, {"Range": "bytes=10-19"})
    server.download(VIDEO, {"Range": "bytes=0-1,5-6"})
    server.download(Lesson("absent.mp4"), token=mint(Lesson("absent.mp4")))
    server.get(VIDEO.target(), token="x")
    server.get("/nothing")
    server.get("/healthz", method="HEAD")
    server.raw(b"nonsense\r\n\r\n")
    large = tree.add(Lesson("large.mp4"), os.urandom(LARGE))
    transfer = Paused(server, large)
    transfer.connection.close()
    server.stop()
    return log, [json.loads(line) for line in log.read_text().splitlines()]


def test_every_line_is_of_the_schema(lines):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for line in lines[1]:
        validator.validate(line)
    seen = set().union(*lines[1])
    rare = {"admitted_by", "cause"}  # of a resume window, and of a transfer that was cut
    assert set(SCHEMA["properties"]) - rare <= seen, set(SCHEMA["properties"]) - seen


def test_the_table_has_every_field_of_the_schema():
    rows = re.findall(r"^\| `(\w+)` \| (always|if it applies) \|", section(), re.MULTILINE)
    assert [name for name, _ in rows] == list(SCHEMA["properties"])
    assert [name for name, present in rows if present == "always"] == SCHEMA["required"]


def test_the_lines_for_jq_work(lines):
    log, all_lines = lines
    commands = re.search(r"```bash\n(.*?)```", section(), re.DOTALL).group(1).splitlines()
    outputs = []
    for command in commands:
        done = subprocess.run(["bash", "-c", command], cwd=log.parent, capture_output=True, encoding="utf-8",
                              check=False)
        assert done.returncode == 0, (command, done.stderr)
        outputs.append(done.stdout.splitlines())
    errors, total, users, ended = outputs
    assert len(errors) == sum(line["status"] >= 400 for line in all_lines) >= 3
    assert int(total[0]) == sum(line["bytes"] for line in all_lines if line["route"] == "download")
    assert sum(json.loads(row)["requests"] for row in users) == len(all_lines)
    assert sum(json.loads(row)["count"] for row in ended) == 1
