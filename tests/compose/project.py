"""One office as a compose project, started and used by the commands that the pages show."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.server_process import free_port

HEALTHY_SECONDS_MAX = 240
_LABEL = "com.docker.compose"
COMPOSE = "docker-compose" if shutil.which("docker-compose") else "docker compose"


class Project:
    """An office of deploy/offices, in a copy of the repository at ``source``."""

    def __init__(self, office: str, source: Path, override: Path) -> None:
        self.office = office
        self.name = f"canlian-{office}"
        self._source = source
        self._options = ["--env-file", f"deploy/offices/{office}.env"]
        self.prometheus_port, self.grafana_port = free_port(), free_port()
        # What the shell sets goes before the office's file.
        self._environment = os.environ | {
            "COMPOSE_FILE": f"docker-compose.yml:{override}",
            "PROMETHEUS_PORT": str(self.prometheus_port),
            "GRAFANA_PORT": str(self.grafana_port),
        }

    def first_start(self) -> str:
        """Do what deploy/README.md tells a new user, word for word; what the last command, doctor, said."""
        page = (self._source / "deploy" / "README.md").read_text("utf-8")
        [block] = re.findall(r"^## First start\n.*?^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        script = re.sub(r"^office=\d+$", f"office={self.office}", block, flags=re.MULTILINE)
        return self._run(["bash", "-euo", "pipefail", "-c", script.replace("docker-compose", COMPOSE)])

    def compose(self, *words: str) -> str:
        """What a compose command prints. Raises RuntimeError when it fails."""
        return self._run([*COMPOSE.split(), *self._options, *words])

    def operator(self, *words: str, package: Path | None = None) -> str:
        """What a command of the operator's container prints."""
        return self._run(self._operating(words, package))

    def start_operator(self, words: list[str], package: Path, log: Path) -> "subprocess.Popen[bytes]":
        """The operator's container at work in the background."""
        with log.open("ab") as file:
            return subprocess.Popen(
                self._operating(words, package),
                cwd=self._source,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )

    def _operating(self, words: list[str] | tuple[str, ...], package: Path | None) -> list[str]:
        volume = ["-v", f"{package}:/package:ro"] if package else []
        return [*COMPOSE.split(), *self._options, "run", "--rm", "-T", *volume, "operator", *words]

    def recorded(self) -> dict[str, int]:
        """How many events each service has recorded."""
        services = ("registry", "subsidy", "rehab", "employment", "reporting")
        return {name: json.loads(self.operator("rpc", name, "show_status"))["recorded"] for name in services}

    def container(self, service: str) -> str:
        """The container's identifier."""
        [found] = self._containers("--all", "--filter", f"label={_LABEL}.service={service}")
        return found

    def services(self) -> list[str]:
        """The services that are to run on, by their names."""
        running = self.inspect(*self._containers())
        return sorted(each["Config"]["Labels"][f"{_LABEL}.service"] for each in running)

    def _containers(self, *options: str) -> list[str]:
        own = ["--filter", f"label={_LABEL}.project={self.name}", "--filter", f"label={_LABEL}.oneoff=False"]
        return self._run(["docker", "ps", "--quiet", *own, *options]).split()

    def inspect(self, *containers: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self._run(["docker", "inspect", *containers]))
        return found

    def state(self, service: str) -> dict[str, Any]:
        """The engine's word on the container of a service."""
        [found] = self.inspect(self.container(service))
        return found

    def wait_healthy(self, service: str, other_than: str = "") -> None:
        """Wait until the container is healthy, and another process than that started at ``other_than``."""
        deadline = time.monotonic() + HEALTHY_SECONDS_MAX
        while True:
            state = self.state(service)["State"]
            if state["StartedAt"] != other_than and state["Health"]["Status"] == "healthy":
                return
            if time.monotonic() > deadline:
                log = subprocess.run(
                    ["docker", "logs", "--tail=30", self.container(service)],
                    check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                )  # fmt: skip
                raise RuntimeError(f"{self.name} {service} is not healthy: {state}\n{log.stdout}")
            time.sleep(0.5)  # until the next look at its health, or the deadline

    def execute(self, service: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the container of a service."""
        command = ["docker", "exec", self.container(service), *words]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

    def ask_prometheus(self, what: str) -> dict[str, Any]:
        """An answer of Prometheus's API, over the published port."""
        url = f"http://127.0.0.1:{self.prometheus_port}/api/v1/{what}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
            return data

    def remove(self) -> None:
        """Containers, networks and volumes."""
        self.compose("down", "--volumes", "--remove-orphans")

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            check=False,
            cwd=self._source,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            told = f"{done.stdout[-2000:]}{done.stderr[-3000:]}"
            raise RuntimeError(f"{self.office}: {command[-1][-200:]} gave {done.returncode}:\n{told}")
        return done.stdout
