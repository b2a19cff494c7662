"""Records that a sample tells one by one, in <name>.records.yaml: a record, below it its steps.

A record names persons by a part of the cast and places by their names; whoever reads the package sees citizen
numbers, references of households and division codes in their place.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from canlian.package.kinds import KINDS, Kind
from canlian.sample.people import Person
from canlian.sample.records import Records
from canlian.sample.registry_shape import Told

_OURS = frozenset({"person", "persons_of", "times", "steps"})
_PLACES = frozenset({"region", "window", "trained", "training_regions"})
_KINDS = {kind.file.removesuffix(".csv"): kind for kind in KINDS}
_STEPS = {
    named.name.removesuffix("_ref"): kind.file
    for kind in KINDS
    for named, after in pairwise(kind.columns)
    if named.name.endswith("_ref") and after.name == "action"
}
"""The file with the steps of each noun: the column before the action names the record."""

Entry = dict[str, Any]


class Teller:
    """Writes the records that are told. households: references, by the number that persons name."""

    def __init__(self, records: Records, told: Told, households: list[str]) -> None:
        self._records = records
        self._told = told
        self._households = households
        self._cast = self._chosen()
        self._waiting = {part: iter(people) for part, people in self._cast.items()}

    def tell(self) -> None:
        """Add all records and steps.

        Raises KeyError for an unknown file, place or part of the cast, ValueError for a part that is too
        small.
        """
        for file, entries in self._told.files.items():
            for entry in entries:
                for values in self._records_of(_KINDS[file], entry):
                    self._records.add(f"{file}.csv", **values)
                    self._steps(file, values, entry.get("steps", ()))

    def _chosen(self) -> dict[str, list[Person]]:
        """Persons for each part, none in two of them: holders whose certificate nothing happened to since."""
        cast: dict[str, list[Person]] = {}
        taken: set[str] = set()
        for name, part in self._told.cast.items():
            town = self._records.shape.township(part.township)[:9] if part.township else ""
            fitting = [
                person
                for person in self._records.holders(self._records.shape.year, part.ages, _unchanged)
                if person.village.startswith(town) and person.id_number not in taken
            ]
            random = self._records.random(f"cast:{name}")
            cast[name] = self._records.choose(name, random, fitting, part.persons)
            taken |= {person.id_number for person in cast[name]}
        return cast

    def _records_of(self, kind: Kind, entry: Entry) -> Iterator[Entry]:
        """The records that an entry stands for: one, one for each of several persons, or several alike."""
        fields = {name: value for name, value in entry.items() if name not in _OURS}
        people: list[Person | None] = [None] * entry.get("times", 1)
        if "persons_of" in entry:
            [(part, (first, last))] = entry["persons_of"].items()
            people = list(self._cast[part][first:last])
        elif "person" in entry:
            people = [self._next(entry["person"]) for _ in people]
        for number, person in enumerate(people, 1):
            values = {name: self._text(name, value) for name, value in fields.items()}
            if len(people) > 1 and "ref" in values:
                values["ref"] = f"{values['ref']}-{number:02d}"
            if person is not None:
                values = self._of_person(kind, person) | values
            yield values

    def _next(self, part: str) -> Person:
        person = next(self._waiting[part], None)
        if person is None:
            raise ValueError(f"the records tell of more persons than the cast has for {part}")
        return person

    def _of_person(self, kind: Kind, person: Person) -> Entry:
        known = {
            "id_number": person.id_number,
            "household_ref": self._households[person.household],
            "region": person.village,
        }
        return {column.name: known[column.name] for column in kind.columns if column.name in known}

    def _steps(self, file: str, values: Entry, steps: Iterable[Any]) -> None:
        noun = file.removesuffix("s")
        for place, (action, acted_on, *more) in enumerate(steps, 1):
            fields = {name: self._text(name, value) for each in more for name, value in each.items()}
            self._records.add(
                _STEPS[noun],
                **{"ref": f"{values['ref']}-{place}", f"{noun}_ref": values["ref"], "action": action},
                **{"acted_on": acted_on, **fields},
            )

    def _text(self, name: str, value: Any) -> Any:
        """As it stands in a file."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, list):
            return ";".join(str(self._text(name, each)) for each in value)
        if isinstance(value, Mapping):
            return ";".join(f"{key}={each}" for key, each in value.items())
        if isinstance(value, date):
            return value.isoformat()
        return self._records.shape.place(value) if name in _PLACES else value


def _unchanged(person: Person) -> bool:
    return len(person.acts) == 1
