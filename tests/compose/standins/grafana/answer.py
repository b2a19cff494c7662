"""Not Grafana: answers /api/health with 200 once all that Grafana would be given is there and can be read.

That is: its password, a place to write to, the provisioned data sources with a server that answers, and the
provisioned dashboards, each asking a provisioned data source.
"""

import json
import os
import tempfile
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

PROVISIONING = Path("/etc/grafana/provisioning")


def provisioned(kind: str) -> list[dict]:
    """The entries of all provisioning files of a kind, "datasources" or "providers"."""
    folder = PROVISIONING / ("dashboards" if kind == "providers" else kind)
    found = [entry for path in folder.glob("*.yml") for entry in yaml.safe_load(path.read_text())[kind]]
    if not found:
        raise LookupError(f"no {kind} are provisioned")
    return found


def check() -> None:
    """Raises whatever is wrong."""
    if not Path(os.environ["GF_SECURITY_ADMIN_PASSWORD__FILE"]).read_text().strip():
        raise LookupError("the password is empty")
    tempfile.TemporaryFile(dir="/var/lib/grafana").close()
    sources = provisioned("datasources")
    for source in sources:
        urllib.request.urlopen(f"{source['url']}/-/ready", timeout=3).close()  # noqa: S310
    folders = [Path(provider["options"]["path"]) for provider in provisioned("providers")]
    boards = [json.loads(path.read_text()) for folder in folders for path in folder.glob("*.json")]
    asked = {
        panel["datasource"]["uid"] for board in boards for panel in board["panels"] if "datasource" in panel
    }
    if not asked or asked - {source["uid"] for source in sources}:
        raise LookupError(f"dashboards ask {asked or 'nothing'}")


class Health(BaseHTTPRequestHandler):
    """Checks anew at each question."""

    def do_GET(self) -> None:
        status, text = 200, "not Grafana: a stand-in that found everything in its place"
        try:
            check()
        except Exception as error:  # noqa: BLE001 - whatever it is, the asker shall see it
            status, text = 503, f"{type(error).__name__}: {error}"
        self.send_response(status if self.path == "/api/health" else 404)
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("", 3000), Health).serve_forever()
