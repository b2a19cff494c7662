"""Which metrics the alerts and dashboards of deploy/ speak of."""

import json
import re
from typing import Any

import yaml

from tests.deploy.office_servers import DEPLOY

ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))


def rules() -> list[dict[str, Any]]:
    """The alert rules."""
    document = yaml.safe_load(ALERTS.read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    """Every PromQL expression, of alerts and dashboards."""
    found = [rule["expr"] for rule in rules()]
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text("utf-8"))["panels"]:
            found += [target["expr"] for target in panel.get("targets", ())]
    return found


def platform_metrics() -> set[str]:
    return _named("canlian")


def broker_metrics() -> set[str]:
    return _named("rabbitmq")


def _named(prefix: str) -> set[str]:
    return {name for text in expressions() for name in re.findall(rf"\b{prefix}_\w+", text)}
