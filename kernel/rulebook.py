"""Rules as dated data: which value applied on a day, as far as it was known on another day.

The rule files themselves are read by kernel.rule_files; a file looks like this:

    rules:
      care.rate.boarding:
        description: Yearly care subsidy, boarding mode
        zh: 寄宿制托养补贴标准                 # optional
        unit: yuan_per_person_year
        values:
          - from: 2024-01-01
            value: "12000.00"              # null ends the rule
            reference: {document: "…", url: "…", quote: "…"}   # url and quote optional
            known_from: 2024-03-01         # optional, same as from
            certainty: assumed             # optional, found

A key may end in digits of a division code: care.rate.boarding.34 is what holds in that division instead of
care.rate.boarding, for those who look up rules within a division (RuleView.within).
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from kernel.errors import NotFound
from kernel.regions import RegionCode
from kernel.rule_files import Rule, RuleFileError, read_rules
from kernel.rule_values import UNITS, RuleValue

__all__ = ["DIVISION", "UNITS", "RuleBook", "RuleFileError", "RuleValue", "RuleView"]

_OFFICE = re.compile(r"[A-Za-z0-9_-]+")
DIVISION = re.compile(r"(.+)\.((?:[0-9]{2}){1,3}|[0-9]{9}|[0-9]{12})")
"""A key that ends in the digits of a division: the key without them, and the digits."""


class RuleView:
    """The rules in force on one day, as known on another. Made by RuleBook.at."""

    def __init__(self, values: Mapping[str, RuleValue], day: date) -> None:
        self._values = values
        self._day = day
        self._of_divisions: dict[str, dict[str, RuleValue]] | None = None
        self._within: dict[tuple[str, ...], RuleView] = {}

    def within(self, region: RegionCode) -> "RuleView":
        """The rules as they hold in a division; where several name it, that of the lowest level applies."""
        if self._of_divisions is None:
            self._of_divisions = {}
            for key, value in self._values.items():
                if (match := DIVISION.fullmatch(key)) is not None:
                    self._of_divisions.setdefault(match[2], {})[match[1]] = value
        holding = tuple(
            region.value[:digits]
            for digits in (2, 4, 6, 9, 12)
            if region.value[:digits] in self._of_divisions
        )
        if not holding:
            return self
        if holding not in self._within:
            values = dict(self._values)
            for prefix in holding:
                values |= self._of_divisions[prefix]
            self._within[holding] = RuleView(values, self._day)
        return self._within[holding]

    def replacing(self, value: RuleValue) -> "RuleView":
        """The same rules with one value put in place of what its key says, to see what would follow."""
        return RuleView({**self._values, value.key: value}, self._day)

    def keys(self) -> tuple[str, ...]:
        """The keys of the rules in force, in alphabetical order."""
        return tuple(sorted(self._values))

    def __getitem__(self, key: str) -> RuleValue:
        """Raises NotFound("rule.not_in_force") when no such rule exists, has begun, or is still in force."""
        if key not in self._values:
            raise NotFound(
                "rule.not_in_force",
                f"No value of rule {key} is in force on {self._day}; add one to the rule files or choose "
                "another day.",
                rule=key,
                day=self._day.isoformat(),
            )
        return self._values[key]

    def __contains__(self, key: str) -> bool:
        return key in self._values


def _read(directory: Path) -> dict[str, Rule]:
    """The rules of all files of a folder, none of it if there is no such folder."""
    rules: dict[str, Rule] = {}
    for path in sorted(directory.glob("*.yaml")):
        for rule in read_rules(path).values():
            if rule.key in rules:
                raise RuleFileError(
                    f"{rule.place}: duplicate rule {rule.key}, expected only the one in "
                    f"{rules[rule.key].place}"
                )
            rules[rule.key] = rule
    return rules


def _replace(rules: dict[str, Rule], own: Mapping[str, Rule], office: str) -> None:
    for rule in own.values():
        if rule.unit != rules.get(rule.key, rule).unit:
            raise RuleFileError(
                f"{rule.place}: rule {rule.key} is in {rule.unit}, expected the unit "
                f"{rules[rule.key].unit} of {rules[rule.key].place}"
            )
        for digits in range(2, len(office) + 1):
            rules.pop(f"{rule.key}.{office[:digits]}", None)
        rules[rule.key] = rule


class RuleBook:
    """All values of all rules of one directory, with the overrides of at most one office.

    office: whose overrides they are, None for the rules of the whole country.
    """

    def __init__(self, rules: Mapping[str, tuple[RuleValue, ...]], office: str | None = None) -> None:
        self._rules = rules
        self.office = office

    @classmethod
    def load(cls, directory: Path, office: str | None = None, own: Path | None = None) -> "RuleBook":
        """Read directory/*.yaml, then directory/offices/<office>.yaml and own/*.yaml, where these exist.

        own: a folder that the office keeps by itself. A rule in one of the office's files replaces the rule
        of that key as a whole, in the same unit, or is a new one; it also stands in for the rules of that key
        for the divisions that the office lies in.
        Raises RuleFileError for a directory that does not exist and for the first mistake found in a file,
        ValueError for an office that is not a plain name of letters, digits, "_" and "-".
        """
        if office is not None and _OFFICE.fullmatch(office) is None:
            raise ValueError("the office is not a plain name")
        if not directory.is_dir():
            raise RuleFileError(f"{directory}: no such directory, expected one with rule files")
        rules = _read(directory)
        if office is not None:
            override = directory / "offices" / f"{office}.yaml"
            if override.is_file():
                _replace(rules, read_rules(override), office)
            if own is not None:
                _replace(rules, _read(own), office)
        return cls({key: rules[key].values for key in sorted(rules)}, office)

    def keys(self) -> tuple[str, ...]:
        """The keys of all rules, also of ended ones, in alphabetical order."""
        return tuple(self._rules)

    def history(self, key: str) -> tuple[RuleValue, ...]:
        """All values of a rule ordered by (valid_from, known_from); value is None where it ends.

        Raises NotFound("rule.unknown").
        """
        if key not in self._rules:
            raise NotFound("rule.unknown", f"There is no rule {key}; add it to the rule files.", rule=key)
        return self._rules[key]

    def at(self, day: date, known_on: date | None = None) -> RuleView:
        """The rules in force on a day.

        With known_on only what the office could know that day counts, so an old decision can be computed
        again as it was made; without it everything in the files counts, also retroactive corrections. Of
        several values the one with the latest valid_from applies, among its corrections the one known last.
        """
        values = {}
        for key, history in self._rules.items():
            for value in reversed(history):
                if value.valid_from <= day and (known_on is None or value.known_from <= known_on):
                    if value.value is not None:
                        values[key] = value
                    break
        return RuleView(values, day)
