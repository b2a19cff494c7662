"""Which claims are put up for the public on a day (公示), and what of them.

A room of its own because claim_queries.py answers to officials, and this tells what everybody may read.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Refusal
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy.claim_tables import claim_acts, claims
from services.subsidy.domain.amounts import Basis, price
from services.subsidy.domain.notice import unnamed
from services.subsidy.domain.schemes import MARK, Scheme
from services.subsidy.domain.wording import WORDS
from services.subsidy.person_tables import persons

_ORDER = (claims.c.region, claims.c.scheme, claims.c.claim_id)


def list_notices(tx: Transaction, message: messages.ListNotices) -> messages.NoticePage:
    """A page of claims of the caller's regions whose notice runs on the day. Who is not named is counted."""
    rows = tx.execute(_running(tx, message).order_by(*_ORDER).limit(message.limit + 1)).all()
    page = rows[: message.limit]
    rules = tx.rules.at(message.day)
    lines: list[messages.NoticeLine] = []
    left_out: Counter[tuple[str, str]] = Counter()
    for row in page:
        there = rules.within(RegionCode(row.region))
        if reason := unnamed(row.birth_month, message.day, there, asked=row.name_hidden):
            left_out[row.scheme, reason] += 1
        else:
            lines.append(_line(tx, row, there))
    asked = rules if message.region is None else rules.within(RegionCode(message.region))
    return messages.NoticePage(
        lines=lines,
        unnamed=[
            messages.UnnamedClaims(
                scheme=scheme,
                title=_title(scheme, rules),
                minors=left_out[scheme, "minors"],
                asked=left_out[scheme, "asked"],
            )
            for scheme in sorted({scheme for scheme, _ in left_out})
        ],
        objection=asked["claims.notice.objection"].text,
        grounds=asked["claims.notice.unnamed"].document,
        after="-".join(_place(page[-1])) if len(rows) > message.limit else None,
    )


def _running(tx: Transaction, message: messages.ListNotices) -> sa.Select[Any]:
    """Claims that stood posted at the end of the day, with the day on which each was put up."""
    act = claim_acts.c
    so_far = (act.claim_id == claims.c.claim_id, act.acted_on <= message.day)
    stood = sa.select(act.state_after).where(*so_far).order_by(act.seq.desc()).limit(1).scalar_subquery()
    begun = sa.select(sa.func.max(act.acted_on)).where(*so_far, act.action == "post").scalar_subquery()
    # Of a person who was registered twice, the record that stands for both.
    kept = persons.alias("kept")
    kept_id = sa.func.coalesce(persons.c.merged_into, claims.c.person_id)
    query = (
        sa.select(claims, begun.label("first_day"), kept_id.label("kept_id"), kept.c.birth_month)
        .outerjoin(persons, persons.c.person_id == claims.c.person_id)
        .outerjoin(kept, kept.c.person_id == kept_id)
        .where(tx.scope(claims.c.region), claims.c.posted_until >= message.day, stood == "posted")
    )
    if message.region is not None:
        prefix = RegionCode(message.region).prefix
        query = query.where(claims.c.region.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.scheme is not None:
        query = query.where(claims.c.scheme == message.scheme)
    if message.after is not None:
        query = query.where(sa.tuple_(*_ORDER) > sa.tuple_(*message.after.split("-")))
    return query


def _line(tx: Transaction, row: sa.Row[Any], rules: RuleView) -> messages.NoticeLine:
    shown = row.variant if row.scheme in rules["claims.notice.shows_variant"].texts else None
    amount, cadence = _amount(tx, row, rules)
    return messages.NoticeLine(
        person_id=row.kept_id,
        region=row.region,
        scheme=row.scheme,
        title=_title(row.scheme, rules),
        variant=shown,
        variant_title=None if shown is None else WORDS.get(shown, shown),
        amount=None if amount is None else str(amount),
        cadence=cadence,
        first_day=row.first_day,
        last_day=row.posted_until,
    )


def _amount(tx: Transaction, row: sa.Row[Any], rules: RuleView) -> tuple[Money | None, Any]:
    """What is paid each time by the rules of the day, or of the period asked for, and what that is for."""
    if row.period is not None:
        rules = tx.rules.at(Period.parse(row.period).start).within(RegionCode(row.region))
    cost = None if row.cost_fen is None else Money(row.cost_fen)
    try:
        scheme = Scheme.of(rules, row.scheme)
        return price(scheme, row.variant, Basis(cost, row.days))[0], scheme.cadence
    except Refusal:
        return None, None


def _title(code: str, rules: RuleView) -> str:
    mark = code + MARK
    return rules[mark].title if mark in rules else code


def _place(row: sa.Row[Any]) -> Iterable[str]:
    return row.region, row.scheme, row.claim_id
