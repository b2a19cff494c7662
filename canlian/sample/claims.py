"""Awards that come of claims: handed in, checked, reviewed, approved, posted where asked for, awarded."""

from collections.abc import Iterator
from datetime import date

from canlian.sample.people import day_in
from canlian.sample.records import Records
from canlian.sample.shape import Award, Claimed
from kernel.workdays import Workdays

_DAYS = Workdays({}, {})


def claim_awards(records: Records, told: Award, claimed: Claimed) -> None:
    """Claims of a scheme and their steps; one for a person and year."""
    random = records.random(f"{told.scheme}:{told.variant}:{told.year}")
    for person in records.granted(told, random):
        applied_on = day_in(random, date(told.year, 5, 1), date(told.year, 9, 20))
        ref = records.ref("claims.csv", "SQ", told.year)
        records.add(
            "claims.csv",
            ref=ref,
            id_number=person.id_number,
            scheme=told.scheme,
            variant=told.variant,
            applicant="self",
            applied_on=applied_on,
            proof=f"{claimed.proof}-{ref}",
        )
        for place, (action, acted_on) in enumerate(_steps(applied_on, claimed.posted_days), 1):
            step = {"ref": f"{ref}-{place}", "claim_ref": ref, "action": action, "acted_on": acted_on}
            records.add("claim_steps.csv", **step)


def _steps(applied_on: date, posted_days: int) -> Iterator[tuple[str, date]]:
    """Each step with its day, each in time."""
    day = applied_on
    for action, later in (("accept", 1), ("check", 3), ("review", 2), ("approve", 2), ("post", 1)):
        if action != "post" or posted_days:
            day = _DAYS.after(day, later)
            yield action, day
    yield "award", _DAYS.after(day, posted_days + 1)
    yield "tell", _DAYS.after(day, posted_days + 2)
