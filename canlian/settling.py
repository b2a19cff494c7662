"""Which office, and where its data lies: from options, the environment and the data folder."""

import os
from pathlib import Path

from pydantic import ValidationError

from chassis.settings import Settings

OFFICE_FILE = "office.txt"
DEFAULT_DATA_DIR = Path("var")
SAMPLE_OFFICE = "341524"


class SettingsError(Exception):
    """The settings are wrong or contradict each other."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def settle(office: str | None, data_dir: Path | None, quiet: bool = True) -> Settings:
    """The settings of this command; the options go before the environment.

    quiet: log errors only, unless the environment says otherwise: what a command has to say it prints.

    An embedded office's data folder remembers whose it is: keys and rules of two offices never mix there.
    Without any choice the office is the sample county, for first steps. Raises SettingsError.
    """
    folder = data_dir or Path(os.environ.get("CANLIAN_DATA_DIR") or DEFAULT_DATA_DIR)
    chosen = office or os.environ.get("CANLIAN_OFFICE")
    remembered = _remembered(folder)
    try:
        settings = Settings(office=chosen or remembered or SAMPLE_OFFICE, data_dir=folder)
        if quiet and "CANLIAN_LOG_LEVEL" not in os.environ:
            settings = settings.model_copy(update={"log_level": "ERROR"})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(
            "settings.invalid", f"{place}: {first['msg'].removeprefix('Value error, ')}"
        ) from None
    if not settings.embedded:
        if chosen is None:
            raise SettingsError("settings.office", "name the office: --office CODE or CANLIAN_OFFICE")
        return settings
    if remembered and remembered != settings.office:
        message = f"{folder} holds office {remembered}, not {settings.office}; give another --data-dir"
        raise SettingsError("settings.office_differs", message)
    return settings


def remember(settings: Settings) -> None:
    """Note in the data folder whose it is."""
    if settings.embedded and _remembered(settings.data_dir) is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        (settings.data_dir / OFFICE_FILE).write_text(f"{settings.office}\n", "utf-8")


def _remembered(folder: Path) -> str | None:
    try:
        return (folder / OFFICE_FILE).read_text("utf-8").strip() or None
    except OSError:
        return None
