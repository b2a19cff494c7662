"""Reading one YAML rule file strictly: every mistake is reported with file and line, nothing is guessed.

Works on YAML nodes instead of loaded objects: they keep line numbers and duplicate keys, and no scalar
ever passes through a float.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from kernel.rule_values import UNITS, Certainty, Family, RuleValue

_RULE_KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONEY = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2})?")
_RATIO = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15}|/[1-9][0-9]{0,14})?")
_INTEGER = re.compile(r"0|[1-9][0-9]{0,14}")


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
    return _Reader(path).rules()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path

    def rules(self) -> dict[str, Rule]:
        top = self._fields(self._compose(), "the file", required={"rules"})
        return {key: self._rule(key, name, node) for key, (name, node) in self._items(top["rules"], "rules")}

    def _compose(self) -> Node:
        try:
            text = self._path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise RuleFileError(f"{self._path}:{line}: not readable, expected text in UTF-8") from error
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise RuleFileError(f"{self._path}:{line}: {error.problem}, expected valid YAML") from error
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise RuleFileError(
                f"{self._path}:{line}: a control character, expected printable text"
            ) from error
        if node is None:
            raise RuleFileError(f'{self._path}:1: the file is empty, expected "rules:"')
        return node

    def _place(self, node: Node) -> str:
        return f"{self._path}:{node.start_mark.line + 1}"

    def _error(self, node: Node, problem: str) -> RuleFileError:
        return RuleFileError(f"{self._place(node)}: {problem}")

    def _items(self, node: Node, what: str) -> list[tuple[str, tuple[Node, Node]]]:
        """The (key, (key node, value node)) pairs of a mapping."""
        if not isinstance(node, MappingNode):
            raise self._error(node, f"{what} is a single value or a list, expected a mapping of keys")
        seen: set[str] = set()
        items: list[tuple[str, tuple[Node, Node]]] = []
        for name, value in node.value:
            if not isinstance(name, ScalarNode):
                raise self._error(name, f"a key of {what} is not a plain word")
            if name.value in seen:
                raise self._error(name, f'duplicate key "{name.value}" in {what}, expected each key once')
            seen.add(name.value)
            items.append((name.value, (name, value)))
        return items

    def _fields(
        self, node: Node, what: str, required: set[str], optional: frozenset[str] = frozenset()
    ) -> Mapping[str, Node]:
        fields = {}
        for key, (name, value) in self._items(node, what):
            if key not in required | optional:
                expected = ", ".join(sorted(required | optional))
                raise self._error(name, f'unknown key "{key}" in {what}, expected {expected}')
            fields[key] = value
        for key in sorted(required - fields.keys()):
            raise self._error(node, f'{what} has no "{key}", expected one')
        return fields

    def _rule(self, key: str, name: Node, node: Node) -> Rule:
        if _RULE_KEY.fullmatch(key) is None:
            raise self._error(name, f'malformed rule key "{key}", expected lower-case words joined by dots')
        what = f"rule {key}"
        fields = self._fields(node, what, {"description", "unit", "values"}, frozenset({"zh"}))
        for field in fields.keys() & {"description", "zh"}:
            self._string(fields[field], f"{field} of {what}")
        unit = self._choice(fields["unit"], f"unit of {what}", tuple(UNITS))
        entries = fields["values"]
        if not isinstance(entries, SequenceNode) or not entries.value:
            raise self._error(
                entries, f"values of {what} is empty or not a list, expected at least one value"
            )
        values: dict[tuple[date, date], RuleValue] = {}
        for entry in entries.value:
            value = self._value(key, unit, entry)
            if (value.valid_from, value.known_from) in values:
                raise self._error(
                    entry,
                    f"overlapping dates in {what}: a second value from {value.valid_from} known from "
                    f"{value.known_from}, expected a later known_from for a correction",
                )
            values[value.valid_from, value.known_from] = value
        return Rule(key, unit, tuple(values[dates] for dates in sorted(values)), self._place(name))

    def _value(self, key: str, unit: str, node: Node) -> RuleValue:
        what = f"a value of rule {key}"
        fields = self._fields(
            node, what, {"from", "value", "reference"}, frozenset({"known_from", "certainty"})
        )
        valid_from = self._date(fields["from"], f'"from" in {what}')
        known_from = valid_from
        if "known_from" in fields:
            known_from = self._date(fields["known_from"], f'"known_from" in {what}')
        certainty: Certainty = "found"
        if "certainty" in fields:
            chosen = self._choice(fields["certainty"], f"certainty of {what}", ("found", "assumed"))
            certainty = "assumed" if chosen == "assumed" else "found"
        return RuleValue(
            key=key,
            value=self._written(fields["value"], unit),
            unit=unit,
            valid_from=valid_from,
            known_from=known_from,
            document=self._document(fields["reference"], what),
            certainty=certainty,
        )

    def _document(self, node: Node, what: str) -> str:
        reference = f"the reference of {what}"
        fields = self._fields(node, reference, {"document"}, frozenset({"url", "quote"}))
        texts = {field: self._string(value, f"{field} in {reference}") for field, value in fields.items()}
        return texts["document"]

    def _date(self, node: Node, what: str) -> date:
        # fromisoformat alone would also take 20240101 and 2024-W01-1.
        written = isinstance(node, ScalarNode) and _DATE.fullmatch(node.value)
        try:
            return date.fromisoformat(written[0] if written else "")
        except ValueError:
            raise self._error(node, f"{what} is not a date, expected YYYY-MM-DD") from None

    def _string(self, node: Node, what: str) -> str:
        if not _is(node, "str") or not node.value.strip():
            raise self._error(node, f"{what} is not a text, expected a quoted non-empty text")
        return str(node.value)

    def _choice(self, node: Node, what: str, choices: tuple[str, ...]) -> str:
        if not isinstance(node, ScalarNode) or node.value not in choices:
            raise self._error(node, f"{what} is unknown, expected one of {', '.join(choices)}")
        return str(node.value)

    def _written(self, node: Node, unit: str) -> str | tuple[str, ...] | None:
        if _is(node, "null") and node.value == "null":
            return None
        family = UNITS[unit]
        if family == "texts":
            return self._texts(node)
        accepts, expected = _SCALARS[family]
        if not accepts(node):
            raise self._error(node, f"the value does not fit the unit {unit}, expected {expected}")
        return str(node.value)

    def _texts(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node, SequenceNode):
            raise self._error(node, "the value does not fit the unit texts, expected a list of texts or null")
        return tuple(self._string(item, "an item of the list") for item in node.value)


def _is(node: Node, tag: str, pattern: re.Pattern[str] | None = None) -> bool:
    if not isinstance(node, ScalarNode) or node.tag != f"tag:yaml.org,2002:{tag}":
        return False
    return pattern is None or pattern.fullmatch(node.value) is not None


_SCALARS: Mapping[Family, tuple[Callable[[Node], bool], str]] = {
    "money": (lambda node: _is(node, "str", _MONEY), 'yuan as a quoted decimal like "12000.00", or null'),
    "ratio": (
        lambda node: _is(node, "str", _RATIO),
        'a quoted decimal or fraction like "0.015" or "1/3", or null',
    ),
    "integer": (lambda node: _is(node, "int", _INTEGER), "an unquoted whole number, or null"),
    "text": (lambda node: _is(node, "str", re.compile(r"(?s).*\S.*")), "a quoted non-empty text, or null"),
    "switch": (lambda node: _is(node, "bool", re.compile("true|false")), "true, false or null"),
}
