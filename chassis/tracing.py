"""W3C Trace Context (w3.org/TR/trace-context): the ``traceparent`` that travels with requests and events."""

import re
import secrets

# A later version may append fields; version 00 has exactly 55 characters; ff and all-zero ids are invalid.
_TRACEPARENT = re.compile(
    r"(?!ff)(?!00.{54})[0-9a-f]{2}-(?!0{32})(?P<trace>[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})(?:-.*)?"
)


def new() -> str:
    """The traceparent of a trace that begins here, marked as sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child(traceparent: str | None) -> str:
    """The traceparent of a step inside the given one (same trace, new span); a new trace if malformed."""
    match = _match(traceparent)
    return f"00-{match['trace']}-{secrets.token_hex(8)}-{match['flags']}" if match else new()


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hexadecimal digits that name the trace; None if the traceparent is missing or malformed."""
    match = _match(traceparent)
    return match[1] if match else None


def _match(traceparent: object) -> re.Match[str] | None:
    return _TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
