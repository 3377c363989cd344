"""Real browsers and their own download managers: Chromium by the DevTools protocol over a pipe, and
Firefox by Marionette."""

import json
import os
import shutil
import socket
import subprocess
import time

from .balancers import free_port
from .processes import terminate

CHROMIUM = shutil.which("chromium")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


class Chromium:
    """A headless Chromium with a profile in `folder`; downloads go to `folder`/files."""

    def __init__(self, folder):
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        to_child, self.writer = os.pipe()
        self.reader, from_child = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
                 "--no-proxy-server", f"--user-data-dir={folder / 'profile'}", "about:blank"]
        # The protocol is spoken on descriptors 3 and 4.
        script = f'exec "$0" "$@" 3<&{to_child} 4>&{from_child}'
        self.process = subprocess.Popen(["bash", "-c", script, CHROMIUM, *flags],
                                        pass_fds=(to_child, from_child), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})
        os.close(to_child)
        os.close(from_child)
        self.buffer, self.events, self.last = b"", [], 0
        try:
            self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.files),
                      eventsEnabled=True)
        except BaseException:
            self.process.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.writer)
        terminate(self.process, patience=10)
        os.close(self.reader)

    def call(self, method, session=None, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self.last:
                assert "error" not in answer, answer
                return answer["result"]

    def _read(self):
        while b"\0" not in self.buffer:
            data = os.read(self.reader, 1 << 20)
            assert data, "Chromium has left"
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    def download(self, url, fields=None):
        """Opens a URL whose response is an attachment, with these request fields in addition."""
        if not fields:
            self.call("Target.createTarget", url=url)
            return
        session = self._open_page()
        self.call("Network.enable", session)
        self.call("Network.setExtraHTTPHeaders", session, headers=fields)
        self.call("Page.navigate", session, url=url)

    def _open_page(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def evaluate(self, url, script):
        """The value of an expression in a page of its own."""
        session = self._open_page()
        self.call("Page.enable", session)
        before = len(self.events)
        self.call("Page.navigate", session, url=url)
        while not any(each["method"] == "Page.loadEventFired" for each in self.events[before:]):
            self._read()
        result = self.call("Runtime.evaluate", session, expression=script, returnByValue=True,
                           awaitPromise=True)
        return result["result"].get("value")

    def press_pause_or_resume(self):
        """Presses "Pause" or "Resume", whichever is shown, beside the only download in the list of downloads."""
        self.evaluate("chrome://downloads/", """(async () => {
            for (let i = 0; i < 100; i++) {
                const list = document.querySelector('downloads-manager')?.shadowRoot
                const button = list?.querySelector('downloads-item')?.shadowRoot?.querySelector('#pause-or-resume')
                if (button && !button.hidden) return button.click()
                await new Promise((done) => setTimeout(done, 100))
            }
        })()""")

    def state(self):
        """The last reported state of the download: (state, received bytes)."""
        self.call("Browser.getVersion")  # reads what has arrived meanwhile
        seen = [each["params"] for each in self.events if each["method"] == "Browser.downloadProgress"]
        return (seen[-1]["state"], int(seen[-1]["receivedBytes"])) if seen else ("none", 0)


class Firefox:
    """A headless Firefox with a profile in `folder`. `run` runs a script with the browser's own
    privileges, so that a test can use the download manager itself."""

    def __init__(self, folder):
        profile = folder / "profile"
        profile.mkdir(parents=True)
        port = free_port()
        preferences = {"marionette.port": port, "browser.shell.checkDefaultBrowser": False,
                       "datareporting.policy.dataSubmissionEnabled": False, "app.update.enabled": False,
                       "network.proxy.type": 0, "browser.startup.page": 0,
                       "network.captive-portal-service.enabled": False,
                       "network.connectivity-service.enabled": False,
                       "services.settings.server": "data:,", "extensions.systemAddon.update.enabled": False}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n")
        command = [FIREFOX, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
                   "--profile", str(profile), "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "HOME": str(folder)})
        try:
            self.socket = self._connect(port)
            self.buffer, self.last = b"", 0
            self._receive()  # the greeting
            self.call("WebDriver:NewSession", {})
            self.call("Marionette:SetContext", {"value": "chrome"})
            self.call("WebDriver:SetTimeouts", {"script": 120_000})
        except BaseException:
            self.process.kill()
            raise

    def _connect(self, port):
        deadline = time.monotonic() + 60
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=150)
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, "Firefox does not listen"
                time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        terminate(self.process)

    def _receive(self):
        while b":" not in self.buffer:
            self.buffer += self.socket.recv(65536)
        size, self.buffer = self.buffer.split(b":", 1)
        while len(self.buffer) < int(size):
            data = self.socket.recv(65536)
            assert data, "Firefox has left"
            self.buffer += data
        text, self.buffer = self.buffer[: int(size)], self.buffer[int(size):]
        return json.loads(text)

    def call(self, name, parameters):
        self.last += 1
        text = json.dumps([0, self.last, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._receive()
        assert error is None, error
        return result

    def run(self, script, *arguments):
        """The value that the asynchronous function with this body resolves to."""
        body = f"""const done = arguments[arguments.length - 1]
            ;(async (...given) => {{ {script} }})(...arguments).then(done, (why) => done("failed: " + why))"""
        parameters = {"script": body, "args": list(arguments), "newSandbox": True, "sandbox": "system"}
        return self.call("WebDriver:ExecuteAsyncScript", parameters)["value"]
