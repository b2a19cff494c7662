"""Say what is wrong with a message without repeating its values, which may be personal data."""

import re

from pydantic import ValidationError

FAULTS_TOLD = 10
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,60}$")


def explain(error: ValidationError) -> tuple[str | None, str]:
    """The first field at fault and a sentence on all faults; unknown names that look like data are hidden."""
    faults = []
    first: str | None = None
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        place = ".".join(_part(part) for part in fault["loc"])
        first = first or place or None
        faults.append(f"{place or 'message'}: {fault['msg']}")
    more = "; and more" if len(faults) > FAULTS_TOLD else ""
    return first, "; ".join(faults[:FAULTS_TOLD]) + more


def _part(part: int | str) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return part if _NAME.match(part) else "(a name that is not allowed)"
