"""The compared servers: the name of each and how it is started. One worker each."""

import dataclasses
import shutil
from collections.abc import Callable

from common import BENCH, HOST, METRICS_PORT, PEERS, PORT, SECRET, SLUICE, WORK
from common import BenchError, most_connections, user_name
from targets import MEDIA, MEDIA_ROOT

RUN = WORK / "run"


@dataclasses.dataclass(frozen=True)
class Answer:
    """The sizes that a floor must match."""

    target: object
    header_bytes: int
    body_bytes: int


@dataclasses.dataclass(frozen=True)
class Server:
    """`command` makes the argument list; it gets the Answer that a floor has to match, and may
    write configuration into RUN, which is empty."""

    key: str
    label: str
    command: Callable
    family: str = "peer"  # floor, sluice or peer
    style: str = "bearer"
    checks: bool = False  # refuses a request without a good token or link
    is_sticky: bool = False  # driven with one token per connection
    has_body: bool = True  # sends the file, not filler
    env: tuple = ()


def _program(name):
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise BenchError(f"{name} is not installed; scripts/bench installs it")
    return path


def _render(name, **extra):
    """Fills in a template of peers/ and returns its path."""
    values = {"PORT": PORT, "RUN": RUN, "MEDIA": MEDIA, "USER": user_name(), **extra}
    values["CONNECTIONS"] = most_connections() + 100
    # nginx closes idle connections when less than a sixteenth of its slots is free.
    values["NGINX_SLOTS"] = most_connections() * 17 // 16 + 512
    values["DESCRIPTORS"] = most_connections() + 200
    values["HALF_OF_DESCRIPTORS"] = values["DESCRIPTORS"] // 2
    text = (PEERS / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    path = RUN / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def _floor(answer):
    return [str(WORK / "floor"), str(PORT), str(answer.header_bytes), str(answer.body_bytes)]


def _sendfile_floor(answer):
    target = answer.target
    sizes = [target.first, target.body_bytes]
    program = [str(WORK / "sendfile_floor"), str(PORT), str(answer.header_bytes)]
    return [*program, str(target.path), *map(str, sizes)]


def sluice_command(*extra):
    def command(_answer):
        limits = {"requests_per_connection": 1000000000, "connections": most_connections() + 50}
        settings = [f"--set=limits.{name}={value}" for name, value in limits.items()]
        return [
            *(str(SLUICE), "serve", "--dev", "--listen", f"{HOST}:{PORT}"),
            *("--media-root", str(MEDIA_ROOT), "--threads", "1", "--log-level", "warning"),
            "--set=cache.files=16",  # no more are asked for; each takes a descriptor from clients
            *settings,
            *extra,
        ]

    return command


def nginx_command(access_log="off", modules="", http="", location="", sendfile="on"):
    def command(_answer):
        texts = {"ACCESS_LOG": access_log, "MODULES": modules, "HTTP": http, "LOCATION": location}
        texts["SENDFILE"] = sendfile
        program = [_program("nginx"), "-e", str(RUN / "error.log")]
        return [*program, "-c", _render("nginx.conf", **texts)]

    return command


_NGINX_LOG = f"{RUN}/access.log combined buffer=64k flush=1s"
_SECURE_LINK = f"""
            secure_link $arg_md5,$arg_expires;
            secure_link_md5 "$secure_link_expires$uri {SECRET}";
            if ($secure_link = "") {{ return 403; }}
            if ($secure_link = "0") {{ return 410; }}"""
_NJS_MODULE = "load_module /usr/lib/nginx/modules/ngx_http_js_module.so;"
_NJS_HTTP = f"""
    js_import auth from {BENCH}/peers/jwt.js;
    js_set $jwt_allowed auth.allowed;"""
_NJS_LOCATION = """
            if ($jwt_allowed != "1") { return 401; }"""


def _h2o(_answer):
    return [_program("h2o"), "-m", "worker", "-c", _render("h2o.conf")]


def _lighttpd(_answer):
    return [_program("lighttpd"), "-D", "-f", _render("lighttpd.conf")]


def _caddy(_answer):
    return [_program("caddy"), "run", "--adapter", "caddyfile", "--config", _render("Caddyfile")]


def _flask(_answer):
    options = ["--workers", "1", "--worker-class", "sync", "--timeout", "0"]
    place = ["--chdir", str(PEERS), "--worker-tmp-dir", "/dev/shm", "--bind", f"{HOST}:{PORT}"]
    return [_program("gunicorn"), *options, *place, "--log-level", "warning", "flask_server:app"]


_SLUICE_QUIET = sluice_command("--access-log", "off")
_SLUICE_FULL = sluice_command(
    *("--access-log", str(RUN / "access.log"), "--set", f"metrics.listen={HOST}:{METRICS_PORT}")
)
_NJS = nginx_command(modules=_NJS_MODULE, http=_NJS_HTTP, location=_NJS_LOCATION)
_SLUICE_TRAITS = {"family": "sluice", "checks": True, "env": (("SLUICE_SECRET", SECRET),)}
_JWT_ENV = (("JWT_SECRET", SECRET),)
_FLASK_ENV = (*_JWT_ENV, ("MEDIA_ROOT", str(MEDIA_ROOT)), ("PYTHONDONTWRITEBYTECODE", "1"))
_CADDY_ENV = (("GOMAXPROCS", "1"), ("XDG_DATA_HOME", str(RUN)), ("XDG_CONFIG_HOME", str(RUN)))

SERVERS = {
    server.key: server
    for server in (
        Server("floor", "floor: recv, send", _floor, "floor", has_body=False),
        Server("sendfile", "floor: recv, sendfile", _sendfile_floor, "floor"),
        Server("sluice", "Sluice", _SLUICE_QUIET, **_SLUICE_TRAITS),
        Server("sluice_full", "Sluice, access log and metrics", _SLUICE_FULL, **_SLUICE_TRAITS),
        Server(
            "sluice_sticky",
            "Sluice, one token per connection",
            _SLUICE_QUIET,
            is_sticky=True,
            **_SLUICE_TRAITS,
        ),
        Server(
            "sluice_foreign",
            "Sluice, tokens of another issuer",
            _SLUICE_QUIET,
            style="foreign",
            **_SLUICE_TRAITS,
        ),
        Server("nginx", "nginx", nginx_command()),
        # For 1 KiB, nginx is cheaper when it copies, contrary to its guide.
        Server("nginx_copy", "nginx, sendfile off", nginx_command(sendfile="off")),
        Server(
            "nginx_log",
            "nginx, sendfile off, access log",
            nginx_command(_NGINX_LOG, sendfile="off"),
        ),
        Server(
            "nginx_link",
            "nginx, secure_link",
            nginx_command(location=_SECURE_LINK),
            style="secure_link",
            checks=True,
        ),
        Server("nginx_njs", "nginx, njs JWT", _NJS, checks=True, env=_JWT_ENV),
        Server(
            "nginx_njs_sticky",
            "nginx, njs JWT, one token per connection",
            _NJS,
            checks=True,
            is_sticky=True,
            env=_JWT_ENV,
        ),
        Server("h2o", "h2o", _h2o),
        Server("lighttpd", "lighttpd", _lighttpd),
        Server("caddy", "Caddy", _caddy, env=_CADDY_ENV),
        Server("flask", "Flask, gunicorn", _flask, checks=True, env=_FLASK_ENV),
    )
}
