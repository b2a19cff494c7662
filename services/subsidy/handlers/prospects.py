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
from services.subsidy.domain.award import Award
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


class Served:
    """What some persons are granted or claim, locked until the commit. Two records of one person are one."""

    def __init__(self, tx: Transaction, ids: Collection[str]) -> None:
        lock_people(tx, ids)
        self._heads = repository.heads(tx, ids)
        self._awards: dict[str, list[Award]] = {}
        for award in repository.known_awards(tx, (), self._heads):
            self._awards.setdefault(award.person_id, []).append(award)
        claimed = claim_repository.open_claims(tx, set(self._heads))
        self._claimed = {(self._heads[person_id], scheme) for person_id, scheme in claimed}

    def has(self, person_id: str, scheme: str, period: str) -> bool:
        """Whether the person has an award of the scheme for the period, or claims one."""
        head = self._heads.get(person_id, person_id)
        granted = any(covers(award, scheme, period) for award in self._awards.get(head, ()))
        return granted or (head, scheme) in self._claimed


def lock_people(tx: Transaction, ids: Collection[str]) -> None:
    """Lock persons until the commit, so that nobody is found while an award is granted to them."""
    # In the order of their keys, or two transactions could wait for each other.
    query = sa.select(persons.c.person_id).where(persons.c.person_id.in_(ids)).order_by(persons.c.person_id)
    tx.execute(query.with_for_update()).all()


def still_unserved(tx: Transaction, found: Collection[Prospect]) -> list[Prospect]:
    """Those who have no award and no claim."""
    if not found:
        return []
    served = Served(tx, {each.person_id for each in found})
    return [each for each in found if not served.has(each.person_id, each.scheme, each.period)]


def raise_leads(tx: Transaction, found: Iterable[Prospect]) -> int:
    """Raise leads of those who were not asked yet; how many. found: people who are served by nothing."""
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
