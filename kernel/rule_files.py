"""Reading one YAML rule file; the form of the files stands in kernel.rulebook."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yaml.nodes import SequenceNode

from kernel.rule_values import UNITS, Certainty, Family, RuleValue
from kernel.strict_yaml import Entry, read

_RULE_KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2})?")
_RATIO = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15}|/[1-9][0-9]{0,14})?")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,14}")
_TEXT = re.compile(r"(?s).*\S.*")
_SWITCH = re.compile(r"true|false")
_NULL = re.compile(r"null")


class RuleFileError(Exception):
    """A rule file that cannot be trusted. The message reads "file:line: what is wrong, what is expected"."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as read: its values ordered by (valid_from, known_from), and the "file:line" where it stands."""

    key: str
    unit: str
    values: tuple[RuleValue, ...]
    place: str


def read_rules(path: Path) -> dict[str, Rule]:
    """All rules of one file by key. Raises RuleFileError."""
    rules = read(path, RuleFileError).fields({"rules"})["rules"].named("rules")
    return {key.text(): _rule(key, entry) for key, entry in rules.items()}


def _rule(name: Entry, entry: Entry) -> Rule:
    key = name.text()
    if _RULE_KEY.fullmatch(key) is None:
        raise name.error(f'malformed rule key "{key}", expected lower-case words joined by dots')
    entry = entry.named(f"rule {key}")
    fields = entry.fields({"description", "unit", "values"}, frozenset({"zh"}))
    fields["description"].text()
    title = fields["zh"].text() if "zh" in fields else ""
    unit = fields["unit"].choice(tuple(UNITS))
    values: dict[tuple[date, date], RuleValue] = {}
    for element in fields["values"].elements():
        value = _value(key, unit, title, element.named(f"a value of rule {key}"))
        if (value.valid_from, value.known_from) in values:
            raise element.error(
                f"overlapping dates in rule {key}: a second value from {value.valid_from} known from "
                f"{value.known_from}, expected a later known_from for a correction"
            )
        values[value.valid_from, value.known_from] = value
    return Rule(key, unit, tuple(values[dates] for dates in sorted(values)), name.place)


def _value(key: str, unit: str, title: str, entry: Entry) -> RuleValue:
    fields = entry.fields({"from", "value", "reference"}, frozenset({"known_from", "certainty"}))
    valid_from = _date(fields["from"])
    certainty: Certainty = "found"
    if "certainty" in fields and fields["certainty"].choice(("found", "assumed")) == "assumed":
        certainty = "assumed"
    return RuleValue(
        key=key,
        value=_written(fields["value"], unit),
        unit=unit,
        valid_from=valid_from,
        known_from=_date(fields["known_from"]) if "known_from" in fields else valid_from,
        document=_document(fields["reference"]),
        certainty=certainty,
        title=title,
        place=entry.place,
    )


def _document(entry: Entry) -> str:
    fields = entry.fields({"document"}, frozenset({"url", "quote"}))
    return {field: value.text() for field, value in fields.items()}["document"]


def _date(entry: Entry) -> date:
    # fromisoformat alone would also take 20240101 and 2024-W01-1.
    try:
        if entry.written("timestamp", _DATE) or entry.written("str", _DATE):
            return date.fromisoformat(entry.node.value)
    except ValueError:
        pass
    raise entry.error(f"{entry.what} is not a date, expected YYYY-MM-DD")


def _written(entry: Entry, unit: str) -> str | tuple[str, ...] | None:
    """The value as written in the file; None where the rule ends."""
    if entry.written("null", _NULL):
        return None
    family = UNITS[unit]
    if family == "texts" and isinstance(entry.node, SequenceNode):
        return tuple(element.text() for element in entry.elements(least=0))
    accepts, expected = _FORMS[family]
    if not accepts(entry):
        raise entry.error(f"the value does not fit the unit {unit}, expected {expected}")
    return str(entry.node.value)


_FORMS: Mapping[Family, tuple[Callable[[Entry], bool], str]] = {
    "money": (
        lambda entry: entry.written("str", _MONEY),
        'yuan as a quoted decimal like "12000.00", or null',
    ),
    "ratio": (
        lambda entry: entry.written("str", _RATIO),
        'a quoted decimal or fraction like "0.015" or "1/3", or null',
    ),
    "integer": (lambda entry: entry.written("int", _INTEGER), "an unquoted whole number, or null"),
    "text": (lambda entry: entry.written("str", _TEXT), "a quoted non-empty text, or null"),
    "texts": (lambda _: False, "a list of texts or null"),
    "switch": (lambda entry: entry.written("bool", _SWITCH), "true, false or null"),
}
