"""The documentation is correct: every shell command in it is run, every link has a target, and every
problem is described in the guides.

Each fenced block of bash or sh is run unchanged, in the order of the page, in one shell that ends at
the first command that fails. Example hosts and paths are replaced by a running service and by
folders of the test, and curl fails on every error status. `sluice serve` starts, listens and is
ended. A block that cannot run here is preceded by the comment "not run: <reason>" (in <!-- -->). The
comment "no block of this page is run: <reason>" near the top exempts a whole page."""

import os
import re
import runpy
import subprocess
import unicodedata

import pytest
from support.media import MediaTree
from support.server import BINARY, ROOT, Server, environment

pytestmark = pytest.mark.tooling

PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "web/README.md", ROOT / "clients/dart/README.md"]
    + [*ROOT.glob("bench/*.md"), *ROOT.glob("deploy/**/*.md")]
)
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", re.M | re.S)
NOT_RUN = re.compile(r"<!-- not run: ([^>]{10,}?) -->\s*\Z")
PAGE_NOT_RUN = re.compile(r"<!-- no block of this page is run: ([^>]{10,}?) -->")

# The names on a page, and their replacements here.
WRAPPER = r"""#!/bin/bash
# `sluice serve` starts, listens, and is asked to leave; everything else is the binary itself.
[ "$1" = serve ] || exec "$REAL_SLUICE" "$@"
arguments=() has_listen=no previous=
for argument in "$@"; do
    [ "$previous" = --listen ] && argument=127.0.0.1:0 && has_listen=yes
    arguments+=("$argument") previous=$argument
done
[ $has_listen = yes ] || arguments+=(--listen 127.0.0.1:0)
log=$(mktemp)
"$REAL_SLUICE" "${arguments[@]}" >"$log" 2>&1 &
pid=$!
for _ in $(seq 400); do
    grep -q '"listening"' "$log" && kill -TERM $pid && wait $pid && exit 0
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
kill -KILL $pid 2>/dev/null
cat "$log" >&2
exit 1
"""


def pages():
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if page.exists()]


def blocks(page):
    """(line, language, text, reason it is not run or None) of each fenced block."""
    text = page.read_text(encoding="utf-8")
    whole = PAGE_NOT_RUN.search(text[:2000])
    for match in FENCE.finditer(text):
        before = NOT_RUN.search(text[: match.start()])
        reason = (before or whole).group(1) if before or whole else None
        line = text.count("\n", 0, match.start()) + 1
        indent = len(match.group(1))
        body = "\n".join(row[indent:] for row in match.group(3).split("\n"))
        yield line, match.group(2), body, reason


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A service with the sample media, and the commands and folders that the pages mention."""
    folder = tmp_path_factory.mktemp("docs")
    tree = MediaTree(folder / "media")
    server = Server(folder / "server", tree.root)
    (folder / "bin").mkdir()
    wrapper = folder / "bin/sluice"
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)
    (folder / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    keys = folder / "etc/keys.json"
    keys.parent.mkdir()
    keys.write_text('{"keys": [{"kid": "docs", "secret": "' + "QUJD" * 12 + '"}]}')
    keys.chmod(0o600)
    yield folder, server
    server.stop()


def commands(page):
    """(line, text) of each block that is run."""
    return [(line, body) for line, language, body, reason in blocks(page)
            if language in ("bash", "sh", "shell", "console") and reason is None]


def script_of(page, place):
    folder, server = place
    replaced = {
        "https://server.focustagency.com": server.base,
        "http://127.0.0.1:8080": server.base,
        "/srv/media": str(folder / "media"),
        "/etc/sluice": str(folder / "etc"),
    }
    lines = ["set -euo pipefail"]
    for line, body in commands(page):
        for name, value in replaced.items():
            body = body.replace(name, value)
        lines += [f"echo '== {page.name}, line {line}' >&2", body]
    return "\n".join(lines)


def run_script(script, place, cwd):
    folder, _ = place
    return subprocess.run(
        ["bash", "-c", script],
        cwd=cwd,
        env=environment(
            {
                "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
                "HOME": str(folder),
                "CURL_HOME": str(folder),
                "REAL_SLUICE": str(BINARY),
                "SLUICE_MEDIA_ROOT": str(folder / "media"),
                "LC_ALL": "C.UTF-8",
            }
        ),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("page", [page for page in pages() if commands(*page.values)])
def test_commands(page, place, tmp_path):
    result = run_script(script_of(page, place), place, tmp_path)
    assert result.returncode == 0, f"{result.stderr[-3000:]}\n{result.stdout[-1000:]}"


@pytest.mark.parametrize(
    "command",
    [
        "sluice serve --no-such-flag",
        "sluice config check --set limits.idle_timout=9",
        'curl -o x "http://127.0.0.1:8080/download2/course/course456/presentation.mp4"',
        'curl "http://127.0.0.1:8080/api/get-download-token/v2?type=course" | cat',
        "scripts/no-such-script",
    ],
)
def test_a_wrong_command_would_be_noticed(place, tmp_path, command):
    page = tmp_path / "page.md"
    page.write_text(f"# A page\n\n```bash\n{command}\n```\n")
    assert run_script(script_of(page, place), place, tmp_path).returncode != 0


def test_a_reason_is_needed_to_leave_a_block_out(place, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- not run: -->\n```sh\nfalse\n```\n<!-- not run: it needs root -->\n```sh\nfalse\n```\n")
    assert [reason for _, _, _, reason in blocks(page)] == [None, "it needs root"]


def anchors(page):
    """The valid link targets in this page: its headings, as GitHub spells them, and its ids."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ +(.*)$", text, re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        kept = "".join(c for c in plain if c in " -_" or unicodedata.category(c)[0] in "LN")
        found.add(kept.replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", pages())
def test_links(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", pages())
def test_named_code_exists(page):
    """A page that names a type or function together with its file names one that is in that file."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    named = re.findall(r"\[`\w+::(\w+)`\]\(([^)#]+)\)", text)
    named += re.findall(r"`(\w+)` in \[`[^`]+`\]\(([^)#]+)\)", text)
    for name, path in named:
        code = (page.parent / path).read_text(encoding="utf-8")
        assert re.search(rf"\b{name}\b", code), f"{page.name}: {path} has no {name}"


def test_every_room_is_described():
    """Each room of the table in scripts/check_layers has a row in architecture.md and a box in its picture."""
    checker = runpy.run_path(str(ROOT / "scripts/check_layers"), run_name="imported")
    rows = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    picture = (ROOT / "docs/diagrams/layers.dot").read_text(encoding="utf-8")
    boxes = {
        layer: re.search(rf"subgraph cluster_{layer} {{(.*)}}", picture)[1]
        for layer in checker["LAYERS"]
    }
    for layer, _, room in (name.partition("/") for name in checker["ROOMS"]):
        if room:
            assert f"| `{layer}/{room}` |" in rows, f"{layer}/{room}"
            assert re.search(rf"\b{room}\b", boxes[layer]), f"{layer}/{room}"


@pytest.mark.parametrize("guide", ["guide-integration.fr.md", "integration-guide.md"])
def test_every_problem_is_explained(guide):
    """Every problem in http/problem/problem.cpp has a row in both guides and one in api.md."""
    table = (ROOT / "http/problem/problem.cpp").read_text(encoding="utf-8")
    problems = {
        slug: status for status, slug in re.findall(r'\.status = (\d+),\s+\.slug = "([a-z-]+)"', table)
    }
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    rows = dict(re.findall(r'^\| <a id="([a-z-]+)"></a>`\1` \| (\d+) \|', text, re.M))
    assert rows == problems
    api = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert [slug for slug in problems if f"`{slug}`" not in api] == []


def test_every_client_is_proved():
    """Each row of docs/clients.md names tests that exist, or a file of tests."""
    text = (ROOT / "docs/clients.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text() for path in (ROOT / "test/integration").glob("test_*.py"))
    table = text[text.index("## The table") : text.index("## The journey")]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        names = re.findall(r"`([^`]+)`", row[-1])
        assert names, row[0]
        for name in names:
            assert f"def {name}(" in tests or ("/" in name and (ROOT / name).exists()), name
    for name in re.findall(r"`(test_\w+)`", text):
        assert f"def {name}(" in tests, name


def test_every_picture_is_of_its_source():
    """Every picture matches its source. Only rendering needs Graphviz, not this comparison."""
    done = subprocess.run(
        [ROOT / "scripts/diagrams", "--check"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "docs/decisions").glob("0*.md")}
    rows = re.findall(r"^\| (\d+) \| (?:\[[^\]]*\]\(([^)]+)\)|number not used) \|", index, re.M)
    assert {file for _, file in rows if file} == files
    numbers = [int(number) for number, _ in rows]
    assert numbers == sorted(set(numbers))
    assert all(file.startswith(f"{int(number):04}-") for number, file in rows if file)
