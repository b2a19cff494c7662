"""The samples in golden/, by `<TYPE>/<n>.json`."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "golden"
SAMPLES = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.glob("*/*.json"))}


def envelope(name: str) -> dict[str, Any]:
    """The headers and the data of a sample."""
    read: dict[str, Any] = json.loads(SAMPLES[name].read_text(encoding="utf-8"))
    return read
