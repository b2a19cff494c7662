"""Logs: one JSON object a line on standard error, with nothing personal in it.

Three nets, each for what the one before lets through: only keys of ALLOWED_KEYS are written; the places where
databases and validators quote the input are cut out of texts; and whatever still looks like a citizen, card
or telephone number is replaced. Names and addresses have no form to recognise: they must never be logged at
all. Records of the standard library's logging (nameko, kombu, sqlalchemy) pass the same nets.
"""

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Keys of our own records; only things that have ids, names of program parts, codes and counts belong here.
ALLOWED_KEYS = frozenset(
    [
        *("event", "level", "logger", "timestamp", "exception", "service", "trace_id", "call_id", "withheld"),
        *("actor", "code", "consumer", "error", "event_id", "event_type", "exchange", "facts", "host", "job"),
        *("kind", "method", "outcome", "port", "queue", "reason", "reference", "role", "source", "url"),
        *("applied", "attempt", "count", "done", "duplicates", "epoch", "gap", "parked", "pid", "position"),
        *("seconds", "services", "task", "total", "type", "version"),
    ]
)
QUIET_LOGGERS = ("nameko", "kombu", "amqp", "sqlalchemy", "alembic", "eventlet", "httpx", "urllib3")

_QUOTED_INPUT = re.compile(
    r"(?P<start>DETAIL:|\[parameters:|\binput_value=)"
    r"(?:(?<=input_value=).*(?=, input_type=)|.*)"
)
# No digit before; the digits of an escape that repr wrote, as in "\x01", are none.
_START = r"(?:(?<!\d)|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\U[0-9a-f]{8}))"
_HEXADECIMAL = r"[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NUMBERS = re.compile(
    "|".join(
        [
            # Hexadecimal identifiers and hashes stay whole, even one with the digits of a telephone number.
            rf"(?P<id>(?<![0-9A-Za-z])(?=[0-9-]*[a-f])(?:{_HEXADECIMAL})(?![0-9A-Za-z]))",
            # Citizen numbers of 18 and 15, cards and accounts of 13 and more: nothing else is that long.
            r"\d{13,}[XxＸｘ]?",
            r"\d{6}[ -]\d{8}[ -]\d{3}[\dXxＸｘ]",
            _START + r"\d{4}(?:[ -]\d{4}){3,5}(?:[ -]?\d{1,3})?(?!\d)",
            _START + r"(?:(?:\+|00)?86[ -]?|0)?[1１][3-9３-９]\d(?:[ -]?\d{4}){2}(?!\d)",
        ]
    )
)
_PLAIN_NUMBER = 10_000_000_000
_REDACTED = "[redacted]"


def redact(text: str) -> str:
    """The text without quoted input and without what looks like a citizen, card or telephone number."""
    text = _QUOTED_INPUT.sub(rf"\g<start> {_REDACTED}", text)
    return _NUMBERS.sub(lambda match: match["id"] or _REDACTED, text)


def redact_value(value: Any) -> Any:
    """The same for any value on its way to JSON; objects become redacted text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < _PLAIN_NUMBER:
        return value
    if isinstance(value, Mapping):
        return {redact(str(key)): redact_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(item) for item in value]
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", "replace"))
    return redact(str(value))


def configure(level: str = "INFO", json: bool = True, stream: TextIO | None = None) -> None:
    """Set up logging for the process, at its start.

    level: of our own records; those of libraries appear from WARNING on. json: False for lines easier on the
    eye. stream: standard error when None. Uncaught exceptions and Python's warnings go through the logs as
    well.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,  # text of the traceback only, no local variables
                _withhold,
                _redact_record,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def bind(service: str | None = None, trace_id: str | None = None, call_id: str | None = None) -> None:
    """Add to each later record of this green thread, for its whole life."""
    structlog.contextvars.bind_contextvars(**_given(service, trace_id, call_id))


def bound(
    service: str | None = None, trace_id: str | None = None, call_id: str | None = None
) -> AbstractContextManager[None]:
    """Add to each record of this green thread while the block runs."""
    return structlog.contextvars.bound_contextvars(**_given(service, trace_id, call_id))


def _given(service: str | None, trace_id: str | None, call_id: str | None) -> dict[str, str]:
    values = {"service": service, "trace_id": trace_id, "call_id": call_id}
    return {key: value for key, value in values.items() if value is not None}


def _withhold(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    allowed = {key: value for key, value in record.items() if key in ALLOWED_KEYS}
    withheld = sorted(str(key) for key in record.keys() - ALLOWED_KEYS)
    return allowed | {"withheld": withheld} if withheld else allowed


def _redact_record(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    return {key: redact_value(value) for key, value in record.items()}


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("uncaught").critical("the process ends by an error", exc_info=(kind, error, trace))


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the standard library's name
        """Say that a record was lost; the standard library would print its arguments in plain."""
        self.stream.write(
            f'{{"level": "error", "event": "a record of {redact(record.name)} could not be written"}}\n'
        )
