"""Commands on a machine with the package: they look where the service looks, and go on as its user."""

import json
import os
import shutil
import tempfile
import pathlib

import pytest
from support.installed import Installed
from support.media import MediaTree
from support.tokens import b64url
from support.users import SERVICE, STRANGER, facts, give

LINE = "sluice: settings from /etc/sluice/sluice.json"
ISSUE = ("token", "issue", "--type", "lesson", "--rel", "t/c/m/l", "--filename", "f.mp4", "--user", "t")


@pytest.fixture
def installed():
    place = pathlib.Path(tempfile.mkdtemp(prefix="sluice-installed-"))
    place.chmod(0o755)
    try:
        one = Installed(place)
        MediaTree(place / "lib/sluice/media")
        one.configure = lambda **more: give_config(one, **more)
        one.configure()
        yield one
    finally:
        shutil.rmtree(place)


def give_config(one, **more):
    """Writes /etc/sluice/sluice.json and the signing keys, as the package does."""
    keys = one.etc / "keys.json"
    keys.write_text('{"keys": [{"kid": "installed", "secret": "%s"}]}' % b64url(b"k" * 32))
    give(keys, 0, SERVICE, 0o640)
    settings = {
        "media": {"root": "/var/lib/sluice/media"},
        "tokens": {"key_file": "/etc/sluice/keys.json"},
        "issuer": {"keys_file": "/var/lib/sluice/issuers.json"},
        "store": {"url": "sqlite:///var/lib/sluice/store.db"},
    }
    (one.etc / "sluice.json").write_text(json.dumps({**settings, **more}))


@pytest.mark.parametrize("user", [None, SERVICE], ids=["root", "service"])
def test_every_command_finds_the_installed_configuration(installed, user):
    """Root and the service's user get the same answers, and every file stays the service's."""
    def good(*command, **more):
        done = installed.run(*command, user=user, **more)
        assert done.returncode == 0, (command, done.stderr)
        assert done.stderr.startswith(LINE), done.stderr
        return done

    assert good("key", "new", "lms").stdout.startswith("sk_lms_")
    good("store", "migrate")
    assert good("config", "check").stdout == "ok\n"
    good("grant", "add", "--user", "anna", "--trainer", "t")
    good("grant", "import", "-", input="user_id,trainer_id\nbert,t\n")
    assert "bert" in good("grant", "list").stdout
    good("revoke", "user", "anna")
    good("store", "check")
    token = good(*ISSUE).stdout.strip()
    good("token", "verify", token)
    good("key", "list")
    for name in ("issuers.json", "store.db"):
        assert facts(installed.state / name)[:2] == (SERVICE, SERVICE)


def test_root_goes_on_as_the_user_of_the_service(installed):
    installed.run("key", "new", "lms")
    installed.run("store", "migrate")
    done = installed.run("config", "check")
    assert f"{LINE}, as the user daemon\n" in done.stderr
    explicit = installed.run("config", "check", "--config", "/etc/sluice/sluice.json")
    assert f"{LINE}, as the user daemon\n" in explicit.stderr
    # As the service would: media that it cannot read is found.
    give(installed.state / "media", 0, 0, 0o700)
    token = installed.run(*ISSUE).stdout.strip()
    closed = installed.run("token", "why", "--url", "/download2/t/c/m/l/f.mp4", "--token", token)
    assert closed.returncode == 1 and "media" in closed.stdout + closed.stderr, closed


def test_root_stays_root_for_files_that_the_command_line_names(installed, tmp_path):
    installed.run("store", "migrate")
    own = tmp_path / "own.json"  # in a folder that only root can enter
    own.write_text('{"keys": [{"kid": "mine", "secret": "%s"}]}' % b64url(b"m" * 32))
    own.chmod(0o600)
    done = installed.run(*ISSUE, "--key-file", own)
    assert done.returncode == 0, done.stderr
    grants = tmp_path / "grants.csv"
    grants.write_text("user_id,trainer_id\nanna,t\n")
    grants.chmod(0o600)
    assert installed.run("grant", "import", grants).returncode == 0


def test_a_stranger_is_told_as_whom_to_run_it(installed):
    for command in (("config", "check"), ("key", "list"), ("grant", "list"), ISSUE, ("key", "new", "x")):
        done = installed.run(*command, user=STRANGER)
        assert done.returncode == 1, command
        assert "/etc/sluice/sluice.json cannot be opened for the user games" in done.stderr
        assert "run this command as root or as daemon" in done.stderr
    os.chmod(installed.etc, 0o755)  # the configuration may be public; keys and store are not
    for command in (("key", "list"), ISSUE, ("config", "check")):
        done = installed.run(*command, user=STRANGER)
        assert done.returncode == 1 and "run this command as root or as daemon" in done.stderr, done


def test_variables_of_the_unit_are_variables_of_the_commands(installed):
    installed.environment.write_text(
        "# of the unit\n\nSLUICE_THREADS=3\nSLUICE_PUBLIC_BASE_URL='https://a.example'\nOTHER=1\n"
        f'SLUICE_SECRET="{"s" * 32}"\n')
    give(installed.environment, 0, 0, 0o600)
    done = installed.run("config", "print", env={"SLUICE_THREADS": "5"})
    printed = json.loads(done.stdout)
    assert (printed["threads"], printed["public_base_url"]) == (5, "https://a.example")
    assert f"{LINE} and /etc/default/sluice, as the user daemon\n" == done.stderr
    assert "s" * 32 not in done.stdout + done.stderr
    installed.run("key", "new", "lms")
    assert "still accepted" in installed.run("config", "check").stderr  # the secret has been read
    as_service = installed.run("config", "print", user=SERVICE)
    assert "without /etc/default/sluice, which only root can read" in as_service.stderr
    os.chmod(installed.environment, 0o644)
    open_to_all = installed.run("config", "print")
    assert open_to_all.returncode == 1 and "holds SLUICE_SECRET and can be accessed" in open_to_all.stderr


def test_another_file_is_read_instead(installed, tmp_path):
    """--config and SLUICE_CONFIG replace it; an empty SLUICE_CONFIG means none. `serve` does not look for it."""
    other = tmp_path / "other.json"
    other.write_text('{"threads": 7}')
    for arguments, env, threads in (
        (("--config", other), {}, 7), ((), {"SLUICE_CONFIG": str(other)}, 7), ((), {"SLUICE_CONFIG": ""}, 0),
    ):
        done = installed.run("config", "print", *arguments, env=env)
        assert json.loads(done.stdout)["threads"] == threads and done.stderr == "", done
    assert "media.root" in installed.run("serve").stderr


def test_serve_as_root_is_the_service(installed):
    """Started by hand as root, it must not leave files of root behind."""
    installed.configure(listen="127.0.0.1:0", log={"access": "/var/log/nowhere/access.log"})
    done = installed.run("serve", "--config", "/etc/sluice/sluice.json")
    assert done.returncode == 1 and ", as the user daemon\n" in done.stderr
