"""Rows to entities and back. Every read takes what it needs in one statement."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.domain.award import Award
from services.subsidy.domain.eligibility import Holder
from services.subsidy.domain.funding import Allotment, Fund
from services.subsidy.tables import awards, fund_allotments, persons


def people(tx: Transaction, ids: Collection[str]) -> dict[str, tuple[str, Holder]]:
    """Region and certificate of the persons in the caller's regions, by identifier."""
    query = sa.select(persons).where(persons.c.person_id.in_(ids), tx.scope(persons.c.region))
    return {
        row.person_id: (
            row.region,
            Holder(row.certified, row.category, row.grade, row.certificate_expires_on),
        )
        for row in tx.execute(query)
    }


def allotments(tx: Transaction, refs: Collection[str]) -> dict[str, Allotment]:
    """The allotments with these numbers, by number."""
    query = sa.select(fund_allotments).where(fund_allotments.c.ref.in_(refs))
    return {
        row.ref: Allotment(
            id=row.allotment_id,
            ref=row.ref,
            scheme=row.scheme,
            source=row.source,
            region=row.region,
            year=row.year,
            amount=Money(row.amount_fen),
            document=row.document,
            allotted_on=row.allotted_on,
        )
        for row in tx.execute(query)
    }


def add_allotments(tx: Transaction, new: Sequence[Allotment]) -> None:
    """Insert allotments, untouched so far."""
    rows = [
        {
            "allotment_id": allotment.id,
            "ref": allotment.ref,
            "scheme": allotment.scheme,
            "source": allotment.source,
            "region": allotment.region,
            "year": allotment.year,
            "amount_fen": allotment.amount.fen,
            "drawn_fen": 0,
            "document": allotment.document,
            "allotted_on": allotment.allotted_on,
            "recorded_at": tx.now,
        }
        for allotment in new
    ]
    if rows:
        tx.execute(sa.insert(fund_allotments), rows)


def allotted(tx: Transaction, year: str) -> dict[tuple[str, str], int]:
    """Fen made available for a year, by scheme and source, in the caller's regions."""
    fund = fund_allotments.c
    query = sa.select(fund.scheme, fund.source, sa.func.sum(fund.amount_fen).label("fen"))
    query = query.where(fund.year == year, tx.scope(fund.region)).group_by(fund.scheme, fund.source)
    return {(row.scheme, row.source): int(row.fen) for row in tx.execute(query)}


def lock_funds(tx: Transaction, scheme: str, year: str, sources: Sequence[str]) -> list[Fund]:
    """The allotments of these sources in the order of their use, locked until the commit."""
    table = fund_allotments
    query = (
        sa.select(table)
        .where(table.c.scheme == scheme, table.c.year == year, table.c.source.in_(sources))
        .order_by(table.c.allotted_on, table.c.allotment_id)
        .with_for_update()
    )
    rows = sorted(tx.execute(query), key=lambda row: sources.index(row.source))
    return [
        Fund(row.allotment_id, row.source, RegionCode(row.region), Money(row.amount_fen - row.drawn_fen))
        for row in rows
    ]


def draw_funds(tx: Transaction, drawn: Mapping[str, Money]) -> None:
    """Take amounts from allotments; the database refuses to take more than there is."""
    table = fund_allotments
    statement = (
        sa.update(table)
        .where(table.c.allotment_id == sa.bindparam("id"))
        .values(drawn_fen=table.c.drawn_fen + sa.bindparam("fen"))
    )
    if drawn:
        tx.execute(statement, [{"id": id_, "fen": amount.fen} for id_, amount in drawn.items()])


def known_awards(tx: Transaction, refs: Collection[str], person_ids: Collection[str]) -> list[Award]:
    """All awards with one of these numbers or of one of these persons."""
    query = sa.select(awards).where(sa.or_(awards.c.ref.in_(refs), awards.c.person_id.in_(person_ids)))
    return [_award(row) for row in tx.execute(query)]


def add_awards(tx: Transaction, new: Iterable[Award]) -> None:
    """Insert awards."""
    rows = [
        {
            "award_id": award.id,
            "ref": award.ref,
            "enrolment_id": award.enrolment_id,
            "person_id": award.person_id,
            "scheme": award.scheme,
            "variant": award.variant,
            "period": award.period,
            "region": award.region,
            "granted_on": award.granted_on,
            "decision": json.dumps(award.decision, ensure_ascii=False),
            "recorded_at": tx.now,
        }
        for award in new
    ]
    if rows:
        tx.execute(sa.insert(awards), rows)


def _award(row: sa.Row[Any]) -> Award:
    return Award(
        id=row.award_id,
        ref=row.ref,
        enrolment_id=row.enrolment_id,
        person_id=row.person_id,
        scheme=row.scheme,
        variant=row.variant,
        period=row.period,
        region=row.region,
        granted_on=row.granted_on,
        decision=json.loads(row.decision),
    )
