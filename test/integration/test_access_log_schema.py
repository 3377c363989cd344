"""The documented fields of the access log: the schema, the table and the examples of docs/operations.md, compared with
the lines of a service. jq and GoAccess really run. Loki is not in Debian: its configuration is parsed, and every field
that it or a query names must exist."""

import json
import os
import re
import subprocess

import jsonschema
import pytest
import yaml
from support.ids import COURSE_PRESENTATION, MODULE_PRESENTATION, VIDEO, Lesson
from support.paused import LARGE, Paused
from support.server import ROOT, run_sluice
from support.tokens import mint

SCHEMA = json.loads((ROOT / "docs/access-log.schema.json").read_text(encoding="utf-8"))


TRACE_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"


def section():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return text.split("### The access log", 1)[1].split("\n## ", 1)[0]


def example(heading, language):
    """The text of the first block of `language` below the heading."""
    part = section().split(f"#### {heading}\n", 1)[1].split("\n#### ", 1)[0]
    return re.search(rf"```{language}\n(.*?)```", part, re.DOTALL).group(1)


def run(command, folder):
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, capture_output=True, encoding="utf-8",
                          check=False, timeout=60)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


@pytest.fixture
def lines(start_server, tree, tmp_path):
    """(path, lines): the log of requests of every kind."""
    log = tmp_path / "access.log"
    server = start_server(tree, arguments=["--access-log", log],
                          config={"log": {"access_fields": ["default", "trainer_id"]},
                                  "issuer": {"mode": "none"}, "trusted_proxies": ["127.0.0.1"]})
    server.download(VIDEO, {"User-Agent": AGENT})
    server.download(COURSE_PRESENTATION, {"User-Agent": AGENT})
    server.download(MODULE_PRESENTATION, {"User-Agent": AGENT})
    server.download(VIDEO, {"Range": "bytes=10-19"})
    server.download(VIDEO, {"Range": "bytes=0-1,5-6"})
    server.download(Lesson("absent.mp4"), token=mint(Lesson("absent.mp4")))
    server.get(VIDEO.target(), token="x")
    server.get("/nothing")
    server.get("/healthz", {"traceparent": TRACE_PARENT}, method="HEAD")
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


def test_the_setting_knows_every_field_of_the_schema(tmp_path):
    config = tmp_path / "sluice.json"
    config.write_text(json.dumps({"media": {"root": str(tmp_path)}, "log": {"access_fields": ["?"]}}))
    error = run_sluice("config", "check", "--config", config, env={"SLUICE_SECRET": "s" * 32}).stderr
    known = re.search(r"known: default, ([\w, ]+)\)", error).group(1).split(", ")
    assert known == list(SCHEMA["properties"])


def test_the_lines_for_jq_work(lines):
    log, all_lines = lines
    outputs = [run(command, log.parent).splitlines() for command in example("Queries with jq", "bash").splitlines()]
    errors, total, users, ended, files = outputs
    assert len(errors) == sum(line["status"] >= 400 for line in all_lines) >= 3
    assert int(total[0]) == sum(line.get("delivered", 0) for line in all_lines if line["route"] == "download")
    assert sum(json.loads(row)["requests"] for row in users) == len(all_lines)
    assert sum(json.loads(row)["count"] for row in ended) == 1
    by_file = {row["file"]: row for row in map(json.loads, files)}
    videos = [line for line in all_lines if line.get("filename") == "Video.mp4"]
    assert by_file["Video.mp4"] == {"course": "course456", "file": "Video.mp4", "requests": len(videos),
                                    "bytes": sum(line["bytes"] for line in videos)}
    assert set(by_file) == {"Video.mp4", "presentation.mp4", "absent.mp4", "large.mp4"}


def test_the_lines_for_goaccess_work(lines):
    """The real GoAccess counts the requests, the bytes, the users and the files of the log."""
    log, all_lines = lines
    command = example("GoAccess", "bash")
    assert "-o report.html" in command
    run(command, log.parent)
    assert "<html" in (log.parent / "report.html").read_text(encoding="utf-8")
    run(command.replace("report.html", "report.json"), log.parent)
    report = json.loads((log.parent / "report.json").read_text(encoding="utf-8"))
    downloads = [line for line in all_lines if "type" in line]
    general = report["general"]
    assert general["failed_requests"] == 0 and general["valid_requests"] == len(downloads) >= 8, general
    assert general["bandwidth"] == sum(line["bytes"] for line in downloads)
    pages = {row["data"] for panel in ("requests", "static_requests", "not_found") for row in report[panel]["data"]}
    assert {"/lesson/course456/module789/lesson001/Video.mp4", "/course/course456/presentation.mp4",
            "/module/course456/module789/presentation.mp4", "/lesson/course456/module789/lesson001/absent.mp4"} <= pages
    assert any("Firefox" in row["data"] for row in report["browsers"]["data"])
    users = {line["user"] for line in downloads if "user" in line}
    assert users <= {row["data"] for row in report["remote_user"]["data"]}


def test_the_configuration_for_loki_names_fields_that_exist():
    fields = set(SCHEMA["properties"])
    config = yaml.safe_load(example("Loki", "yaml"))
    (job,) = config["scrape_configs"]
    stages = [stage for stages in job["pipeline_stages"] for stage in stages.items()]
    by_name = dict(stages)
    assert list(by_name) == ["json", "timestamp", "labels", "labeldrop"]
    expressions = by_name["json"]["expressions"]
    assert set(expressions.values()) <= fields
    assert {by_name["timestamp"]["source"], *by_name["labels"]} <= set(expressions)
    labels = {"job", *by_name["labels"]}
    queries = example("Loki", "logql").splitlines()
    assert len(queries) == 4
    for query in queries:
        selectors = re.search(r"{(.*?)}", query).group(1)
        assert set(re.findall(r"(\w+)\s*!?=", selectors)) <= labels, query
        named = re.findall(r"by \(([\w, ]+)\)", query) + re.findall(r"unwrap (\w+)", query)
        named += re.findall(r"\| (\w+) (?:!=|=~|<|=)", query)
        assert named and set(re.findall(r"\w+", " ".join(named))) <= fields, query
