"""Caddy, Apache and Varnish as their packages configure them, in front of one node."""

import os
import shutil

import pytest

from .balancers import FRONT, Proxy

PROGRAMS = {"caddy": "caddy", "apache": "apache2", "varnish": "varnishd"}

CADDY = """
{{
    admin off
    auto_https off
}}
http://{front} {{
    reverse_proxy {node}
}}
"""
APACHE = """
ServerName front
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
User www-data
Group www-data
Listen {front}
Timeout 300
ProxyPass / http://{node}/
"""
VARNISH = """vcl 4.1;
# listens on {front}
backend default {{ .host = "{host}"; .port = "{port}"; }}
{more}
"""
PIPE = """sub vcl_recv { if (req.url ~ "^/download2/") { return (pipe); } }
sub vcl_pipe { set bereq.http.Connection = "close"; }"""


class OtherProxy(Proxy):
    """`more` is added to the configuration."""

    def __init__(self, kind, folder, node, more=""):
        if shutil.which(PROGRAMS[kind]) is None:
            pytest.skip(f"{kind} is not installed")
        host, port = node.split(":")
        text = {"caddy": CADDY, "apache": APACHE, "varnish": VARNISH}[kind].format(
            front=FRONT, node=node, folder=folder, host=host, port=port, more=more,
            modules="/usr/lib/apache2/modules")
        super().__init__(kind, folder, text)

    def command(self, kind, folder, config):
        if kind == "caddy":
            return ["env", f"HOME={folder}", "XDG_DATA_HOME=", "XDG_CONFIG_HOME=", "caddy", "run",
                    "--adapter", "caddyfile", "--config", config]
        if kind == "apache":
            return ["apache2", "-X" if os.geteuid() else "-DFOREGROUND", "-f", config]
        return ["varnishd", "-F", "-j", "none", "-n", folder / "state", "-a", "%s:%d" % self.address, "-f", config]
