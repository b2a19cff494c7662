"""The end of awards that go on from month to month."""

from dataclasses import replace
from functools import cache

from chassis import clock
from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, NotFound
from kernel.regions import RegionCode
from services.subsidy import change_repository, repository
from services.subsidy.domain.award import Award, Stop, Trace
from services.subsidy.domain.duration import last_month
from services.subsidy.domain.record import check_past, check_same
from services.subsidy.domain.schemes import Scheme


def stop_awards(tx: Transaction, message: messages.StopAwards) -> BulkReply:
    """End awards by the rule of the reason. What was paid beyond the last month is not touched here."""
    bulk = Bulk(message)
    items = list(bulk.items())
    known = change_repository.stops(tx, [item.ref for item in items])
    awards = repository.lock_awards(tx, {item.award_id for item in items})
    rules_on, today = cache(tx.rules.at), clock.office_day(tx.now)
    new: list[tuple[Stop, Trace]] = []
    for entry in bulk:
        with entry.deciding():
            if (award := awards.get(entry.item.award_id)) is None:
                raise NotFound(
                    "subsidy.unknown_award",
                    "There is no such award, or it lies outside the caller's regions.",
                    field="award_id",
                )
            if (before := known.get(entry.item.ref)) is not None:
                item = entry.item
                told = (item.award_id, item.reason, item.happened_on)
                check_same("stop", (before.award_id, before.reason, before.happened_on), told)
                entry.unchanged(before.id)
                continue
            check_past(entry.item.happened_on, today, "happened_on")
            rules = rules_on(entry.item.happened_on).within(RegionCode(award.region))
            scheme = Scheme.of(rules, award.scheme)
            last, decision = last_month(scheme, entry.item.reason, entry.item.happened_on)
            stop = Stop(tx.new_id(), last_period=last.text, **entry.item.model_dump())
            awards[award.id] = _stopped(award, stop)
            known[stop.ref] = stop
            new.append((stop, decision))
            entry.created(stop.id)
    change_repository.add_stops(tx, new)
    for stop, _ in new:
        tx.record(award_stopped(awards[stop.award_id], stop))
    return bulk.reply()


def _stopped(award: Award, stop: Stop) -> Award:
    if award.last_period is not None and award.last_period <= stop.last_period:
        raise Conflict(
            "subsidy.already_stopped",
            f"The award ends with {award.last_period} already; only an earlier end can follow.",
            award_id=award.id,
        )
    return replace(award, last_period=stop.last_period, sole=False)


def award_stopped(award: Award, stop: Stop) -> messages.AwardStopped:
    """What is told of a stop."""
    return messages.AwardStopped(
        region=award.region,
        award_id=award.id,
        person_id=award.person_id,
        scheme=award.scheme,
        variant=award.variant,
        reason=stop.reason,
        last_period=stop.last_period,
        stopped_on=stop.happened_on,
    )
