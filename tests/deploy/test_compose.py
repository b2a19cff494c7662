"""docker-compose.yml: whole, closed to the outside, and in agreement with the code that it starts."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import make_server

import pytest
import typer
import yaml

from canlian.commands.app import app as cli
from chassis.health import HealthServer
from chassis.office import service_class
from chassis.settings import Settings
from contracts.catalogue import SERVICES, SUBSCRIPTIONS
from tests.compose import images
from tests.deploy.office_servers import DEPLOY

ROOT = DEPLOY.parent
OFFICES = sorted((DEPLOY / "offices").glob("*.env"))
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")

# What docker-compose 1.29.2 reads (compose/config/compose_spec.json in it); compose v2 reads all of it too.
TOP_KEYS = {"configs", "networks", "secrets", "services", "version", "volumes"}
SERVICE_KEYS = set(
    re.findall(
        r"\w+",
        """
        blkio_config build cap_add cap_drop cgroup_parent command configs container_name cpu_count
        cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset
        credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search
        domainname entrypoint env_file environment expose extends external_links extra_hosts
        group_add healthcheck hostname image init ipc isolation labels links logging mac_address
        mem_limit mem_reservation mem_swappiness memswap_limit network_mode networks
        oom_kill_disable oom_score_adj pid pids_limit platform ports privileged profiles pull_policy
        read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period
        stop_signal storage_opt sysctls tmpfs tty ulimits user userns_mode volumes volumes_from
        working_dir
        """,
    )
)
HEALTH_KEYS = {"disable", "interval", "retries", "test", "timeout", "start_period"}
CONDITIONS = {"service_healthy", "service_completed_successfully"}

Container = dict[str, Any]


def variables(office: Path) -> dict[str, str]:
    lines = office.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def compose(office: Path) -> dict[str, Any]:
    """The file as it is for an office. Raises KeyError for a variable that the office does not set."""
    given = variables(office)

    def filled(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        return given[name] if default is None else given.get(name, default)

    return yaml.safe_load(re.sub(r"\$\{(?P<name>\w+)(:\?[^}]*|:-(?P<default>[^}]*))?\}", filled, TEXT))


COMPOSE = compose(OFFICES[0])
CONTAINERS: dict[str, Container] = COMPOSE["services"]
APPS = {name: each for name, each in CONTAINERS.items() if each["image"].startswith("canlian:")}
SERVING = {name: each for name, each in APPS.items() if each["command"][0] == "up"}


def served(container: Container) -> tuple[str, ...]:
    """The services that a container's command names."""
    named = [word for option, word in zip(container["command"], container["command"][1:], strict=False)
             if option == "--service"]  # fmt: skip
    return tuple(named) or SERVICES


def targets(container: Container) -> dict[str, str]:
    """Name in /run/secrets, and the secret, of each that a container gets."""
    return {
        each if isinstance(each, str) else each["target"]: each if isinstance(each, str) else each["source"]
        for each in container.get("secrets", ())
    }


def test_every_service_of_the_platform_is_there_with_every_role() -> None:
    doing = {
        (service, role)
        for container in SERVING.values()
        for service in served(container)
        for role in container["environment"]["CANLIAN_ROLES"].split(",")
    }
    for service in SERVICES:
        assert service in CONTAINERS, "a service's calls are answered under its own name"
        assert {(service, "rpc"), (service, "relay")} <= doing
        assert (service in SUBSCRIPTIONS) == ((service, "follow") in doing)
        assert not service_class(service).job_steps() or (service, "jobs") in doing


def test_only_keys_that_compose_1_29_knows() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} <= TOP_KEYS
    for name, container in CONTAINERS.items():
        assert set(container) <= SERVICE_KEYS, name
        assert set(container.get("healthcheck", {})) <= HEALTH_KEYS, name
        assert all(
            isinstance(each, str) or set(each) == {"source", "target"}
            for each in container.get("secrets", ())
        )
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


def test_every_image_has_a_stand_in_where_no_registry_is_reached() -> None:
    assert {images.standin(image) for image in images.named()} == set(images.STANDINS.iterdir())
    assert all((images.standin(image) / "Dockerfile").exists() for image in images.named())


def test_images_are_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for container in CONTAINERS.values():
        name, _, tag = container["image"].partition(":")
        assert re.match(r"v?\d+\.\d+", tag), container["image"]
        if name == "canlian":
            assert tag == version
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert set(bases) == {"python:3.11-slim-bookworm"}


@pytest.mark.parametrize("path", [ROOT / "docker-compose.yml", *DEPLOY.rglob("*")], ids=str)
def test_no_secret_stands_in_a_file(path: Path) -> None:
    if path.is_dir() or "secrets" in path.relative_to(ROOT).parts:
        return
    text = path.read_text("utf-8")
    assert not re.search(r"://[^\s/:{}]+:[^\s@/{}]+@", text), "a URL with a password"
    assert not re.search(r'"password(_hash)?": "[^"]', text)
    assert "PRIVATE KEY" not in text


def test_secrets_come_as_files_and_never_by_the_environment() -> None:
    for name, container in CONTAINERS.items():
        for variable, value in container.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|TOKEN|KEY|BROKER_URL", variable):
                assert value.startswith("/run/secrets"), (name, variable)
    ignored = (DEPLOY / ".gitignore").read_text("utf-8").split()
    assert "secrets/" in ignored
    assert {Path(secret["file"]).parts[0:2] for secret in COMPOSE["secrets"].values()} == {
        ("deploy", "secrets")
    }


def test_every_secret_is_made_and_used(secrets_dir: Path) -> None:
    folder = Path("deploy/secrets") / variables(OFFICES[0])["CANLIAN_OFFICE"]
    files = {Path(secret["file"]).relative_to(folder) for secret in COMPOSE["secrets"].values()}
    made = {path.relative_to(secrets_dir) for path in secrets_dir.rglob("*") if path.is_file()}
    assert files == made
    assert all((secrets_dir / file).stat().st_mode & 0o777 == 0o444 for file in files)
    assert secrets_dir.stat().st_mode & 0o077 == 0
    used = {source for container in CONTAINERS.values() for source in targets(container).values()}
    assert used == set(COMPOSE["secrets"])


def test_nobody_gets_a_secret_of_another() -> None:
    for name, container in APPS.items():
        account = "reporting" if name == "reporting-follow" else name
        urls = {source for source in targets(container).values() if source.endswith("_url")}
        owner = name in {"rebuild", "retention"}
        database = "migrate_database_url" if owner else f"{account}_database_url"
        assert urls <= {"operator_broker_url" if owner else f"{account}_broker_url", database}, name
        calls = name in {"operator", "rebuild"}
        signs = calls or "follow" in container["environment"].get("CANLIAN_ROLES", "")
        assert ("private.json" in targets(container)) == signs, name


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CANLIAN_{name.upper()}", raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", APPS)
def test_the_settings_of_each_container_are_whole(
    name: str, secrets_dir: Path, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    container = APPS[name]
    for variable, value in container["environment"].items():
        assert variable.removeprefix("CANLIAN_").lower() in Settings.model_fields
        environment.setenv(variable, value)
    for target, source in targets(container).items():
        file = Path(COMPOSE["secrets"][source]["file"])
        shutil.copy(secrets_dir / Path(*file.parts[3:]), tmp_path / target)
    settings = Settings(_secrets_dir=tmp_path)
    assert settings.embedded == (name in {"migrate", "retention"})  # which need no broker
    for service in served(container):
        assert settings.database(service).startswith("postgresql+psycopg2://")
        assert settings.database(service).endswith(f"/{service}")
    if container["command"][0] == "up":
        assert {settings.keys.name, "public.json"} <= set(targets(container))
        assert settings.broker_url.endswith("@rabbitmq:5672/office")


@pytest.mark.parametrize("name", APPS)
def test_every_command_exists_with_its_options(name: str) -> None:
    words = list(APPS[name]["command"])
    command = typer.main.get_command(cli)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_health_is_asked_where_it_is_answered() -> None:
    server = HealthServer()
    for container in SERVING.values():
        port, path = re.findall(r"/tcp/127\.0\.0\.1/(\d+) .*GET (\S+)", container["healthcheck"]["test"][-1])[
            0
        ]
        assert port == container["environment"]["CANLIAN_HTTP_PORT"]
        answer: list[str] = []
        list(server({"PATH_INFO": path, "REQUEST_METHOD": "GET"}, _noting(answer)))
        assert answer == ["200 OK"]


@pytest.mark.parametrize(("status", "healthy"), [("200 OK", True), ("503 Service Unavailable", False)])
def test_a_container_is_healthy_when_it_says_so_and_only_then(status: str, healthy: bool) -> None:
    def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, [])
        return [b"{}"]

    program, option, script = CONTAINERS["registry"]["healthcheck"]["test"][1:]
    with make_server("127.0.0.1", 0, application) as server:
        Thread(target=server.handle_request).start()
        script = script.replace("$$", "$").replace("/8000 ", f"/{server.server_port} ")
        done = subprocess.run([program, option, script], check=False, timeout=30)
    assert (done.returncode == 0) == healthy


def _noting(answer: list[str]) -> Any:
    """What a WSGI server gives an application, to write its status down."""
    return lambda status, _headers: answer.append(status)


def test_the_start_waits_for_what_it_needs() -> None:
    for name, container in CONTAINERS.items():
        needs = container.get("depends_on", {})
        for other, how in needs.items():
            assert how["condition"] in CONDITIONS, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in CONTAINERS[other], other
            else:
                assert CONTAINERS[other]["restart"] == "no", other
        if name in SERVING:
            assert set(needs) == {"privileges", "topology"}
    assert set(CONTAINERS["privileges"]["depends_on"]) == {"migrate"}
    assert set(CONTAINERS["migrate"]["depends_on"]) == {"postgres"}
    assert set(CONTAINERS["topology"]["depends_on"]) == {"rabbitmq"}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_can_do_no_more_than_it_needs(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["user"].partition(":")[0] not in {"root", "0"}
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert container["stop_grace_period"] == "30s"
    assert container["restart"] == ("unless-stopped" if "healthcheck" in container else "no")
    assert not {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc"} & set(container)
    for volume in container.get("volumes", ()):
        source, _, mode = volume.partition(":")
        if source.startswith("."):
            assert mode.endswith(":ro"), volume
            assert (ROOT / source).exists(), volume
        else:
            assert source in COMPOSE["volumes"], volume


def test_nothing_is_reached_from_outside_but_the_dashboards_from_this_host() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert set(published) == {"grafana", "prometheus"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in {*CONTAINERS} - {"grafana", "prometheus"}:
        assert CONTAINERS[name]["networks"] == ["inside"]


def test_the_database_has_a_connection_for_every_worker_of_every_process() -> None:
    workers = Settings.model_fields["max_workers"].default + 4
    wanted = workers * sum(len(served(container)) for container in SERVING.values())
    allowed = int(re.findall(r"max_connections=(\d+)", " ".join(CONTAINERS["postgres"]["command"]))[0])
    assert wanted <= allowed - 10, "some are left for migrations and for the operator"


def test_every_process_is_watched() -> None:
    prometheus = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    [job] = [job for job in prometheus["scrape_configs"] if job["job_name"] == "canlian"]
    port = {container["environment"]["CANLIAN_HTTP_PORT"] for container in SERVING.values()}
    assert set(job["static_configs"][0]["targets"]) == {f"{name}:{each}" for name in SERVING for each in port}


def test_offices_can_run_side_by_side() -> None:
    offices = [variables(path) for path in OFFICES]
    for path, office in zip(OFFICES, offices, strict=True):
        assert office["CANLIAN_OFFICE"] == path.stem
        assert compose(path)["services"].keys() == CONTAINERS.keys()
    for name in ("COMPOSE_PROJECT_NAME", "GRAFANA_PORT", "PROMETHEUS_PORT"):
        assert len({office[name] for office in offices}) == len(offices)
