"""A core dump, which may be copied to unexpected places, contains no key."""

import json
import pathlib
import re
import signal
import subprocess
import time

from support.ability import unable
from support.faults import not_sanitized
from support.ids import VIDEO
from support.midstate import midstates
from support.tokens import SECRET, b64url, mint
from support.waiting import eventually

pytestmark = not_sanitized

FILE_SECRET = b"a key file's own secret, 43 bytes of it, ok"
ANOTHER = b"and one more, for the key that only verifies"


def dump(server, folder):
    """Ends the server by SIGABRT and reads the core dump."""
    server.signal(signal.SIGABRT)
    server.wait()
    core = eventually(lambda: next(folder.glob("core*"), None))
    deadline = time.monotonic() + 10
    size = -1
    while size != core.stat().st_size and time.monotonic() < deadline:
        size = core.stat().st_size
        time.sleep(0.2)
    return core.read_bytes()


def test_no_key_in_a_core_dump(start_server, tree, tmp_path):
    keys = tmp_path / "keys.json"
    entries = [("one", FILE_SECRET), ("two", ANOTHER)]
    keys.write_text(json.dumps({"keys": [{"kid": k, "secret": b64url(s)} for k, s in entries]}))
    keys.chmod(0o600)
    if re.search(r"[/|]", pathlib.Path("/proc/sys/kernel/core_pattern").read_text()):
        unable("core dumps go elsewhere on this machine")
    folder = tmp_path / "cores"
    folder.mkdir()
    prefix = ("prlimit", "--core=unlimited", "env", "-C", folder)
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        unable("may not dump core")
    server = start_server(tree, prefix=prefix, arguments=["--key-file", keys])
    token = server.token(VIDEO)
    assert server.download(VIDEO, token=token).status == 200
    assert server.download(VIDEO, token=mint(VIDEO)).status == 200
    core = dump(server, folder)
    assert str(tree.root).encode() in core, "not a dump of the service's heap"
    traces = {}
    for name, secret in (("environment", SECRET.encode()), ("one", FILE_SECRET), ("two", ANOTHER)):
        traces[f"{name}: as it is"] = secret
        traces[f"{name}: half of it"] = secret[:24]
        traces[f"{name}: in base64url"] = b64url(secret).encode()
        for kind, state in zip(("inner", "outer"), midstates(secret)):
            traces[f"{name}: {kind} state"] = state
        for pad in (0x36, 0x5C):
            traces[f"{name}: xor {pad:#x}"] = bytes(byte ^ pad for byte in secret)
    assert [what for what, trace in traces.items() if trace in core] == []
