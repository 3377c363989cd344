"""The dashboard and the alerts in deploy/: checked by promtool, and against the metrics that a node
exposes."""

import json
import re
import shutil
import subprocess

import pytest
import yaml
from support import certificates
from support.ids import VIDEO
from support.media import MediaTree
from support.metrics import scrape, scrape_until
from support.server import ROOT, Server, run_sluice
from support.stores import SqliteStore

DEPLOY = ROOT / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana/sluice.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((DEPLOY / "prometheus/sluice.rules.yml").read_text(encoding="utf-8"))
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
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
def exposition(tmp_path_factory, pem):
    """{name: {label: values}} of a server with all features that has served some requests."""
    folder = tmp_path_factory.mktemp("dashboards")
    store = SqliteStore(folder / "store.db")
    config = {
        **store.config(),
        "listeners": [{"address": "127.0.0.1:0"}, certificates.listener(*pem)],
    }
    server = Server(
        folder / "server", MediaTree(folder / "media").root, config=config, listen=None
    )
    try:
        scrape_until(server, lambda values: values["sluice_store_followed"] == 1)
        server.download(VIDEO)
        values = scrape(server)
    finally:
        server.stop()
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


def test_every_alert_has_a_runbook():
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [name for name in ALERTS if f"`{name}`" not in operations] == []


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
