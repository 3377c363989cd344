"""The dashboard and the alerts in deploy/: checked by promtool, against the metrics that a node
exposes, and in a Prometheus that scrapes it."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from xml.etree import ElementTree

import pytest
import yaml
from support import certificates
from support.balancers import free_port
from support.ids import VIDEO
from support.media import MediaTree
from support.metrics import scrape, scrape_until
from support.server import ROOT, Server, run_sluice
from support.stores import SqliteStore
from support.tokens import SECRET
from support.waiting import eventually
from test_docs import anchors

DEPLOY = ROOT / "deploy"
PICTURE = ROOT / "docs/dashboard.svg"
DASHBOARD = json.loads((DEPLOY / "grafana/sluice.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((DEPLOY / "prometheus/sluice.rules.yml").read_text(encoding="utf-8"))
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
SVG = "{http://www.w3.org/2000/svg}"
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"] if panel["type"] != "row"}
pytestmark = pytest.mark.tooling


def promtool(*arguments):
    result = subprocess.run(
        ["promtool", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def expressions():
    """Every query of a panel or an alert, with its location."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")
    for name, rule in ALERTS.items():
        yield name, rule["expr"]


@pytest.fixture(scope="module")
def node(tmp_path_factory, pem):
    """A server with all features that has served some requests."""
    folder = tmp_path_factory.mktemp("dashboards")
    store = SqliteStore(folder / "store.db")
    config = {
        **store.config(),
        "metrics": {"by_trainer": 5},
        "listeners": [{"address": "127.0.0.1:0"}, certificates.listener(*pem)],
        "issuer": {"mode": ["local", "jwt"], "jwt": {"jwks_url": "http://127.0.0.1:1/"}},
    }
    server = Server(
        folder / "server", MediaTree(folder / "media").root, config=config, listen=None
    )
    try:
        scrape_until(server, lambda values: values["sluice_store_followed"] == 1)
        server.download(VIDEO)
        scrape_until(server, lambda values: 'sluice_trainer_downloads_total{trainer="trainer123"}' in values)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def node_of_bucket(tmp_path_factory):
    """A server whose media are in an object store, which is away."""
    folder = tmp_path_factory.mktemp("dashboards")
    origin = {"s3": {"endpoint": "http://127.0.0.1:1", "bucket": "vod", "credentials_file": ""}}
    server = Server(folder, None, config={"media": {"origins": [origin], "rescan_interval": 1}, "storage": {"open_timeout": 1}}, env={
        "SLUICE_SECRET": SECRET, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hush"})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def exposition(node, node_of_bucket):
    """{name: {label: values}} of these servers."""
    values = {**scrape(node), **scrape(node_of_bucket)}
    families = {"up": {}}
    for key in values:
        name, _, labels = key.partition("{")
        found = families.setdefault(name, {})
        for label, value in re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', labels):
            found.setdefault(label, set()).add(value)
    for labels in families.values():  # added by Prometheus
        labels.update(job={"sluice"}, instance={"node"})
    return families


@pytest.mark.parametrize("where, text", expressions())
def test_every_metric_and_label_of_a_query_exists(exposition, where, text):
    names = re.findall(r"\b((?:sluice|process)_[a-z_]+|up)\b(?!\s*\()", text)
    assert names, where
    for name in names:
        assert name in exposition, f"{where}: no metric {name}"
    for name, selector in re.findall(r"\b([a-z_]+)\{([^}]*)\}", text):
        for label, operator, value in re.findall(r'([a-z_]+)(=~|=|!=|!~)"([^"]*)"', selector):
            assert label in exposition[name], f"{where}: {name} has no label {label}"
            if operator == "=":
                assert value in exposition[name][label], f"{where}: {label} is never {value}"
    known = set().union(*(labels for labels in exposition.values()))
    for labels in re.findall(r"\bby \(([^)]*)\)", text):
        assert {label.strip() for label in labels.split(",")} <= known, where


def test_queries_of_the_dashboard_parse(tmp_path):
    rules = [
        {"record": f"panel_{number}", "expr": text} for number, (_, text) in enumerate(expressions())
    ]
    path = tmp_path / "panels.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    promtool("check", "rules", path)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def unit_of(text):
    """The units of Grafana that suit a query, from the names of its metrics and what it does with them."""
    text = re.sub(r"{[^}]*}", "", text)
    per_second = [name for name in re.findall(r"\brate\((\w+)\[", text) if not name.endswith("_bucket")]
    if "histogram_quantile" in text:
        return {"Bps"} if "bytes_per_second" in text else {"s"}
    if " / " in text or "process_cpu_seconds_total" in text:
        return {"percentunit"}
    if per_second:
        return {"Bps"} if per_second[0].endswith("_bytes_total") else {"reqps", "ops"}
    if "time()" in text or re.search(r"_age_seconds\b", text):
        return {"s"}
    if "increase(" in text:
        return {"short"}
    return {"bytes"} if re.search(r"_bytes\b", text) else {"short"}


@pytest.mark.parametrize("query, unit", [
    ("histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))", "s"), ("sum(rate(x_total[5m]))", "ops"),
    ("rate(x_bytes_total[5m])", "Bps"), ("process_memory_bytes", "bytes"), ("time() - x_timestamp_seconds", "s"),
    ("max by (instance) (x_age_seconds)", "s"),
    ("sum(x_active)", "short"), ("a / b", "percentunit"),
])
def test_the_unit_of_a_query_is_recognised(query, unit):
    assert unit in unit_of(query)


@pytest.mark.parametrize("title", PANELS)
def test_every_panel_has_one_unit_and_honours_the_chosen_nodes(title):
    panel = PANELS[title]
    unit = panel["fieldConfig"]["defaults"]["unit"]
    assert panel["description"] and panel["fieldConfig"]["overrides"] == []
    assert panel["targets"]
    for target in panel["targets"]:
        assert unit in unit_of(target["expr"]), target["expr"]
        selectors = re.findall(r"\b(?:sluice|process)_\w+(.?)|\bup\b(.?)", target["expr"])
        assert len(selectors) == target["expr"].count('instance=~"$instance"'), target["expr"]
    if unit == "short":  # counts of different things
        assert len(panel["targets"]) == 1


def test_panels_do_not_overlap():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken and at["x"] + at["w"] <= 24, panel["title"]
        taken |= cells


def test_alert_rules_and_the_scrape_configuration(tmp_path):
    shutil.copytree(DEPLOY / "prometheus", tmp_path / "prometheus")
    promtool("check", "rules", tmp_path / "prometheus/sluice.rules.yml")
    promtool("check", "config", tmp_path / "prometheus/prometheus.yml")


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_has_a_runbook(name):
    """Its URL ends in the heading of its own section."""
    page, _, heading = ALERTS[name]["annotations"]["runbook_url"].partition("#")
    assert heading == name.lower() and heading in anchors(ROOT / "docs/operations.md")
    assert page.startswith("https://") and page.endswith("/docs/operations.md")
    section = (ROOT / "docs/operations.md").read_text(encoding="utf-8").split(f"#### {name}\n")[1].split("\n#")[0]
    assert "**Meaning:**" in section and "**Check:**" in section


class Prometheus:
    """A Prometheus with the files of deploy/, which scrapes these {instance: node}."""

    def __init__(self, folder, nodes):
        shutil.copytree(DEPLOY / "prometheus", folder, dirs_exist_ok=True)
        config = yaml.safe_load((folder / "prometheus.yml").read_text())
        config["global"] = {"evaluation_interval": "1s"}
        config["scrape_configs"][0]["scrape_interval"] = "1s"
        config["scrape_configs"][0]["static_configs"] = [
            {"targets": ["%s:%d" % node.address], "labels": {"instance": name}} for name, node in nodes.items()]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self.base = f"http://127.0.0.1:{free_port()}"
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                 f"--web.listen-address={self.base[7:]}"], stdout=log, stderr=log)

    def ask(self, what, **parameters):
        with urllib.request.urlopen(f"{self.base}/api/v1/{what}?{urllib.parse.urlencode(parameters)}") as answer:
            return json.load(answer)["data"]

    def values(self, query):
        return [float(one["value"][1]) for one in self.ask("query", query=query)["result"]]


@pytest.fixture(scope="module")
def prometheus(node, node_of_bucket, tmp_path_factory):
    one = Prometheus(tmp_path_factory.mktemp("prometheus"), {"one": node, "bucket": node_of_bucket})
    try:
        eventually(lambda: len(one.values("count_over_time(up[1m]) >= 3 and up == 1")) == 2, 30)
        yield one
    finally:
        one.process.terminate()
        one.process.wait(20)


# Nothing to show on a node that has not been asked for it.
MAY_BE_EMPTY = {"Rejected requests by cause", "Limits reached", "Time of a storage read", "Age of the keys",
                "Open-file cache: hits", "Opens and reads that wait for a thread", "Nodes whose storage does not answer"}


@pytest.mark.parametrize("title", PANELS)
def test_every_panel_shows_the_chosen_node_and_no_other(prometheus, title):
    for target in PANELS[title]["targets"]:
        query = target["expr"].replace("$__rate_interval", "1m")
        chosen = "bucket" if "sluice_object_" in query else "one"
        assert prometheus.values(query.replace("$instance", chosen)) or title in MAY_BE_EMPTY, query
        assert prometheus.values(query.replace("$instance", "another")) == [], query


def test_prometheus_evaluates_every_alert(prometheus):
    def evaluated():
        rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
        return rules if all(rule["health"] != "unknown" for rule in rules) else None

    rules = eventually(evaluated, 30)
    assert {rule["name"]: rule["health"] for rule in rules} == dict.fromkeys(ALERTS, "ok")


def panels_of(picture):
    """The titles in its metadata; fails if a panel or most of the lines are missing."""
    root = ElementTree.parse(picture).getroot()
    titles = json.loads(root.find(f"{SVG}metadata").text)
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert set(titles) <= words
    assert len([path for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "1.4"]) > len(PANELS) / 2
    return titles


def test_the_picture_shows_the_panels_of_the_dashboard():
    """If this fails, draw docs/dashboard.svg again (scripts/draw_dashboard)."""
    assert panels_of(PICTURE) == [panel["title"] for panel in DASHBOARD["panels"]]


def test_the_picture_is_drawn_from_a_prometheus(prometheus, tmp_path):
    picture = tmp_path / "dashboard.svg"
    subprocess.run([ROOT / "scripts/draw_dashboard", prometheus.base, picture, "--minutes", "1"], check=True)
    assert panels_of(picture) == [panel["title"] for panel in DASHBOARD["panels"]]


def test_every_limit_is_in_the_table():
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = operations.split("## Limits")[1].split("## ")[0]
    printed = run_sluice("config", "print", "--media-root", "/")
    limits = json.loads(printed.stdout)["limits"]
    assert [name for name in limits if name not in table] == []


GROWS, STANDS, DAY = "0+60x200", "100x200", 86400
# For each alert: series that fire it and series that do not, in promtool's notation of one sample
# per step.
NODE = 'job="sluice", instance="node"'
SERIES = {
    "SluiceDown": ({f"up{{{NODE}}}": "0x200"}, {f"up{{{NODE}}}": "1x200"}),
    "SluiceServerErrors": (
        {f'sluice_responses_total{{{NODE}, status="5xx"}}': GROWS,
         f'sluice_responses_total{{{NODE}, status="2xx"}}': "0+600x200"},
        {f'sluice_responses_total{{{NODE}, status="5xx"}}': "0+1x200",
         f'sluice_responses_total{{{NODE}, status="2xx"}}': "0+600x200"},
    ),
    "SluiceStoreAway": ({f"sluice_store_followed{{{NODE}}}": "0x200"},
                        {f"sluice_store_followed{{{NODE}}}": "1x200"}),
    "SluiceObjectStoreFails": (
        {f'sluice_object_requests_total{{{NODE},origin="objects",outcome="credentials"}}': "0+60x200"},
        {f'sluice_object_requests_total{{{NODE},origin="objects",outcome="missing"}}': "0+60x200",
         f'sluice_object_requests_total{{{NODE},origin="objects",outcome="busy"}}': "3x200"}),
    "SluiceObjectCredentialsEnd": (  # the time begins at 0; 0 means that they have no end
        {f'sluice_object_credentials_expire_timestamp_seconds{{{NODE},origin="objects"}}': "5500x200"},
        {f'sluice_object_credentials_expire_timestamp_seconds{{{NODE},origin="objects"}}': "0x200",
         f'sluice_object_credentials_expire_timestamp_seconds{{{NODE},origin="other"}}': "9000x200"}),
    "SluiceKeySetMissing": ({f"sluice_jwks_keys{{{NODE}}}": "0x200"},
                            {f"sluice_jwks_keys{{{NODE}}}": "1x200"}),
    "SluiceKeySetStale": ({f"sluice_jwks_keys{{{NODE}}}": "1x200", f"sluice_jwks_current{{{NODE}}}": "0x200"},
                          {f"sluice_jwks_keys{{{NODE}}}": "1x200", f"sluice_jwks_current{{{NODE}}}": "1x200"}),
    "SluiceEphemeralKey": ({f"sluice_ephemeral_key{{{NODE}}}": "1x200"},
                           {f"sluice_ephemeral_key{{{NODE}}}": "0x200"}),
    "SluiceKeysDiffer": (
        {'sluice_keys_fingerprint{instance="a"}': "7x200",
         'sluice_keys_fingerprint{instance="b"}': "8x200"},
        {'sluice_keys_fingerprint{instance="a"}': "8x200",
         'sluice_keys_fingerprint{instance="b"}': "8x200"},
    ),
    "SluiceKeysOld": (  # the time begins at 0
        {f"sluice_keys_written_timestamp_seconds{{{NODE}}}": "1x200"},
        {f"sluice_keys_written_timestamp_seconds{{{NODE}}}": f"{80 * DAY}x200"},
    ),
    "SluiceCertificateEnds": (  # in days, too
        {f"sluice_tls_certificate_expiry_timestamp_seconds{{{NODE}}}": f"{97 * DAY}x200"},
        {f"sluice_tls_certificate_expiry_timestamp_seconds{{{NODE}}}": f"{99 * DAY}x200"},
    ),
    "SluiceVersionsDiffer": (
        {'sluice_build_info{instance="a", version="1"}': "1x200",
         'sluice_build_info{instance="b", version="2"}': "1x200"},
        {'sluice_build_info{instance="a", version="1"}': "1x200",
         'sluice_build_info{instance="b", version="1"}': "1x200"},
    ),
    "SluiceDescriptorsShort": (
        {f"process_open_fds{{{NODE}}}": "81x200", f"process_max_fds{{{NODE}}}": "100x200"},
        {f"process_open_fds{{{NODE}}}": "79x200", f"process_max_fds{{{NODE}}}": "100x200"},
    ),
    "SluicePeerLimitBehindBalancer": (
        {f'sluice_limits_reached_total{{{NODE}, limit="connections_per_peer"}}': GROWS},
        {f'sluice_limits_reached_total{{{NODE}, limit="connections_per_peer"}}': "0+1x200"},
    ),
    "SluiceConnectionsFull": (
        {f'sluice_limits_reached_total{{{NODE}, limit="connections"}}': GROWS},
        {f'sluice_limits_reached_total{{{NODE}, limit="connections"}}': STANDS},
    ),
    "SluiceTransfersCut": (
        {f"sluice_transfers_cut_total{{{NODE}}}": GROWS,
         f'sluice_responses_total{{{NODE}, route="download", status="2xx"}}': "0+600x200"},
        {f"sluice_transfers_cut_total{{{NODE}}}": "0+6x200",
         f'sluice_responses_total{{{NODE}, route="download", status="2xx"}}': "0+600x200"},
    ),
    "SluiceFirstByteSlow": (
        {f'sluice_first_byte_duration_seconds_bucket{{{NODE}, le="0.131072"}}': "0+90x200",
         f'sluice_first_byte_duration_seconds_bucket{{{NODE}, le="0.524288"}}': "0+100x200",
         f'sluice_first_byte_duration_seconds_bucket{{{NODE}, le="+Inf"}}': "0+100x200"},
        {f'sluice_first_byte_duration_seconds_bucket{{{NODE}, le="0.131072"}}': "0+100x200",
         f'sluice_first_byte_duration_seconds_bucket{{{NODE}, le="0.524288"}}': "0+100x200",
         f'sluice_first_byte_duration_seconds_bucket{{{NODE}, le="+Inf"}}': "0+100x200"},
    ),
    "SluiceTokensRefused": (
        {f'sluice_refusals_total{{{NODE}, problem="token-invalid"}}': GROWS,
         f'sluice_responses_total{{{NODE}, route="download"}}': "0+120x200"},
        {f'sluice_refusals_total{{{NODE}, problem="token-invalid"}}': "0+6x200",
         f'sluice_responses_total{{{NODE}, route="download"}}': "0+120x200"},
    ),
    **{alert: ({f"{metric}{{{NODE}}}": GROWS}, {f"{metric}{{{NODE}}}": STANDS})
       for alert, metric in {
           "SluiceFaults": "sluice_faults_total",
           "SluiceMediaReadFailures": "sluice_media_read_failures_total",
           "SluiceStoreErrors": "sluice_store_errors_total",
           "SluiceAcceptFailing": "sluice_accept_failures_total",
           "SluiceAccessLogDropped": "sluice_access_log_dropped_total",
           "SluiceServiceLogDropped": "sluice_service_log_dropped_total",
       }.items()},
}


@pytest.mark.parametrize("step", ["1m", "1d"])
def test_alerts_sound_when_they_should(tmp_path, step):
    """Each alert is tested on its own series, after 91 steps; alerts over long periods use steps of
    a day."""
    assert set(SERIES) == set(ALERTS)
    shutil.copy(DEPLOY / "prometheus/sluice.rules.yml", tmp_path)
    tests = []
    for name, cases in SERIES.items():
        if (name in ("SluiceKeysOld", "SluiceCertificateEnds")) != (step == "1d"):
            continue
        for series, count in zip(cases, (1, 0), strict=True):
            tests.append({
                "interval": step,
                "input_series": [{"series": key, "values": text} for key, text in series.items()],
                "promql_expr_test": [{
                    "expr": f'count(ALERTS{{alertname="{name}", alertstate="firing"}})',
                    "eval_time": "91" + step[-1],
                    "exp_samples": [{"labels": "{}", "value": count}] if count else [],
                }],
            })
    text = {"rule_files": ["sluice.rules.yml"], "evaluation_interval": step, "tests": tests}
    path = tmp_path / "tests.yml"
    path.write_text(json.dumps(text), encoding="utf-8")
    promtool("test", "rules", path)
