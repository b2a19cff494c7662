"""Reading YAML strictly: every mistake is told with file and line, nothing is guessed or converted.

Works on YAML nodes instead of loaded objects: they keep line numbers and duplicate keys, and no scalar ever
passes through a float.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

_COUNT = re.compile(r"[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One key or value of a file. what: its name in messages. fault: the exception that its mistakes raise.

    Every method raises the fault, "file:line: what is wrong, what is expected", when the file says otherwise.
    """

    path: Path
    node: Node
    what: str
    fault: type[Exception]

    @property
    def place(self) -> str:
        """Where it stands, as "file:line"."""
        return f"{self.path}:{self.node.start_mark.line + 1}"

    def error(self, problem: str) -> Exception:
        """The fault to raise for a mistake here."""
        return self.fault(f"{self.place}: {problem}")

    def named(self, what: str) -> Self:
        """The same under another name."""
        return replace(self, what=what)

    def items(self) -> Iterator[tuple["Entry", "Entry"]]:
        """The (key, value) pairs of a mapping whose keys are plain words and differ."""
        if not isinstance(self.node, MappingNode):
            raise self.error(f"{self.what} is a single value or a list, expected a mapping of keys")
        seen: set[str] = set()
        for name, value in self.node.value:
            key = self._part(name, f"a key of {self.what}")
            if not key.written("str"):
                raise key.error(f"{key.what} is not a plain word")
            if name.value in seen:
                raise key.error(f'duplicate key "{name.value}" in {self.what}, expected each key once')
            seen.add(name.value)
            yield key, self._part(value, f"{name.value} of {self.what}")

    def fields(self, required: set[str], optional: frozenset[str] = frozenset()) -> Mapping[str, "Entry"]:
        """The values of a mapping that has all required keys and no unknown one."""
        fields: dict[str, Entry] = {}
        for key, value in self.items():
            if key.text() not in required | optional:
                expected = ", ".join(sorted(required | optional))
                raise key.error(f'unknown key "{key.text()}" in {self.what}, expected {expected}')
            fields[key.text()] = value
        for missing in sorted(required - fields.keys()):
            raise self.error(f'{self.what} has no "{missing}", expected one')
        return fields

    def elements(self, least: int = 1) -> list["Entry"]:
        """The elements of a list that has at least so many."""
        if not isinstance(self.node, SequenceNode) or len(self.node.value) < least:
            raise self.error(f"{self.what} is empty or not a list, expected a list of at least {least}")
        return [self._part(node, f"an item of {self.what}") for node in self.node.value]

    def text(self) -> str:
        """A text that is not blank. Numbers must be quoted: YAML would read 01 as 1."""
        if not self.written("str") or not str(self.node.value).strip():
            raise self.error(f"{self.what} is not a text, expected a quoted non-empty text")
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        """The texts of a list that is not empty."""
        return tuple(element.text() for element in self.elements())

    def count(self) -> int:
        """A whole number from 1."""
        if not self.written("int", _COUNT):
            raise self.error(f"{self.what} is no count, expected a whole number from 1")
        return int(self.node.value)

    def choice(self, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        if not isinstance(self.node, ScalarNode) or self.node.value not in choices:
            raise self.error(f"{self.what} is unknown, expected one of {', '.join(choices)}")
        return str(self.node.value)

    def boolean(self) -> bool:
        """Only true and false are read: yes, on and 1 are refused."""
        return self.choice(("true", "false")) == "true"

    def written(self, tag: str, pattern: re.Pattern[str] | None = None) -> bool:
        """Whether it is a scalar that YAML takes for a "str", "int", "bool" or "null", in that form."""
        if not isinstance(self.node, ScalarNode) or self.node.tag != f"tag:yaml.org,2002:{tag}":
            return False
        return pattern is None or pattern.fullmatch(self.node.value) is not None

    def _part(self, node: Node, what: str) -> "Entry":
        return Entry(self.path, node, what, self.fault)


def read(path: Path, fault: type[Exception]) -> Entry:
    """The whole file. Raises the fault when it is not YAML in UTF-8, or empty; OSError when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise fault(f"{path}:{line}: not readable, expected text in UTF-8") from error
    try:
        # libyaml's reader: Python's own takes five times as long, at every start of a service.
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise fault(f"{path}:{line}: {error.problem}, expected valid YAML") from error
    except ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise fault(f"{path}:{line}: a control character, expected printable text") from error
    if node is None:
        raise fault(f"{path}:1: the file is empty")
    return Entry(path, node, "the file", fault)
