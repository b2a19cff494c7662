"""Reading YAML strictly: each mistake is told with file and line, nothing is guessed or converted.

Works on YAML nodes, which keep line numbers and duplicate keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class CatalogueError(Exception):
    """A catalogue file that cannot be trusted. The message reads "file:line: where: what is wrong"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a file, with its place and what it is called in messages."""

    path: Path
    node: Node
    what: str

    @property
    def place(self) -> str:
        return f"{self.path.name}:{self.node.start_mark.line + 1}"

    def error(self, problem: str) -> CatalogueError:
        return CatalogueError(f"{self.path}:{self.node.start_mark.line + 1}: {self.what}: {problem}")

    def items(self) -> Iterator[tuple["Entry", "Entry"]]:
        """The (key, value) pairs of a mapping whose keys are plain and differ."""
        if not isinstance(self.node, MappingNode):
            raise self.error("expected a mapping of keys")
        seen: set[str] = set()
        for name, value in self.node.value:
            key = Entry(self.path, name, self.what)
            text = key.text()
            if text in seen:
                raise key.error(f'duplicate key "{text}", expected each key once')
            seen.add(text)
            yield key, Entry(self.path, value, f"{self.what}, {text}")

    def fields(self, required: set[str], optional: frozenset[str] = frozenset()) -> Mapping[str, "Entry"]:
        """The values of a mapping that has all required keys and no unknown one."""
        fields: dict[str, Entry] = {}
        for key, value in self.items():
            if key.text() not in required | optional:
                expected = ", ".join(sorted(required | optional))
                raise key.error(f'unknown key "{key.text()}", expected {expected}')
            fields[key.text()] = value
        for missing in sorted(required - fields.keys()):
            raise self.error(f'"{missing}" is missing')
        return fields

    def list(self) -> list["Entry"]:
        """The elements of a list that is not empty."""
        if not isinstance(self.node, SequenceNode) or not self.node.value:
            raise self.error("expected a list of at least one")
        return [Entry(self.path, node, self.what) for node in self.node.value]

    def text(self) -> str:
        """A text that is not blank. Numbers must be quoted: YAML would read 01 as 1."""
        node = self.node
        if (
            not isinstance(node, ScalarNode)
            or node.tag != "tag:yaml.org,2002:str"
            or not str(node.value).strip()
        ):
            raise self.error("expected a text, in quotes where it looks like a number")
        return str(node.value)

    def texts(self) -> tuple[str, ...]:
        """The texts of a list that is not empty."""
        return tuple(entry.text() for entry in self.list())

    def number(self) -> int:
        """A whole number from 1."""
        node = self.node
        if not isinstance(node, ScalarNode) or not node.value.isdecimal() or int(node.value) < 1:
            raise self.error("expected a whole number from 1")
        return int(node.value)

    def boolean(self) -> bool:
        return self.choice(("true", "false")) == "true"

    def choice(self, choices: tuple[str, ...]) -> str:
        if not isinstance(self.node, ScalarNode) or self.node.value not in choices:
            raise self.error(f"expected one of {', '.join(choices)}")
        return str(self.node.value)


def read(path: Path) -> Entry:
    """The whole file. Raises CatalogueError when it is not YAML."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueError(f"{path}:{line}: not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}:1: not readable, expected YAML text in UTF-8") from error
    if node is None:
        raise CatalogueError(f'{path}:1: the file is empty, expected "indicators:"')
    return Entry(path, node, "the file")
