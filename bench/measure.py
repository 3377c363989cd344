"""One measurement of one running server. Each function returns figures by name, or raises VoidRound
when they would be meaningless. CPU time is user and system time of all the server's processes."""

from clients import Held, run_load, run_wrk
from common import VoidRound

GIB = 1 << 30
# Time for connections to reach the state in which they are measured.
SETTLE_SECONDS = 2


def _check_sizes(found, answer, connections):
    """Checks that the responses had the verified size. Responses in progress at the end add some
    bytes."""
    size = answer.header_bytes + answer.body_bytes
    if found["requests"] == 0:
        raise VoidRound("not one answer")
    excess = found["bytes"] - found["requests"] * size
    tolerance = connections * size + 0.02 * found["bytes"]
    if abs(excess) > tolerance:
        raise VoidRound(f"{found['bytes']} bytes for {found['requests']} answers of {size}")


def _per_request(found):
    return {
        "rps": found["requests"] / found["seconds"],
        "cpu_us": found["cpu_seconds"] / found["requests"] * 1e6,
        "busy": found["cpu_seconds"] / found["seconds"],
        **{name: found[name] for name in ("p50_us", "p99_us", "p999_us") if name in found},
    }


def by_wrk(running, row, requests, answer, seconds, _rate):
    """Closed loop by wrk."""
    before = running.cpu_seconds()
    found = run_wrk(requests, row.connections, seconds)
    found["cpu_seconds"] = running.cpu_seconds() - before
    _check_sizes(found, answer, row.connections)
    return _per_request(found)


def by_load(running, row, requests, answer, seconds, _rate):
    """Closed loop by bench/load: connecting is outside of the window."""
    found = run_load(running, requests, row.connections, seconds)
    _check_sizes(found, answer, row.connections)
    return _per_request(found)


def by_volume(running, row, requests, _answer, seconds, _rate):
    """As by_load, counted by bytes: few responses of this size end within the window."""
    found = run_load(running, requests, row.connections, seconds, is_huge=True)
    gib = found["bytes"] / GIB
    if gib == 0:
        raise VoidRound("not one byte")
    return {
        "gib_per_second": gib / found["seconds"],
        "cpu_s_per_gib": found["cpu_seconds"] / gib,
        "busy": found["cpu_seconds"] / found["seconds"],
    }


def by_schedule(running, row, requests, answer, seconds, rate):
    """Open loop by bench/load at `rate` requests a second."""
    found = run_load(running, requests, row.connections, seconds, rate=rate)
    _check_sizes(found, answer, row.connections)
    if found["requests"] < 0.95 * rate * found["seconds"]:
        raise VoidRound(f"{found['requests'] / found['seconds']:.0f} of {rate} requests a second")
    return _per_request(found)


def _weigh(running, row, requests, mode):
    before = running.pss_bytes()
    with Held(requests, row.connections, mode) as held:
        held.check(SETTLE_SECONDS)
        after = running.pss_bytes()
    return {
        "bytes_per_connection": (after - before) / row.connections,
        "process_mib": after / (1 << 20),
    }


def by_idle(running, row, requests, _answer, _seconds, _rate):
    """User memory (Pss) that each idle connection adds; socket buffers are the kernel's."""
    return _weigh(running, row, requests, "idle")


def by_slow(running, row, requests, _answer, _seconds, _rate):
    """The same for downloads whose reader takes a few KiB a second."""
    return _weigh(running, row, requests, "slow")
