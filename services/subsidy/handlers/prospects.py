"""People to ask for an application: whom a run of outreach, news or a lower benefit shows to be entitled."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from services.subsidy import claim_repository, repository
from services.subsidy.domain.outreach import DECLINED, OPEN, Grounds, covers
from services.subsidy.outreach_tables import leads
from services.subsidy.person_tables import persons


@dataclass(frozen=True, slots=True)
class Prospect:
    """Somebody who is entitled to a scheme and has no award for the period, by all that is known.

    cause: what showed it. run_id: of a run of outreach.
    """

    person_id: str
    region: str
    scheme: str
    period: str
    found_on: date
    cause: messages.LeadCause
    grounds: Grounds
    run_id: str | None = None


def unserved(tx: Transaction, ids: Collection[str], scheme: str, period: str) -> set[str]:
    """Those of some persons who have no award of the scheme for the period and claim none, locked until the
    commit.
    """
    lock_people(tx, ids)
    heads = repository.heads(tx, ids)
    served = {
        heads[award.person_id]
        for award in repository.known_awards(tx, (), heads)
        if covers(award, scheme, period)
    }
    claimed = claim_repository.open_claims(tx, set(heads))
    served |= {heads[person_id] for person_id, claimed_scheme in claimed if claimed_scheme == scheme}
    return {person_id for person_id in ids if heads.get(person_id, person_id) not in served}


def lock_people(tx: Transaction, ids: Collection[str]) -> None:
    """Lock persons until the commit, so that nobody is found while an award is granted to them."""
    # In the order of their keys, or two transactions could wait for each other.
    query = sa.select(persons.c.person_id).where(persons.c.person_id.in_(ids)).order_by(persons.c.person_id)
    tx.execute(query.with_for_update()).all()


def still_unserved(tx: Transaction, found: Iterable[Prospect]) -> list[Prospect]:
    """Those who are unserved."""
    groups: dict[tuple[str, str], list[Prospect]] = {}
    for each in found:
        groups.setdefault((each.scheme, each.period), []).append(each)
    kept: list[Prospect] = []
    for (scheme, period), people in groups.items():
        free = unserved(tx, {each.person_id for each in people}, scheme, period)
        kept += [each for each in people if each.person_id in free]
    return kept


def raise_leads(tx: Transaction, found: Iterable[Prospect]) -> int:
    """Raise leads of those among the unserved who were not asked yet; how many."""
    groups: dict[str, dict[str, Prospect]] = {}
    for each in found:
        groups.setdefault(each.scheme, {})[each.person_id] = each
    rows = []
    for scheme, people in groups.items():
        asked = _asked(tx, scheme, people)
        rows += [
            _lead(tx, each)
            for person_id, each in sorted(people.items())
            if asked.get(person_id) not in {_STILL, each.grounds.digest}
        ]
    tx.insert(leads, rows)
    return len(rows)


_STILL = "open"
"""In place of the grounds of a lead that somebody works on."""


def _asked(tx: Transaction, scheme: str, ids: Collection[str]) -> dict[str, str]:
    """The grounds on which these persons were asked last without an award, by person."""
    query = sa.select(leads.c.person_id, leads.c.state, leads.c.grounds).where(
        leads.c.person_id.in_(ids), leads.c.scheme == scheme, leads.c.state.in_((*OPEN, *DECLINED))
    )
    return {
        row.person_id: _STILL if row.state in OPEN else row.grounds
        for row in tx.execute(query.order_by(leads.c.lead_id))
    }


def _lead(tx: Transaction, found: Prospect) -> dict[str, Any]:
    lead_id = tx.new_id()
    told = {
        name: getattr(found, name) for name in ("run_id", "person_id", "scheme", "period", "region", "cause")
    }
    tx.record(messages.LeadFound(lead_id=lead_id, found_on=found.found_on, **told))
    return {
        "lead_id": lead_id,
        **told,
        "grounds": found.grounds.digest,
        "rules": json.dumps(found.grounds.rules, ensure_ascii=False),
        "to_check": json.dumps(found.grounds.to_check, ensure_ascii=False),
        "found_on": found.found_on,
        "state": "found",
        "last_act_on": found.found_on,
        "recorded_at": tx.now,
    }
