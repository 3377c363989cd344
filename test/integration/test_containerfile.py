"""The Containerfile: its rules, the packages that it names, and those of its commands that run
without a container."""

import json
import re
import shutil
import subprocess

import pytest
from support.ability import unable
from support.server import BINARY, ROOT

PATH = ROOT / "deploy/container/Containerfile"
pytestmark = pytest.mark.tooling


def instructions():
    """[(stage, name, argument)], with continued lines joined; stages are counted from 0."""
    text = re.sub(r"^\s*#.*\n", "", PATH.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found, stage = [], -1
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.strip():
            name, _, argument = line.partition(" ")
            stage += name == "FROM"
            found.append((stage, name, argument))
    return found


def of(name, stage=None):
    return [a for at, n, a in instructions() if n == name and stage in (None, at)]


def packages(stage):
    """The packages that the stage installs with apt-get."""
    (command,) = [text for text in of("RUN", stage) if "apt-get install" in text]
    arguments = command.split("apt-get install", 1)[1].split("&&")[0].split()
    return {word for word in arguments if not word.startswith("-")}


def test_rules():
    names = {name for _, name, _ in instructions()}
    known = "FROM RUN WORKDIR COPY ENV USER EXPOSE HEALTHCHECK STOPSIGNAL ENTRYPOINT CMD"
    assert names <= set(known.split())
    assert len(of("FROM")) == 2
    for base in of("FROM"):  # a version, not a moving tag
        assert re.fullmatch(r"debian:\d+\.\d+-slim( AS \w+)?", base)
    for command in of("RUN"):
        subprocess.run(["sh", "-n"], input=command, check=True, encoding="utf-8")
        if "apt-get" in command:
            assert "apt-get update" in command and "rm -rf /var/lib/apt/lists/*" in command
            assert "apt-get install -y --no-install-recommends" in command
    for name in ("ENTRYPOINT", "CMD"):  # no shell in between that would ignore SIGTERM
        assert all(isinstance(json.loads(argument), list) for argument in of(name))
    assert len(of("HEALTHCHECK")) == 1
    users = of("USER", 1)
    assert users and re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])
    last = [name for stage, name, _ in instructions() if stage == 1]
    assert "RUN" not in last[last.index("USER"):]
    for argument in of("WORKDIR"):
        assert argument.startswith("/")
    stages = [base.partition(" AS ")[2] for base in of("FROM")]
    for argument in of("COPY", 1):
        assert re.fullmatch(r"--from=(\w+) \S+ \S+", argument)[1] in stages


@pytest.mark.parametrize("stage", [0, 1])
def test_packages_are_debian_s(stage):
    known = subprocess.run(
        ["apt-cache", "pkgnames"], capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    if "libsqlite3-dev" not in known:
        unable("no package lists on this machine")
    assert packages(stage) <= set(known)


def test_the_build_has_all_that_it_copies(tmp_path):
    """The copied files are sufficient to configure the build."""
    for argument in of("COPY", 0):
        *sources, target = argument.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, tmp_path / target)
            else:
                shutil.copy(ROOT / source, tmp_path / target)
    (command,) = [text for text in of("RUN", 0) if "cmake --preset" in text]
    configure = command.split("&&")[0].split()
    done = subprocess.run(
        configure, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert not re.search("warning", done.stderr, re.IGNORECASE), done.stderr


def test_the_image_has_the_libraries_that_the_binary_needs():
    needed = subprocess.run(
        ["objdump", "-p", BINARY], capture_output=True, encoding="utf-8", check=True
    ).stdout
    names = re.findall(r"^\s+NEEDED\s+(\S+)$", needed, re.MULTILINE)
    owners = set()
    for name in names:
        found = subprocess.run(
            ["dpkg", "-S", f"*-linux-gnu/{name}"], capture_output=True, encoding="utf-8", check=True
        ).stdout
        owners |= {line.split(":")[0] for line in found.splitlines()}
    assert owners - packages(1) <= {"libc6", "libstdc++6", "libgcc-s1"}  # of the base image


def test_the_image_has_the_authorities_that_issuer_jwt_jwks_url_trusts():
    assert "ca-certificates" in packages(1)


def test_the_health_check_tells_alive_from_dead(server):
    (argument,) = of("HEALTHCHECK")
    command = json.loads(argument.partition("CMD ")[2])
    (port,) = of("EXPOSE", 1)
    assert f"/{port} " in command[-1]
    here = [*command[:-1], command[-1].replace(f"/{port} ", f"/{server.address[1]} ")]
    assert subprocess.run(here, check=False, timeout=20).returncode == 0
    nowhere = [*command[:-1], command[-1].replace(f"/{port} ", "/1 ")]
    assert subprocess.run(nowhere, check=False, timeout=20, stderr=-3).returncode != 0
