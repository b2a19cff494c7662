"""A notice put together: claims as subsidy tells them, names and divisions as the registry does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from canlian.calling import Caller, Identity

PURPOSE = "补贴申请公示"
_PAGE = 500
_TOWNSHIP = 9


@dataclass(frozen=True, slots=True)
class Posted:
    """One claim as everybody may read it. name: partly hidden; empty of whom the registry knows elsewhere.

    variant: empty where it is not to be told. amount: in yuan, exact; None where nobody can tell it yet.
    cadence: "month", "year" or "day", what the amount is for. first_day, last_day: of the notice.
    """

    name: str
    place: str
    variant: str
    amount: str | None
    cadence: str | None
    first_day: str
    last_day: str


@dataclass(slots=True)
class Section:
    """The claims of one scheme. minors, asked: how many are counted and not named, and why."""

    title: str
    lines: list[Posted] = field(default_factory=list)
    minors: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """What is put up in a division on a day. place: what the division is called."""

    place: str
    day: date
    sections: list[Section]
    objection: str
    grounds: str


def gather(caller: Caller, who: Identity, region: str, day: date, scheme: str | None = None) -> Notice:
    """The notice of a division; each name read is audited. Raises CallRefused, CallUnavailable."""
    pages = list(_pages(caller, who, region, day, scheme))
    lines = [line for page in pages for line in page["lines"]]
    names = _names(caller, who, day, {line["person_id"] for line in lines})
    places = _places(caller, who, day, {region, *(line["region"] for line in lines)})
    sections: dict[str, Section] = {}
    for line in lines:
        posted = _posted(line, names.get(line["person_id"], ""), _place(line["region"], places))
        _section(sections, line).lines.append(posted)
    for each in (each for page in pages for each in page["unnamed"]):
        section = _section(sections, each)
        section.minors += each["minors"]
        section.asked += each["asked"]
    return Notice(
        place=places.get(region, region),
        day=day,
        sections=[sections[scheme] for scheme in sorted(sections)],
        objection=pages[0]["objection"],
        grounds=pages[0]["grounds"],
    )


def _section(sections: dict[str, Section], told: dict[str, Any]) -> Section:
    return sections.setdefault(told["scheme"], Section(told["title"]))


def _pages(
    caller: Caller, who: Identity, region: str, day: date, scheme: str | None
) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        asked = {"day": day.isoformat(), "region": region, "scheme": scheme, "after": after, "limit": _PAGE}
        page = caller.call("subsidy", "list_notices", asked, who)
        yield page
        after = page["after"]
        if after is None:
            return


def _names(caller: Caller, who: Identity, day: date, person_ids: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for some in _parts(person_ids):
        asked = {"person_ids": some, "day": day.isoformat(), "purpose": PURPOSE}
        fields = {"idempotency_key": uuid4().hex, **asked}
        told = caller.call("registry", "reveal_notice_names", fields, who)["names"]
        names |= {each["person_id"]: each["name"] for each in told}
    return names


def _places(caller: Caller, who: Identity, day: date, regions: Iterable[str]) -> dict[str, str]:
    """What the divisions and their townships are called."""
    codes = {code for region in regions for code in (region, _township(region))}
    places: dict[str, str] = {}
    for some in _parts(codes):
        fields = {"codes": some, "day": day.isoformat()}
        told = caller.call("registry", "name_regions", fields, who)["regions"]
        places |= {each["code"]: each["name"] for each in told}
    return places


def _parts(wanted: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(wanted)
    for begin in range(0, len(ordered), _PAGE):
        yield ordered[begin : begin + _PAGE]


def _township(region: str) -> str:
    return region[:_TOWNSHIP].ljust(len(region), "0")


def _place(region: str, places: dict[str, str]) -> str:
    """The township and the village, each as it is called, or its code where that is in no table."""
    return "".join(places.get(code, code) for code in dict.fromkeys((_township(region), region)))


def _posted(line: dict[str, Any], name: str, place: str) -> Posted:
    return Posted(
        name=name,
        place=place,
        variant=line["variant_title"] or "",
        amount=line["amount"],
        cadence=line["cadence"],
        first_day=line["first_day"],
        last_day=line["last_day"],
    )
