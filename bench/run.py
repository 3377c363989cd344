"""Runs the benchmark, prepared by scripts/bench: see bench/README.md."""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import time

import report
from common import CLIENT_CORE, ROOT, SERVER_CORE, SLUICE, WORK, BenchError, raise_descriptor_limit
from rounds import Bench, say
from rows import full_rows, quick_rows
from servers import SERVERS
from targets import make_media
from traffic import Traffic

PACKAGES = "nginx libnginx-mod-http-js h2o lighttpd caddy gunicorn python3-flask python3-jwt wrk"


def read_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a subset, within three minutes")
    parser.add_argument("--rows", help="only these, by key, separated by commas")
    parser.add_argument("--servers", help="only these, by key, separated by commas")
    parser.add_argument("--rounds", type=int, help="measurements of each server in each row")
    parser.add_argument("--seconds", type=int, help="length of a measurement")
    parser.add_argument("--list", action="store_true", help="print the keys of rows and servers")
    parser.add_argument(
        "--render", action="store_true", help="only redo tables and plots of the published figures"
    )
    return parser.parse_args()


def selected(rows, arguments):
    """The rows, and in each the servers, that the arguments select."""
    if arguments.rows:
        wanted = arguments.rows.split(",")
        unknown = set(wanted) - {row.key for row in rows}
        if unknown:
            raise BenchError(f"no such row: {', '.join(sorted(unknown))} (see --list)")
        rows = [row for row in rows if row.key in wanted]
    if arguments.servers:
        wanted = set(arguments.servers.split(","))
        if wanted - set(SERVERS):
            raise BenchError(f"no such server: {', '.join(sorted(wanted - set(SERVERS)))}")
        rows = [row.among(wanted) for row in rows]
    return [row for row in rows if row.servers]


def _lines_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def circumstances(arguments, rounds, seconds):
    """The machine, the time and the versions, without which figures mean little."""
    cpu = next(
        line.split(":")[1].strip()
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    versions = _lines_of(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES.split()])
    return {
        "command": " ".join(["scripts/bench", *sys.argv[1:]]),
        "date": time.strftime("%Y-%m-%d"),
        "cpu": cpu,
        "kernel": _lines_of(["uname", "-sr"])[0],
        "cores": f"server on core {SERVER_CORE}, client on core {CLIENT_CORE}",
        "rounds": rounds,
        "seconds": seconds,
        "versions": {"sluice": _lines_of([SLUICE, "version"])[0]}
        | dict(line.split(" ", 1) for line in versions),
    }


def run(arguments):
    rounds = arguments.rounds or (3 if arguments.quick else 5)
    seconds = arguments.seconds or (1 if arguments.quick else 2)
    rows = selected(quick_rows() if arguments.quick else full_rows(), arguments)
    say("==> Making media (1 GiB, once) and requests")
    make_media()
    bench = Bench(Traffic(), rounds, seconds)
    facts = circumstances(arguments, rounds, seconds)
    begin = time.monotonic()
    for number, row in enumerate(rows, 1):
        say(f"==> {number}/{len(rows)}  {row.title}  [{row.key}]")
        bench.run(row)
        found = {**facts, "rows": bench.results, "voids": bench.voids}
        (WORK / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    say(f"==> Measured in {(time.monotonic() - begin) / 60:.1f} minutes")
    return found


def finish(arguments, found):
    """Publishes a full run; prints the tables of any other run, which are in build/bench."""
    shortened = (arguments.rows, arguments.servers, arguments.rounds, arguments.seconds)
    is_full = not arguments.quick and not any(shortened)
    if is_full:
        report.publish(found, ROOT / "docs")
        say("==> Wrote docs/performance.md, docs/performance-data.json and docs/plots")
    else:
        report.publish(found, WORK / "report")
        say(report.tables(found))
        say("==> Wrote build/bench/report; only a full run changes docs")
    return 1 if report.print_missing(found) else 0


def main():
    arguments = read_arguments()
    # The handlers of `with` end what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise_descriptor_limit()
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        if arguments.list:
            for row in full_rows():
                print(f"{row.key:14} {row.title}  ({', '.join(row.servers)})")
            return 0
        if arguments.render:
            path = ROOT / "docs/performance-data.json"
            report.publish(json.loads(path.read_text(encoding="utf-8")), ROOT / "docs")
            return 0
        return finish(arguments, run(arguments))
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
