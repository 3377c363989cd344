"""The rows of the benchmark: the requests, the servers and the measurement."""

import dataclasses

import targets
from common import most_connections

NGINX = ("nginx", "nginx_njs")
OTHERS = ("h2o", "lighttpd", "caddy", "flask")
SLUICE = ("sluice", "sluice_full")
# flask is not here: gunicorn's sync worker answers one request per connection.
MANY = ("floor", *SLUICE, "nginx_copy", "nginx_njs", "h2o")
KEEPING = (*MANY, "lighttpd")  # which takes 10,000 connections and not one more
FEW = ("floor", *SLUICE, "nginx_copy", "h2o")


@dataclasses.dataclass(frozen=True)
class Row:
    """`method` names a function of measure.py. `rate_from` is the row whose requests per second an
    open loop halves. `rounds` overrides how often the row is measured."""

    key: str
    title: str
    method: str
    target: targets.Target
    servers: tuple
    connections: int = 64
    rate_from: str | None = None
    rounds: int | None = None

    def among(self, keys):
        """The same row with only these servers."""
        return dataclasses.replace(self, servers=tuple(k for k in self.servers if k in keys))


def _whole(servers_small, servers_large):
    return [
        Row("1k", "1 KiB, whole file", "by_wrk", targets.WHOLE_1K, servers_small),
        Row("64k", "64 KiB, whole file", "by_wrk", targets.WHOLE_64K, servers_large),
        Row("1m", "1 MiB, whole file", "by_wrk", targets.WHOLE_1M, servers_large),
        Row("range", "64 KiB range out of 1 GiB", "by_wrk", targets.RANGE_64K, servers_large),
    ]


def _sticky():
    servers = ("floor", "sluice", "sluice_sticky", "nginx_njs", "nginx_njs_sticky")
    title = "1 KiB, whole file: a token per request and a token per connection"
    return Row("sticky", title, "by_load", targets.WHOLE_1K, servers)


def _spelling():
    title = "1 KiB, whole file: tokens in our form and in that of another issuer"
    return Row("spelling", title, "by_wrk", targets.WHOLE_1K, ("sluice", "sluice_foreign"))


def _huge(servers):
    title = "1 GiB, whole file, 4 connections"
    return Row("1g", title, "by_volume", targets.WHOLE_1G, servers, connections=4)


def _token(servers):
    return Row("token", "Issue of a token", "by_wrk", targets.TOKEN, servers)


def _held(mode, count, rounds):
    titles = {"idle": "Idle keep-alive connections", "slow": "Slow downloads under way"}
    target = {"idle": targets.WHOLE_1K, "slow": targets.WHOLE_1G}[mode]
    title = f"{titles[mode]}: {count:,}"
    servers = ("sluice", "nginx")
    return Row(f"{mode}-{count}", title, f"by_{mode}", target, servers, count, rounds=rounds)


def _scale(count, servers):
    title = f"1 KiB, closed loop, {count:,} connections"
    return Row(f"scale-{count}", title, "by_load", targets.WHOLE_1K, servers, count)


def _open(count, servers):
    title = f"1 KiB, open loop at half of the server's own saturation, {count:,} connections"
    rate_from = f"scale-{count}"
    return Row(
        f"open-{count}", title, "by_schedule", targets.WHOLE_1K, servers, count, rate_from
    )


def full_rows():
    """Everything that docs/performance.md shows."""
    most = most_connections()
    counts = sorted({1000, 10000, most})
    small = ("floor", *SLUICE, "nginx", "nginx_copy", "nginx_log", "nginx_link", "nginx_njs", *OTHERS)
    large = ("sendfile", *SLUICE, *NGINX, *OTHERS)
    return [
        *_whole(small, large),
        _sticky(),
        _spelling(),
        _huge(("sendfile", *SLUICE, "nginx", "nginx_njs", "h2o", "lighttpd", "caddy")),
        _token(("floor", *SLUICE, "flask")),
        *(_held(mode, count, rounds=2) for mode in ("idle", "slow") for count in counts),
        _scale(64, KEEPING),
        _scale(1000, FEW),
        _scale(10000, MANY),
        _scale(most, FEW),
        _open(64, KEEPING),
        _open(10000, MANY),
    ]


def quick_rows():
    """The rows for checking a change to the data path; three minutes."""
    few = ("floor", *SLUICE, "nginx", "nginx_copy", "nginx_log", "nginx_njs", "h2o")
    small, *_, part = _whole(few, ("sendfile", "sluice", "nginx", "h2o", "lighttpd"))
    return [
        small,
        part,
        dataclasses.replace(_huge(("sendfile", "sluice", "nginx")), rounds=2),
        _token(("floor", "sluice", "flask")),
        _held("idle", 10000, rounds=1),
        _held("slow", 10000, rounds=1),
        _scale(64, ("sluice", "nginx_copy")),
        _scale(10000, ("sluice",)),
        _open(64, ("sluice", "nginx_copy")),
    ]
