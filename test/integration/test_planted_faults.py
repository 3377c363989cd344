"""scripts/plant_faults can plant each of its faults into the present sources. Nothing is built: whether a test
notices each fault, only the script finds out. Without this test, a fault whose code has been rewritten would
be found by the next round only, which stops at once then."""

import dataclasses
import runpy
import subprocess

import pytest
from support.server import ROOT

pytestmark = pytest.mark.tooling

SCRIPT = ROOT / "scripts/plant_faults"


def test_every_fault_can_be_planted():
    done = subprocess.run(["/usr/bin/python3", "-B", SCRIPT, "--check"], capture_output=True, encoding="utf-8",
                          timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(SCRIPT), run_name="imported")


@pytest.fixture
def fault(script, tmp_path):
    """A sound fault in a tree of its own, below tmp_path."""
    (tmp_path / "a.cpp").write_text("if (is_open) {\n    close();\n}\nif (is_new) {\n    open();\n}\n")
    tests = tmp_path / "test/integration"
    tests.mkdir(parents=True)
    (tests / "test_a.py").write_text("class TestA:\n    def test_one(self):\n        pass\n")
    sound = dataclasses.replace(
        script["FAULTS"][0], wrong="it stays open", file="a.cpp", text="    close();",
        planted="    if (!@) {\n        close();\n    }", tests=("core", "test_a.py", "test_a.py::TestA::test_one"))
    assert not list(script["offences"]([sound], tmp_path))
    return sound


@pytest.mark.parametrize("changed, message", [
    ({"text": "    shut();"}, "a.cpp has 0 times:     shut();"),
    ({"text": "if ("}, "a.cpp has 2 times: if ("),
    ({"file": "b.cpp"}, "b.cpp does not exist"),
    ({"planted": "    open();"}, "the replacement has no @, so it is always on"),
    ({"tests": ()}, "no test is named"),
    ({"tests": ("cores",)}, "cores does not exist"),
    ({"tests": ("test_b.py",)}, "test_b.py does not exist"),
    ({"tests": ("test_a.py::test_on",)}, "test_a.py::test_on does not exist"),
])
def test_a_fault_that_cannot_be_planted_is_reported(script, fault, tmp_path, changed, message):
    broken = dataclasses.replace(fault, **changed)
    assert list(script["offences"]([broken], tmp_path)) == [f"it stays open: {message}"]


def test_a_fault_in_the_way_of_another_is_reported(script, fault, tmp_path):
    other = dataclasses.replace(fault, wrong="it never closes", text="{\n    close();", planted="{\n    @ || close();")
    assert not list(script["offences"]([other], tmp_path))
    found = list(script["offences"]((fault, other), tmp_path))
    assert found == ["it never closes: a.cpp has 0 times: {\n    close();"]
