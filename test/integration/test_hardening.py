"""The hardening of the binary by the compiler and the linker."""

import re
import subprocess

import pytest
from support.faults import IS_SANITIZED
from support.ids import VIDEO
from support.server import BINARY
from support.users import as_user, open_folder

pytestmark = pytest.mark.skipif(IS_SANITIZED, reason="sanitizers link in other ways")


def readelf(*options):
    command = ["readelf", "--wide", *options, BINARY]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def segment(name):
    """The flags of a program header, or None."""
    found = re.search(rf"^\s+{name}\s+(?:0x[0-9a-f]+\s+){{5}}([RWE ]+?)\s+0x", readelf("-l"), re.M)
    return found and found.group(1).replace(" ", "")


def test_position_independent_executable():
    assert "DYN (Position-Independent Executable file)" in readelf("-h")


def test_relocations_are_read_only_before_main():
    assert segment("GNU_RELRO") == "R"
    assert re.search(r"\(FLAGS\).*BIND_NOW", readelf("-d"))


def test_stack_is_not_executable():
    assert segment("GNU_STACK") == "RW"


def test_no_segment_is_writable_and_executable():
    flags = re.findall(r"^\s+LOAD\s+(?:0x[0-9a-f]+\s+){5}([RWE ]+?)\s+0x", readelf("-l"), re.M)
    assert len(flags) >= 4
    assert not [f for f in flags if "W" in f and "E" in f]


def test_no_search_path_of_its_own():
    assert "RPATH" not in readelf("-d") and "RUNPATH" not in readelf("-d")


def test_stack_protector():
    assert "__stack_chk_fail" in readelf("--dyn-syms")


def test_indirect_branches_have_landing_pads():
    """-fcf-protection: an endbr64 at every target of an indirect call."""
    if "X86-64" not in readelf("-h"):
        pytest.skip("x86 only")
    assert BINARY.read_bytes().count(b"\xf3\x0f\x1e\xfa") > 500


def test_fortified_calls():
    """-D_FORTIFY_SOURCE=3, which takes effect only in an optimised build."""
    if "release" not in BINARY.parts:
        pytest.skip("not a release build")
    assert re.search(r"__\w+_chk(@|\b)", readelf("--dyn-syms").replace("__stack_chk_fail", ""))


@pytest.fixture
def tmp_path():
    """Every folder of these tests is open to other users."""
    with open_folder() as folder:
        yield folder


def test_serves_as_the_least_of_users(start_server, tree):
    """The service runs without capabilities, groups, new privileges or root's rights."""
    prefix = (*as_user(65534), "--bounding-set=-all")
    server = start_server(tree, prefix=prefix)
    assert server.download(VIDEO).status == 200
    server.stop()
