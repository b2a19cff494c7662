"""package.yaml: whose data it is, and for which period."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from canlian.package.problems import PackageError, Problem
from contracts.message import Message, Name, OfficeCode, PeriodText

FILE = "package.yaml"
FORMAT = 1


class Manifest(Message):
    """name: of the package; part of the idempotency keys, so that two packages never share one."""

    format: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    office: OfficeCode
    period: PeriodText
    zh: Name
    en: Name


def read_manifest(directory: Path) -> Manifest:
    """Read a package's package.yaml. Raises PackageError."""
    path = directory / FILE
    try:
        content = yaml.safe_load(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise _error(
            "package.no_manifest", f"there is no such file in {directory}; it makes a folder a package"
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _error(
            "package.manifest_unreadable", f"not readable as YAML in UTF-8 ({type(error).__name__})"
        ) from None
    if not isinstance(content, dict):
        raise _error("package.manifest_invalid", "must hold keys and values")
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _error("package.manifest_invalid", first["msg"], field) from None


def _error(code: str, message: str, field: str | None = None) -> PackageError:
    return PackageError(Problem(FILE, 0, field, code, message))
