"""The real binary as a child process, from the first log line to the exit status."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

from .ids import TOKEN_ROUTE
from .tokens import SECRET
from .wire import Connection

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("SLUICE_BINARY", ROOT / "build/release/bin/sluice"))
# The default number of threads of a server: several, so that ThreadSanitizer can detect races.
THREADS = os.environ.get("TEST_THREADS")
# A symbol that UBSan links into a program.
SANITIZER_MARK = b"__ubsan_handle"
SANITIZER_REPORT = re.compile(r"(Address|Thread|Leak|Memory)Sanitizer|runtime error:")


def environment(extra=None):
    """This process's environment without the variables that configure the binary; `extra` adds
    some."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    return {**base, **(extra or {})}


def run_sluice(*arguments, env=None, input=None, timeout=30, prefix=()):
    """Runs a command of the binary to its end and returns the CompletedProcess with decoded
    texts."""
    return subprocess.run(
        [*prefix, BINARY, *map(str, arguments)],
        env=environment(env),
        input=input,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def address_of(text):
    """The argument of Connection, from an address in the log."""
    if text.startswith("unix:"):
        return text.removeprefix("unix:")
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


def lets_the_test_mint(config):
    """`config`, with an issuer mode added when it names neither a mode nor a credential: `local`,
    as in `serve --dev`, or `none` when `local` is rejected because other machines could connect."""
    if not isinstance(config, dict) or {"mode", "keys_file", "jwt"} & set(config.get("issuer", ())):
        return config
    listeners = config.get("listeners", [])
    is_local = not config.get("trusted_proxies") and all(
        re.match(r"127\.|\[::1\]", one["address"]) and one.get("proxy_protocol", "off") == "off"
        for one in listeners)
    issuer = {"mode": "local" if is_local else "none", **config.get("issuer", {})}
    return {**config, "issuer": issuer}


class Server:
    """`sluice serve` on a free port. `config` becomes a configuration file; without an issuer section
    the test itself may mint. `env` replaces the secret that the tests share; `prefix` is a command
    that runs the binary (setpriv, prlimit); without `media_root` the configuration says where the
    media are; `listen` is the flag of that name, None where the
    configuration has `listeners`."""

    def __init__(self, folder, media_root, config=None, arguments=(), env=None, prefix=(),
                 listen="127.0.0.1:0", pass_fds=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.stdout_path = folder / "stdout"
        self.stderr_path = folder / "stderr"
        command = [*prefix, BINARY, "serve"]
        command += ["--media-root", media_root] if media_root else []
        command += ["--listen", listen] if listen else []
        self.config_path = folder / "sluice.json"
        if config is None and "--issuer" not in arguments and "SLUICE_CONFIG" not in (env or {}):
            config = {}
        if config is not None:
            self.listen = listen
            self.configure(config)
            command += ["--config", self.config_path]
        if THREADS and "--threads" not in arguments and "threads" not in (config or {}):
            command += ["--threads", THREADS]
        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                [*map(str, command), *map(str, arguments)],
                env=environment({"SLUICE_SECRET": SECRET} if env is None else env),
                stdout=out,
                stderr=err,
                pass_fds=pass_fds,
            )
        listeners = config.get("listeners", ()) if isinstance(config, dict) else ()
        self.addresses = self._wait_for_addresses(max(1, len(listeners)))
        self.address = self.addresses[0]
        self.host = "%s:%d" % self.address if isinstance(self.address, tuple) else "localhost"
        self.base = f"http://{self.host}"

    def configure(self, config):
        """Writes the configuration file: a dict, or the text itself."""
        if self.listen and not self.listen.startswith("127."):  # a unix or a passed socket
            config = {"issuer": {"mode": "none"}, **config} if isinstance(config, dict) else config
        config = lets_the_test_mint(config)
        text = config if isinstance(config, str) else json.dumps(config)
        self.config_path.write_text(text, encoding="utf-8")

    def reload(self, config=None, outcome="reloaded"):
        """Sends SIGHUP, with a new configuration if given; returns the event with the result."""
        if config is not None:
            self.configure(config)
        before = len(self.events())
        self.signal(signal.SIGHUP)
        return self.wait_for_event(lambda event: event["event"] == outcome, start=before)

    def wait_for_event(self, wanted, start=0, timeout=20):
        """The first event, from number `start` on, for which `wanted` is true."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for event in self.events()[start:]:
                if wanted(event):
                    return event
            time.sleep(0.02)
        raise AssertionError(f"no such event: {self.stderr()[-3000:]}")

    def _wait_for_addresses(self, count, timeout=20):
        """Its listening addresses, in order: (host, port), or the path of a unix socket."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = [e["address"] for e in self.events() if e.get("event") == "listening"]
            if len(found) >= count:
                return [address_of(text) for text in found]
            if self.process.poll() is not None:
                raise AssertionError(f"exit {self.process.returncode} at start: {self.stderr()}")
            time.sleep(0.01)
        self.process.kill()
        raise AssertionError(f"never listened: {self.stderr()}")

    def stdout(self):
        return self.stdout_path.read_text(encoding="utf-8", errors="replace")

    def stderr(self):
        return self.stderr_path.read_text(encoding="utf-8", errors="replace")

    def events(self):
        """The service log so far, without a line that is still being written."""
        lines = self.stderr().split("\n")[:-1]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def access_log(self):
        return [json.loads(line) for line in self.stdout().split("\n")[:-1]]

    def connect(self, **options):
        return Connection(self.address, **options)

    def request(self, method, target, fields=(), **options):
        """One request on a connection of its own."""
        options.setdefault("host", self.host)
        with self.connect() as connection:
            return connection.request(method, target, fields, **options)

    def get(self, target, fields=(), token=None, method="GET"):
        fields = list(fields.items()) if isinstance(fields, dict) else list(fields)
        if token is not None:
            fields.append(("Authorization", f"Bearer {token}"))
        return self.request(method, target, fields)

    def raw(self, data, timeout=3):
        """Sends bytes, half-closes nothing, and returns everything up to the server's close."""
        with self.connect() as connection:
            connection.send(data)
            return connection.rest(timeout)

    def ask(self, query, fields=()):
        """The response of the token route to an unchanged query."""
        return self.get(f"{TOKEN_ROUTE}?{query}", fields)

    def issue(self, media, user_id="trainer123", fields=(), **extra):
        """The response of the token route for `media`."""
        return self.get(media.query(user_id, **extra), fields)

    def token(self, media, user_id="trainer123", **extra):
        answer = self.issue(media, user_id, **extra)
        assert answer.status == 200, answer
        return answer.json()["token"]

    def download(self, media, fields=(), token=None, method="GET"):
        """The file of `media`, with a fresh token of the server's own unless one is given."""
        return self.get(media.target(), fields, token or self.token(media), method)

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, timeout=15):
        return self.process.wait(timeout)

    def stop(self, timeout=15):
        """Stops it with a signal and checks that it exits cleanly."""
        if self.process.poll() is None:
            self.signal()
        try:
            status = self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("did not leave after SIGTERM") from None
        self.check_reports()
        assert status == 0, f"exit status {status}: {self.stderr()[-2000:]}"

    def check_reports(self):
        """Fails on a report of a sanitizer."""
        assert not SANITIZER_REPORT.search(self.stderr()), self.stderr()[-8000:]
