"""The words of a notice, in Chinese and English."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from canlian.notice.gathering import Notice, Posted, Section


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language. headings: of the columns. per: what follows an amount, by what it is for."""

    title: str
    opening: str
    headings: tuple[str, ...]
    per: Mapping[str, str]
    span: str
    nothing: str
    unnamed: str
    nameless: str
    objection: str
    day: str


CHINESE = Words(
    title="{place}残疾人补贴申请公示",
    opening="下列补贴申请经审核拟予批准，现将{day}正在公示的名单公布如下，接受社会监督。",
    headings=("序号", "姓名", "住址", "类别", "补贴标准", "公示期"),
    per={"month": "元/月", "year": "元/年", "day": "元/次"},
    span="{first}至{last}",
    nothing="当日没有正在公示的补贴申请。",
    unnamed="另有{count}人不公示姓名，其中未成年人（含年龄不详）{minors}人，申请不具名{asked}人。依据：{grounds}。",
    nameless="（不具名）",
    objection="{objection}",
    day="{0.year}年{0.month}月{0.day}日",
)
ENGLISH = Words(
    title="{place}: notice of claims for subsidies of disabled persons",
    opening="These claims are to be granted. The list of {day} is put up so that everybody may object.",
    headings=("No.", "Name", "Home", "Kind", "Amount", "Notice"),
    per={"month": " yuan a month", "year": " yuan a year", "day": " yuan each time"},
    span="{first} to {last}",
    nothing="No notice runs on that day.",
    unnamed="{count} more are not named: {minors} minors, or of unknown age, and {asked} who asked for it. "
    "Grounds: {grounds}.",
    nameless="(not named)",
    objection="Objections are taken until the last day of the notice: {objection}",
    day="{0:%Y-%m-%d}",
)
LANGUAGES: Mapping[str, Words] = {"zh": CHINESE, "en": ENGLISH}


def title(notice: Notice, words: Words) -> str:
    """What the notice is called."""
    return words.title.format(place=notice.place)


def opening(notice: Notice, words: Words) -> str:
    """What it is about, and of which day; or that there is nothing."""
    day = words.day.format(notice.day)
    return words.opening.format(day=day) if notice.sections else words.nothing


def rows(section: Section, words: Words) -> Iterator[tuple[str, ...]]:
    """Its table: the heading, then a row for each claim; the column of kinds only where one is told."""
    told = any(line.variant for line in section.lines)
    for row in (words.headings, *(_row(n, line, words) for n, line in enumerate(section.lines, 1))):
        yield row if told else tuple(text for column, text in enumerate(row) if column != _KIND)


_KIND = 3


def _row(number: int, line: Posted, words: Words) -> tuple[str, ...]:
    amount = "" if line.amount is None else f"{line.amount}{words.per[line.cadence or '']}"
    days = (words.day.format(date.fromisoformat(day)) for day in (line.first_day, line.last_day))
    span = words.span.format(**dict(zip(("first", "last"), days, strict=True)))
    return str(number), line.name or words.nameless, line.place, line.variant, amount, span


def unnamed(section: Section, grounds: str, words: Words) -> str:
    """How many are not named, and why; empty where all are."""
    count = section.minors + section.asked
    told = {"count": count, "minors": section.minors, "asked": section.asked, "grounds": grounds}
    return words.unnamed.format(**told) if count else ""


def objection(notice: Notice, words: Words) -> str:
    """How to object."""
    return words.objection.format(objection=notice.objection)
