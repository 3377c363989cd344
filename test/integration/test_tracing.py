"""The trace that a trusted proxy names: in the access log, in the audit log, and in the spans that docs/operations.md
derives from the lines. jq and curl really run. The OpenTelemetry Collector is not in Debian: a small HTTP server
receives what it would, and its configuration is parsed and compared with the fields that exist."""

import http.server
import json
import re
import subprocess
import threading

import pytest
import yaml
from support.ids import VIDEO
from support.server import ROOT
from support.stores import PostgresStore
from support.tokens import mint
from support.waiting import eventually

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
PARENT = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
TRUSTING = {"trusted_proxies": ["127.0.0.1"], "issuer": {"mode": "none"}}
NAMES = ("trace_id", "span_id", "parent_span_id", "trace_flags")


def section():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return text.split("### Tracing\n", 1)[1].split("\n## ", 1)[0]


def block(language):
    return re.search(rf"```{language}\n(.*?)```", section(), re.DOTALL).group(1)


def test_a_trace_is_in_both_logs(start_server, tree, tmp_path):
    audit = tmp_path / "audit.log"
    server = start_server(tree, config={**TRUSTING, "log": {"audit": str(audit)}}, arguments=["--threads", 1])
    with server.connect() as kept:  # one connection: a trace belongs to a request
        for target, fields in ((VIDEO.query("trainer123"), PARENT),
                               (VIDEO.target(), {**PARENT, "X-Request-Id": "its-own-name"}),
                               ("/nowhere", {"Traceparent": PARENT["traceparent"][:-1] + "0"}),
                               ("/healthz", {})):
            kept.request("GET", target, fields)
    server.stop()
    minted, video, nowhere, health = server.access_log()
    for line, flags in ((minted, "01"), (video, "01"), (nowhere, "00")):
        assert (line["trace_id"], line["parent_span_id"], line["trace_flags"]) == (TRACE, CALLER, flags)
        assert re.fullmatch("[0-9a-f]{16}", line["span_id"])
    assert len({line["span_id"] for line in (minted, video, nowhere)} | {CALLER}) == 4
    assert video["request_id"] == "its-own-name" and minted["request_id"] == TRACE
    assert not set(NAMES) & set(health)
    (entry,) = map(json.loads, audit.read_text(encoding="utf-8").splitlines())
    assert {name: entry[name] for name in NAMES[:3]} == {name: minted[name] for name in NAMES[:3]}


def test_a_recorded_trace_reaches_postgresql(start_server, tree, postgres):
    store = PostgresStore(postgres).migrate()
    server = start_server(tree, config={**TRUSTING, **store.config()}, arguments=["--threads", "1"])
    eventually(lambda: server.get("/readyz").status == 200)

    def names_after(user, fields):
        assert server.get(VIDEO.query(user), fields).status == 403  # asks the store, which knows no grant
        names = store.sql("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'sluice%' "
                          f"AND datname = '{store.database}' ORDER BY 1")
        return names.splitlines()

    other = "0af7651916cd43dd8448eb211c80319c"
    assert names_after("anna", {}) == ["sluice", "sluice"]  # for queries, and for the feed of changes
    assert names_after("bert", PARENT) == ["sluice", f"sluice/{TRACE}"]
    assert names_after("carl", {"traceparent": f"00-{other}-{CALLER}-03"}) == ["sluice", f"sluice/{other}"]
    assert names_after("dora", {"traceparent": f"00-{TRACE}-{CALLER}-02"}) == ["sluice", "sluice"]  # not recorded
    server.stop()
    assert [line.get("trace_id") for line in server.access_log() if line["route"] == "token"] == [None, TRACE, other, TRACE]


@pytest.mark.parametrize("fields", [
    [("traceparent", "00-" + TRACE.upper() + f"-{CALLER}-01")],
    [("traceparent", f"00-{TRACE}-{'0' * 16}-01")],
    [("traceparent", f"ff-{TRACE}-{CALLER}-01")],
    [("traceparent", f"00-{TRACE}-{CALLER}-01-more")],
    [("traceparent", f"00-{TRACE}-{CALLER}")],
    [("traceparent", "")],
    [("traceparent", f'00-{TRACE}-{CALLER}-01","x":"')],
    [("traceparent", "0" * 12_000)],
    [("traceparent", PARENT["traceparent"])] * 2,
])
def test_a_malformed_trace_is_ignored(start_server, tree, fields):
    server = start_server(tree, config=TRUSTING)
    assert server.get("/healthz", fields).status == 200
    server.stop()
    (line,) = server.access_log()
    assert not set(NAMES) & set(line) and re.fullmatch("[0-9a-f]{32}", line["request_id"])
    assert line["request_id"] != TRACE


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"], ["unix"]])
def test_row_44_a_stranger_names_no_trace(start_server, tree, trusted, tmp_path):
    audit = tmp_path / "audit.log"
    server = start_server(tree, config={"trusted_proxies": trusted, "issuer": {"mode": "none"},
                                        "log": {"audit": str(audit)}})
    server.get(VIDEO.query("trainer123"), PARENT)
    server.get(VIDEO.target(), PARENT, token=mint(VIDEO))
    server.stop()
    text = server.stdout() + audit.read_text(encoding="utf-8")
    assert len(text.splitlines()) == 3 and TRACE not in text and CALLER not in text and "span_id" not in text


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes OTLP/HTTP requests as the Collector does, and keeps them."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    with http.server.HTTPServer(("127.0.0.1", 0), Collector) as server:
        server.received = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_spans_are_derived_from_the_lines(start_server, tree, tmp_path, collector):
    log = tmp_path / "access.log.1"
    server = start_server(tree, config=TRUSTING, arguments=["--access-log", log, "--threads", 1])
    server.get(VIDEO.target(), {**PARENT, "User-Agent": "Player/1"}, token=mint(VIDEO))
    server.get("/nowhere", PARENT)
    server.get("/healthz", {"traceparent": f"00-{TRACE}-{CALLER}-00"})  # the caller does not record it
    server.get("/healthz")
    server.stop()
    video, nowhere, *_ = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    (tmp_path / "spans.jq").write_text(block("jq"), encoding="utf-8")
    command = block("bash")
    assert "http://127.0.0.1:4318/v1/traces" in command
    command = command.replace("127.0.0.1:4318", "127.0.0.1:%d" % collector.server_port)
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, capture_output=True,
                          encoding="utf-8", check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    ((path, kind, body),) = collector.received
    assert (path, kind) == ("/v1/traces", "application/json")
    (resource,) = body["resourceSpans"]
    assert resource["resource"]["attributes"] == [{"key": "service.name", "value": {"stringValue": "sluice"}}]
    (scope,) = resource["scopeSpans"]
    assert len(scope["spans"]) == 2
    for line, span in zip((video, nowhere), scope["spans"]):
        assert (span["traceId"], span["parentSpanId"], span["spanId"]) == (TRACE, CALLER, line["span_id"])
        end, start = int(span["endTimeUnixNano"]), int(span["startTimeUnixNano"])
        assert end - start == line["duration_us"] * 1000
        assert str(end)[10:13] == line["time"][20:23] and str(end).endswith("000000")
        attributes = {each["key"]: next(iter(each["value"].values())) for each in span["attributes"]}
        assert attributes["http.response.status_code"] == str(line["status"])
        assert attributes["sluice.request_id"] == line["request_id"]
    first, second = scope["spans"]
    assert first["name"] == "GET download" and second["name"] == "GET none"
    attributes = {each["key"]: each["value"] for each in first["attributes"]}
    assert attributes["sluice.filename"] == {"stringValue": "Video.mp4"}
    assert attributes["user_agent.original"] == {"stringValue": "Player/1"}


def test_the_configurations_name_fields_that_exist():
    fields = set(json.loads((ROOT / "docs/access-log.schema.json").read_text(encoding="utf-8"))["properties"])
    parser, trace = yaml.safe_load(block("yaml"))["receivers"]["filelog"]["operators"]
    sources = [parser["timestamp"]["parse_from"], *(trace[name]["parse_from"] for name in ("trace_id", "span_id",
                                                                                         "trace_flags"))]
    assert {source.removeprefix("attributes.") for source in sources} == {"time", "trace_id", "span_id", "trace_flags"}
    program = re.sub("#.*", "", block("jq"))
    used = set(re.findall(r"(?<![\w.\]])\.([a-z_]+)", program))
    assert {"trace_id", "span_id", "parent_span_id", "duration_us", "time"} <= used <= fields, used - fields
