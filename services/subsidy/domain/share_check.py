"""Whether the shares of a scheme's sources add up to one, on every day and in every division."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

from kernel.regions import RegionCode
from kernel.rulebook import RuleBook, RuleView
from services.subsidy.domain.schemes import Scheme, parted

_SHARE = "funding_share"
_NAMES = {_SHARE, "shortage", "funding"}


def share_problems(code: str, book: RuleBook, on: Callable[[date], RuleView]) -> Iterator[str]:
    """Every mistake of a scheme, told at the rule with which it begins. on: the rules in force on a day."""
    keys = [key for key in book.keys() if _name(key, code) in _NAMES]  # noqa: SIM118 -- no dict
    places = {parted(key)[1] for key in keys}
    if book.office is not None and book.office.isdecimal():
        places.add(book.office)
    told = set()
    for value in sorted(
        (value for key in keys for value in book.history(key)),
        key=lambda value: (value.valid_from, value.key),
    ):
        rules = on(value.valid_from)
        for place in sorted(places):
            scheme = Scheme(code, rules.within(RegionCode.parse(place)) if place else rules)
            if (problem := _in_place(scheme, place)) and problem not in told:
                told.add(problem)
                yield f"{value.place}: {problem}, from {value.valid_from}{f' in {place}' if place else ''}"


def _in_place(scheme: Scheme, place: str) -> str | None:
    """What is wrong on one day in one division."""
    code, funding = scheme.code, scheme.stated("funding")
    rules = [rule for rule in scheme.every_rule() if _name(rule.key, code) == _SHARE]
    shares = {parted(rule.key)[0].split(".")[2]: rule for rule in rules}
    if funding is None:
        return None  # told as missing
    if not shares:
        problem = f"rule {code}.shortage is beside no share, expected {code}.{_SHARE}.<source>"
        return problem if scheme.stated("shortage") else None
    for source, rule in shares.items():
        if source not in funding.texts and parted(rule.key)[1] == place:
            return f"rule {rule.key} is of no source, expected one of {', '.join(funding.texts)}"
    if missing := [source for source in funding.texts if source not in shares]:
        return f"scheme {code} states no share of {', '.join(missing)}, expected one of each source"
    total = sum((shares[source].ratio for source in funding.texts), Fraction(0))
    return None if total == 1 else f"the shares of scheme {code} add up to {total}, expected 1"


def _name(key: str, code: str) -> str | None:
    head, _, rest = parted(key)[0].partition(".")
    return rest.partition(".")[0] if head == code else None
