"""The catalogue's files, rules/catalogue/*.yaml. An example with everything:

indicators:
  registry.persons.certified:
    version: 1                     # raise it when what is counted changes
    aliases: [registry.certified]  # optional: older codes of the same figure
    zh: 持证残疾人
    en: Certified disabled persons
    unit: person                   # person, household, institution, township, case, hour, square_metre,
                                   # person_time, yuan; a ratio: percent, an average: hour, institution, yuan
    kind: stock                    # flow: in the period; stock: on the day; money; ratio
    measure: persons               # events, persons, households, institutions, townships, hours,
                                   # square_metres, person_times or money; no ratio
    source: 金寨县残联2024年工作总结, 金寨县现有持证残疾人27066人
    feeds:
      - event: registry.certificate_changed.v1
        where: {mode: [office]}    # optional
        sign: minus                # optional, plus; no flow of events, institutions, townships takes it
        each: sources              # optional: one fact for every element of this list
        amount: {part: amount}     # money, hours, square_metres, person_times; of the event or the part
        dimensions: {category: {field: previous_category}, action: {const: change}}
        subject: person_id         # optional, the event's own
        day: acted_on              # optional, the event's own
    cuts:                          # the cells of a snapshot
      - {zh: …, en: …, whole: true}                               # all facts
      - {zh: …, en: …, dimensions: {grade: "1-2"}, facts: {grade: ["1", "2"]}}
      - {zh: …, en: …, dimensions: {category: visual}}            # facts: the same
    sums: [grade, category]        # optional: these cells must add up to the whole
    ratio:                         # ratio only, instead of measure, feeds and sums; a cell with
                                   # dimensions divides the cells that have them too
      numerator: {indicator: …, dimensions: {…}}
      denominator: {indicator: …}
"""

import re
from collections.abc import Mapping
from pathlib import Path

from kernel.strict_yaml import Entry, read
from services.reporting.domain import catalogue
from services.reporting.domain.catalogue import (
    QUANTITIES,
    Catalogue,
    Cell,
    Cut,
    EventShape,
    Feed,
    Indicator,
    Ratio,
    Source,
    dimensions_text,
)

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){2,}")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_VALUE = re.compile(r"[^;=,\s][^;=,]*")
_UNITS = {
    "events": "case",
    "persons": "person",
    "households": "household",
    "institutions": "institution",
    "townships": "township",
    "hours": "hour",
    "square_metres": "square_metre",
    "person_times": "person_time",
    "money": "yuan",
}
_RATIO_UNITS = ("percent", "hour", "institution", "yuan")
_NEVER_TAKEN_BACK = ("events", "institutions", "townships")
_Fields = Mapping[str, frozenset[str] | None]


class CatalogueError(Exception):
    """A catalogue file that cannot be trusted. The message reads "file:line: what is wrong"."""


def load(directory: Path, events: Mapping[str, EventShape]) -> Catalogue:
    """Read directory/*.yaml. events: the types that exist, and their fields.

    Raises CatalogueError for the first mistake found, naming file and line.
    """
    found: dict[str, Indicator] = {}
    names: dict[str, Entry] = {}
    for path in sorted(directory.glob("*.yaml")):
        file = read(path, CatalogueError).fields({"indicators"})
        for name, entry in file["indicators"].named("the indicators").items():
            indicator = _Reader(events, name, entry.named(name.text())).indicator()
            for code in (indicator.code, *indicator.aliases):
                if code in names:
                    raise name.error(f"duplicate code {code}, it stands in {names[code].place} too")
                names[code] = name
            found[indicator.code] = indicator
    for indicator in found.values():
        _check_ratio(indicator, names[indicator.code], found)
    if not found:
        raise CatalogueError(f"{directory}:1: no indicators, expected at least one file with some")
    return Catalogue(list(found.values()))


def _check_ratio(indicator: Indicator, name: Entry, known: Mapping[str, Indicator]) -> None:
    for cell in (cell for cut in indicator.cuts for cell in indicator.parts(cut)):
        shown = known.get(cell.indicator)
        cells = {dimensions_text(cut.dimensions) for cut in shown.cuts} if shown else set()
        if shown is None or shown.ratio is not None or cell.dimensions not in cells:
            raise name.error(f"no cell {cell.indicator} [{cell.dimensions}], expected one to divide")


class _Reader:
    """Reads one definition."""

    def __init__(self, events: Mapping[str, EventShape], name: Entry, entry: Entry) -> None:
        self._events = events
        self._name = name
        self._entry = entry

    def indicator(self) -> Indicator:
        code = self._name.text()
        if _CODE.fullmatch(code) is None:
            raise self._name.error(f'malformed code "{code}", expected at least three words joined by dots')
        kind = self._kind()
        required = {"version", "zh", "en", "unit", "kind", "source", "cuts"}
        more = {"ratio"} if kind == "ratio" else {"measure", "feeds"}
        optional = {"aliases"} if kind == "ratio" else {"aliases", "sums"}
        fields = self._entry.fields(required | more, frozenset(optional))
        measure = self._measure(kind, fields)
        feeds = (
            tuple(self._feed(entry, kind, measure) for entry in fields["feeds"].elements())
            if measure != "ratio"
            else ()
        )
        cuts = self._cuts(fields["cuts"], feeds)
        return Indicator(
            code=code,
            version=fields["version"].count(),
            aliases=fields["aliases"].texts() if "aliases" in fields else (),
            zh=fields["zh"].text(),
            en=fields["en"].text(),
            unit=fields["unit"].choice(_RATIO_UNITS if measure == "ratio" else (_UNITS[measure],)),
            kind=kind,
            measure=measure,
            source=fields["source"].text(),
            feeds=feeds,
            cuts=cuts,
            sums=self._sums(fields["sums"], cuts) if "sums" in fields else (),
            ratio=self._ratio(fields["ratio"]) if kind == "ratio" else None,
        )

    def _kind(self) -> catalogue.Kind:
        for key, value in self._entry.items():
            if key.text() == "kind":
                chosen = value.choice(catalogue.KINDS)
                return next(kind for kind in catalogue.KINDS if kind == chosen)
        raise self._entry.error(f'{self._entry.what} has no "kind"')

    def _measure(self, kind: catalogue.Kind, fields: Mapping[str, Entry]) -> catalogue.Measure:
        if kind == "ratio":
            return "ratio"
        allowed: Mapping[str, tuple[catalogue.Measure, ...]] = {
            "flow": ("events", "persons", "households", "institutions", "townships", *QUANTITIES),
            "stock": ("persons", "households", "institutions", "money", *QUANTITIES),
            "money": ("money",),
        }
        chosen = fields["measure"].choice(allowed[kind])
        return next(measure for measure in catalogue.MEASURES if measure == chosen)

    def _feed(self, entry: Entry, kind: catalogue.Kind, measure: catalogue.Measure) -> Feed:
        optional = {"where", "each", "subject", "day", "dimensions"}
        optional |= {"sign"} if kind == "stock" or measure not in _NEVER_TAKEN_BACK else set()
        amounts = measure in {"money", *QUANTITIES}
        fields = entry.fields({"event", "amount"} if amounts else {"event"}, frozenset(optional))
        event = fields["event"].text()
        if event not in self._events:
            raise fields["event"].error(f'unknown event "{event}"')
        shape = self._events[event]
        each = fields["each"].text() if "each" in fields else None
        if each is not None and each not in shape.parts:
            raise fields["each"].error(f'"{each}" is no list of {event}')
        parts = shape.parts[each] if each is not None else None
        subject = self._field_name(fields["subject"], shape) if "subject" in fields else shape.subject
        if subject not in catalogue.SUBJECTS.get(measure, (subject,)):
            told_by = " or ".join(catalogue.SUBJECTS[measure])
            raise entry.error(f"{measure} are told apart by {told_by}, not by {subject}")
        return Feed(
            event=event,
            where=self._where(fields["where"], shape) if "where" in fields else {},
            each=each,
            dimensions={
                self._key(key): self._source(value, shape.fields, parts)
                for key, value in (fields["dimensions"].items() if "dimensions" in fields else ())
            },
            sign=-1 if "sign" in fields and fields["sign"].choice(("plus", "minus")) == "minus" else 1,
            subject=subject,
            day=self._field_name(fields["day"], shape) if "day" in fields else shape.day,
            amount=self._source(fields["amount"], shape.fields, parts) if "amount" in fields else None,
        )

    def _where(self, entry: Entry, shape: EventShape) -> dict[str, frozenset[str]]:
        where = {}
        for key, value in entry.items():
            name = self._field_name(key, shape)
            where[name] = frozenset(value.texts())
            possible = shape.fields[name]
            if possible is not None and (strange := sorted(where[name] - possible)):
                raise value.error(
                    f'"{strange[0]}" never occurs, expected some of {", ".join(sorted(possible))}'
                )
        return where

    @staticmethod
    def _field_name(entry: Entry, shape: EventShape) -> str:
        if entry.text() not in shape.fields:
            raise entry.error(
                f'unknown field "{entry.text()}", expected one of {", ".join(sorted(shape.fields))}'
            )
        return entry.text()

    @staticmethod
    def _source(entry: Entry, fields: _Fields, parts: _Fields | None) -> Source:
        pairs = list(entry.items())
        if len(pairs) != 1:
            raise entry.error("expected one of field, part, const")
        name = pairs[0][1].text()
        origin = pairs[0][0].choice(("field", "part", "const"))
        if origin == "const":
            return Source("const", name)
        known = fields if origin == "field" else parts
        if known is None or name not in known:
            raise pairs[0][1].error(f'unknown {origin} "{name}"')
        return Source("field" if origin == "field" else "part", name)

    @staticmethod
    def _key(entry: Entry) -> str:
        if _KEY.fullmatch(entry.text()) is None:
            raise entry.error(f'malformed dimension "{entry.text()}", expected a lower-case word')
        return entry.text()

    def _cuts(self, entry: Entry, feeds: tuple[Feed, ...]) -> tuple[Cut, ...]:
        keys = {frozenset(feed.dimensions) for feed in feeds}
        if len(keys) > 1:
            raise self._entry.error("all feeds must give the same dimensions")
        cuts: dict[str, Cut] = {}
        for each in entry.elements():
            cut = self._cut(each, next(iter(keys), None))
            if dimensions_text(cut.dimensions) in cuts:
                raise each.error("the same dimensions twice, expected each cell once")
            cuts[dimensions_text(cut.dimensions)] = cut
        if sum(cut.whole for cut in cuts.values()) > 1:
            raise entry.error("more than one whole, expected at most one")
        return tuple(cuts.values())

    def _cut(self, entry: Entry, keys: frozenset[str] | None) -> Cut:
        """keys: dimensions that the feeds give; None for a ratio, which has none."""
        fields = entry.fields({"zh", "en"}, frozenset({"dimensions", "facts", "whole"}))
        shown = (
            {self._key(key): value.text() for key, value in fields["dimensions"].items()}
            if "dimensions" in fields
            else {}
        )
        for value in shown.values():
            if _VALUE.fullmatch(value) is None:
                raise fields["dimensions"].error('a value holds one of ";=," or begins with a space')
        if "facts" in fields:
            facts = {key.text(): frozenset(value.texts()) for key, value in fields["facts"].items()}
        else:
            facts = {key: frozenset({value}) for key, value in shown.items()}
        if keys is not None and (strange := sorted(facts.keys() - keys)):
            raise entry.error(f'no feed gives the dimension "{strange[0]}"')
        whole = "whole" in fields and fields["whole"].boolean()
        return Cut(shown, fields["zh"].text(), fields["en"].text(), facts, whole)

    @staticmethod
    def _sums(entry: Entry, cuts: tuple[Cut, ...]) -> tuple[str, ...]:
        keys = entry.texts()
        for key in keys:
            if not any(cut.whole for cut in cuts) or not any(set(cut.dimensions) == {key} for cut in cuts):
                raise entry.error(f'"{key}" cannot be checked, expected a whole and cells by {key}')
        return keys

    def _ratio(self, entry: Entry) -> Ratio:
        fields = entry.fields({"numerator", "denominator"})
        return Ratio(self._cell(fields["numerator"]), self._cell(fields["denominator"]))

    def _cell(self, entry: Entry) -> Cell:
        fields = entry.fields({"indicator"}, frozenset({"dimensions"}))
        pairs = fields["dimensions"].items() if "dimensions" in fields else ()
        return Cell(
            fields["indicator"].text(), dimensions_text({key.text(): value.text() for key, value in pairs})
        )
