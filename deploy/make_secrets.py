#!/usr/bin/env python3

"""make_secrets.py DIRECTORY: make what an office's containers need to know and nobody else may.

Needs Python 3.9 and nothing else. A secret that exists stays as it is, so this may be run again at any time;
the broker's definitions are written anew each time, from rabbitmq/definitions.json and the passwords. The
sealing and token keys are made by `canlian keys DIRECTORY`; this program only says so when they are missing.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

SERVICES = ("registry", "subsidy", "rehab", "employment", "reporting")
BROKER_USERS = (*SERVICES, "relay", "topology", "operator")
DATABASE_ROLES = {**{name: name for name in (*SERVICES, "relay")}, "migrate": "migrator"}
KEY_FILES = ("keys.json", "tokens/private.json", "tokens/public.json")
DEFINITIONS = Path(__file__).parent / "rabbitmq" / "definitions.json"


def password() -> str:
    """A new password that needs no quoting anywhere."""
    return secrets.token_hex(24)


def write(path: Path, text: str) -> None:
    """Write a secret. The directory keeps others out; containers, whatever their user, get the file alone."""
    draft = path.with_name(f".{path.name}")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(0o444)
    draft.replace(path)


def password_hash(plain: str) -> str:
    """A password as RabbitMQ keeps it: four random bytes and the SHA-256 of them with the password."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + plain.encode()).digest()).decode()


def make(directory: Path) -> None:
    """Make the secrets that are missing."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = {f"{user}_broker_url": f"amqp://{user}:{password()}@rabbitmq:5672/office" for user in BROKER_USERS}
    for name, role in DATABASE_ROLES.items():
        # {service} is filled in by the process: the relay and the migrations go to every database.
        url = f"postgresql+psycopg2://{role}:{password()}@postgres:5432/{{service}}"
        new[f"{name}_database_url"] = url
    new |= {"postgres_password": password(), "grafana_password": password()}
    for name, text in new.items():
        if not (directory / name).exists():
            write(directory / name, text)
    definitions = json.loads(DEFINITIONS.read_text("utf-8"))
    for user in definitions["users"]:
        url = (directory / f"{user['name']}_broker_url").read_text("utf-8")
        user["password_hash"] = password_hash(url.split(":", 2)[2].partition("@")[0])
    write(directory / "rabbitmq_definitions.json", json.dumps(definitions, indent=1))


def main(arguments: list[str]) -> int:
    """Make the secrets; 1 when the keys are still missing, 2 when wrongly called."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    directory = Path(arguments[0])
    make(directory)
    missing = [name for name in KEY_FILES if not (directory / name).exists()]
    if missing:
        sys.stderr.write(f"Missing in {directory}: {', '.join(missing)}. Make them with canlian keys.\n")
        return 1
    for name in KEY_FILES:
        (directory / name).chmod(0o444)
    (directory / "tokens").chmod(0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
