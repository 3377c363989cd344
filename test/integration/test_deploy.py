"""The files in deploy/: checked by the programs that read them, and against the running service."""

import json
import re
import subprocess

import pytest
import yaml
from kubernetes import client as kubernetes
from support.ids import VIDEO
from support.metrics import scrape
from support.server import BINARY, ROOT, Server, run_sluice
from support.stores import SqliteStore
from support.waiting import eventually

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd/sluice.service"
pytestmark = pytest.mark.tooling


def run(*command, status=0, **options):
    """The output of the command; fails with all of it unless the exit status is as expected."""
    result = subprocess.run(
        list(map(str, command)), capture_output=True, encoding="utf-8", check=False, **options
    )
    assert result.returncode == status, result
    return result.stdout


def config_print(path):
    printed = run_sluice("config", "print", "--config", path)
    assert printed.returncode == 0, printed.stderr
    return json.loads(printed.stdout)


def test_configurations_of_balancers(tmp_path):
    run("haproxy", "-c", "-f", DEPLOY / "haproxy/haproxy.cfg")
    run("nginx", "-t", "-p", tmp_path, "-c", DEPLOY / "nginx/nginx.conf")


def test_the_unit_is_locked_up(tmp_path):
    text = UNIT.read_text(encoding="utf-8").replace("/usr/bin/sluice", str(BINARY))
    unit = tmp_path / "sluice.service"
    unit.write_text(text)
    (tmp_path / "sluice.socket").write_text((DEPLOY / "systemd/sluice.socket").read_text())
    run("systemd-analyze", "verify", "--man=no", unit, tmp_path / "sluice.socket")
    report = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    exposure = float(re.search(r"Overall exposure level for sluice\.service: ([\d.]+)", report)[1])
    assert exposure <= 2.0, report


def test_the_unit_leaves_the_service_the_system_calls_that_it_needs(start_server, tree, tmp_path):
    log = tmp_path / "access.log"
    server = start_server(
        tree,
        config=SqliteStore(tmp_path / "store.db").config(),
        arguments=["--access-log", log],
        prefix=[ROOT / "test/integration/support/confined.py", UNIT],
    )
    eventually(lambda: server.get("/readyz").status == 200)
    assert server.download(VIDEO).status == 200
    assert server.download(VIDEO, {"Range": "bytes=1-2,4-5"}).status == 206
    assert server.issue(VIDEO, "anna").status == 403  # the store was asked
    values = scrape(server)
    assert values["process_max_fds"] > 0 and values["sluice_faults_total"] == 0
    server.reload({**SqliteStore(tmp_path / "store.db").config(), "log": {"level": "debug"}})
    assert server.download(VIDEO).status == 200
    eventually(lambda: log.read_text().count('"route":"download"') == 3)
    assert not [event for event in server.events() if event["level"] == "error"]


def test_the_unit_waits_for_a_drain():
    """TimeoutStopSec is longer than the longest stop of the packaged configuration."""
    leave = config_print(DEPLOY / "debian/sluice.json")["shutdown"]
    patience = int(re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.M)[1])
    assert leave["delay"] + leave["drain_timeout"] < patience


def test_the_packaged_configuration_is_a_good_one(tmp_path):
    shipped = DEPLOY / "debian/sluice.json"
    printed = config_print(shipped)
    assert printed["media"]["root"] == "/var/lib/sluice/media"
    assert printed["issuer"]["mode"] == "auto" and printed["issuer"]["keys_file"] == ""
    # Uncomments the line, as its comment says.
    decided = tmp_path / "sluice.json"
    decided.write_text(shipped.read_text(encoding="utf-8").replace('// "issuer":', '"issuer":'), encoding="utf-8")
    assert config_print(decided)["issuer"]["keys_file"] == "/var/lib/sluice/issuers.json"


KINDS = {
    "ConfigMap": "V1ConfigMap",
    "Deployment": "V1Deployment",
    "Service": "V1Service",
    "PodDisruptionBudget": "V1PodDisruptionBudget",
    "NetworkPolicy": "V1NetworkPolicy",
}


@pytest.fixture(scope="module")
def manifest():
    """{kind: document}"""
    text = (DEPLOY / "kubernetes/sluice.yaml").read_text(encoding="utf-8")
    documents = list(yaml.safe_load_all(text))
    assert sorted(document["kind"] for document in documents) == sorted(KINDS)
    return {document["kind"]: document for document in documents}


@pytest.fixture(scope="module")
def pod(manifest):
    return manifest["Deployment"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("kind", KINDS)
def test_kubernetes_manifest_is_what_the_api_takes(manifest, kind):
    """The models of the Kubernetes API keep every field, so no field is unknown; and no required
    field is missing."""
    api = kubernetes.ApiClient()
    answer = type("Answer", (), {"data": json.dumps(manifest[kind])})
    model = api.deserialize(answer, KINDS[kind])
    assert api.sanitize_for_serialization(model) == manifest[kind]


def test_kubernetes_names_agree(manifest, pod):
    labels = manifest["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert manifest["Service"]["spec"]["selector"] == labels
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert manifest[kind]["spec"]["selector"]["matchLabels"] == labels
    assert manifest["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    ports = {port["name"]: port["containerPort"] for port in pod["containers"][0]["ports"]}
    assert {port["targetPort"] for port in manifest["Service"]["spec"]["ports"]} <= set(ports)
    for rule in manifest["NetworkPolicy"]["spec"]["ingress"]:
        assert {port["port"] for port in rule["ports"]} <= set(ports)
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        version = re.search(r"\d+\.\d+\.\d+", run_sluice("version").stdout)[0]
        assert container["image"] == f"sluice:{version}"


def test_kubernetes_probes_find_what_the_configuration_serves(manifest, pod, tree, tmp_path):
    container = pod["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    config = tmp_path / "sluice.json"
    config.write_text(manifest["ConfigMap"]["data"]["sluice.json"], encoding="utf-8")
    printed = config_print(config)
    assert printed["listen"].endswith(f":{ports['http']}")
    assert printed["metrics"]["listen"].endswith(f":{ports['metrics']}")
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert printed["media"]["root"] in mounts
    for path in (printed["tokens"]["key_file"], printed["issuer"]["keys_file"]):
        folder, _, name = path.rpartition("/")
        assert folder in mounts
        (mount,) = [mount for mount in container["volumeMounts"] if mount["mountPath"] == folder]
        (volume,) = [volume for volume in pod["volumes"] if volume["name"] == mount["name"]]
        assert volume["secret"]["defaultMode"] == 0o440 and pod["securityContext"]["fsGroup"]
        header = (DEPLOY / "kubernetes/sluice.yaml").read_text(encoding="utf-8").split("apiVersion", 1)[0]
        assert f"--from-file={name}" in header
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    leave = printed["shutdown"]["delay"] + printed["shutdown"]["drain_timeout"]
    assert pause + leave <= pod["terminationGracePeriodSeconds"]

    printed["tokens"]["key_file"] = printed["issuer"]["keys_file"] = ""
    printed["metrics"]["listen"] = "127.0.0.1:0"
    printed["shutdown"]["delay"] = 0
    printed.pop("listen")
    server = Server(tmp_path / "server", tree.root, config=printed)
    try:
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] == "http"
            assert server.get(container[probe]["httpGet"]["path"]).status == 200
        assert server.get("/metrics").status == 404
    finally:
        server.stop()


def test_kubernetes_with_an_object_store(manifest, pod, tmp_path):
    """What the comments of the manifest say: the other line of the configuration, the file of the secret, the egress."""
    config = tmp_path / "sluice.json"
    text = manifest["ConfigMap"]["data"]["sluice.json"].replace('"media": {"root"', '// "media": {"root"')
    text, count = re.subn(r'^// ("media": {"origins".*\n)//(.*\n)', r"\1\2", text.replace("    //", "//"), flags=re.MULTILINE)
    assert count == 1
    config.write_text(text, encoding="utf-8")
    printed = config_print(config)
    assert printed["media"]["root"] == ""
    (origin,) = printed["media"]["origins"]
    folder, _, name = origin["s3"]["credentials_file"].rpartition("/")
    (mount,) = [mount for mount in pod["containers"][0]["volumeMounts"] if mount["mountPath"] == folder]
    (volume,) = [volume for volume in pod["volumes"] if volume["name"] == mount["name"]]
    assert volume["secret"]["defaultMode"] == 0o440
    page = (DEPLOY / "kubernetes/sluice.yaml").read_text(encoding="utf-8")
    assert f"--from-file={name}" in page.split("apiVersion", 1)[0]
    (rules,) = re.findall(r"^  # With issuer.jwt.jwks_url or media.origins.*\n  # +(egress: .*)$", page, re.MULTILINE)
    assert yaml.safe_load(rules)["egress"][0]["ports"][0]["port"] == 443


def test_logrotate_takes_the_snippet(tmp_path):
    """logrotate -d reads the whole file and changes nothing. The test replaces the snippet's user,
    which the package creates."""
    text = (DEPLOY / "logrotate/sluice").read_text(encoding="utf-8")
    path = tmp_path / "sluice"
    path.write_text(text.replace("create 0640 sluice adm", "create 0640 root root"))
    run("logrotate", "-d", "-s", tmp_path / "state", path)


def test_completion_knows_the_commands():
    script = f"""
        PATH={BINARY.parent}:$PATH
        . <({BINARY} completion bash)
        complete_line() {{
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            _sluice 2>/dev/null
            echo "${{COMPREPLY[*]}}"
        }}
        complete_line sluice ser
        complete_line sluice token is
        complete_line sluice serve --med
        complete_line sluice serve --set limits.conn
    """
    serve, issue, flag, settings = run("bash", "-c", script).splitlines()
    assert (serve, issue, flag) == ("serve", "issue", "--media-root")
    assert "limits.connections=" in settings.split()
