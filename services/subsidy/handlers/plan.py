"""The first half of a disbursement: the list of payments, drawn up by a job and frozen."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import NotFound
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import difference_repository, due_repository, fund_repository, replies, run_repository
from services.subsidy.domain import frozen_list
from services.subsidy.domain.amounts import Basis, check_priced, price
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.funding import Funding
from services.subsidy.domain.run import OPEN, Run, check_begun
from services.subsidy.domain.schemes import Scheme
from services.subsidy.handlers.coverage import check_covered
from services.subsidy.handlers.offsets import Due, Offsets

JOB = "subsidy.plan"
AWARDS_PER_STEP = 2000


def plan_disbursement(tx: Transaction, message: messages.PlanDisbursement) -> messages.DisbursementRun:
    """Start a run over the awards that are in none yet, and back-pay. An open run is returned instead, and so
    is the last one when nothing is new: planning twice changes nothing, but for a list that a wrong rule has
    stopped, which goes on.

    Raises NotFound("subsidy.nothing_to_pay") when there is neither a run nor an award nor back-pay,
    Conflict("subsidy.funds_short"), Conflict("subsidy.differs_below"), Conflict("subsidy.period_to_come"),
    and what the rules raise for an unknown scheme, a wrong period or a rate not in force in that period.
    """
    tx.within(message.region)
    rules = tx.rules.at(Period.parse(message.period).start)
    scheme = Scheme.of(rules.within(RegionCode(message.region)), message.scheme)
    scheme.check_paid_out()
    scheme.check_one_way(RegionCode(message.region))
    period = scheme.run_period(message.period).text
    run = run_repository.latest(tx, scheme.code, period, message.region)
    if run is None or run.state not in OPEN:
        ahead = tx.rules.at(message.pay_on)["payment.ahead_months"].integer
        check_begun(Period.parse(period), message.pay_on, ahead)
        new = _new(tx, message)
        owed = difference_repository.count_unpaid(tx, scheme.code, message.region)
        owed += sum(_unpaid(tx, scheme, each, message.region) for each in new.periods)
        if owed:
            check_covered(tx, scheme, new.periods, message.region)
            run_repository.add(tx, new)
            tx.start_job(JOB, key=new.id, payload={}, total=owed)
            run = new
    elif run.state == "planning":
        tx.resume_job(JOB, run.id)
    if run is None:
        raise NotFound(
            "subsidy.nothing_to_pay",
            f"No award of scheme {scheme.code} for {period} is unpaid there; grant awards first.",
            scheme=scheme.code,
            period=period,
            region=message.region,
        )
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def _unpaid(tx: Transaction, scheme: Scheme, period: str, region: str) -> int:
    """How many awards are in no run of the period yet; that they can be priced is seen before the job is."""
    rules = tx.rules.at(Period.parse(period).start)
    unpaid = due_repository.unpaid_variants(tx, scheme.code, period, region)
    for variant, division in unpaid:
        check_priced(replace(scheme, rules=rules.within(RegionCode(division))), variant)
    return sum(unpaid.values())


def _new(tx: Transaction, message: messages.PlanDisbursement) -> Run:
    return Run(
        id=tx.new_id(),
        scheme=message.scheme,
        period=message.period,
        region=message.region,
        pay_on=message.pay_on,
        state="planning",
        lines=0,
        paid_lines=0,
        amount=Money.ZERO,
        list_hash=None,
        planned_by=tx.caller.subject,
        approved_by=None,
    )


def plan_step(tx: Transaction, job: Job) -> bool:
    """Append the next lines to the run: awards in their order, of a quarter month by month, then back-pay;
    after the last one, freeze it.

    The cursor holds how many periods are done, the last award, the last difference and the hash of the list
    so far. Runs of a scheme are planned step after step, so of two over the same awards the later one finds
    them taken.
    """
    run = run_repository.get(tx, job.key)
    run_repository.lock_planned(tx, run.scheme)
    start = Period.parse(run.period).start
    bearers = Scheme.of(tx.rules.at(start).within(RegionCode(run.region)), run.scheme).bearers
    funds = fund_repository.lock_funds(tx, run.scheme, str(start.year), bearers.sources[:-1])
    periods, past = run.periods, job.cursor.get("periods", 0)
    one = replace(run, period=periods[past])
    rules = tx.rules.at(Period.parse(one.period).start)
    scheme = Scheme.of(rules.within(RegionCode(run.region)), run.scheme)
    page = due_repository.awards_after(tx, one, job.cursor.get("award_id", ""), AWARDS_PER_STEP)
    digest = job.cursor.get("digest", run.empty_hash)
    if page:
        job.cursor["award_id"] = page[-1].award_id
        taken = due_repository.taken(tx, one, page)
        due = _due(one.period, [award for award in page if award.award_id not in taken], scheme, rules)
    elif past + 1 < len(periods):
        job.cursor.update(periods=past + 1, award_id="")
        return False
    elif not (due := _back_pay(tx, run, job)):
        run_repository.move(tx, run.id, "planning", "frozen", list_hash=digest)
        return True
    funding = Funding(funds, bearers, run.amount)
    offsets = Offsets(tx, run, {each.person_id for each in due}, rules)
    lines = _lines(run, due, replace(scheme, rules=rules), funding, offsets)
    for line, _, _ in lines:
        digest = frozen_list.extend(digest, line, run.period)
    run_repository.add_lines(tx, run, lines)
    offsets.save()
    fund_repository.draw_funds(tx, funding.drawn)
    job.cursor["digest"] = digest
    job.done += len(lines)
    return False


def _due(period: str, unpaid: Sequence[sa.Row[Any]], scheme: Scheme, rules: RuleView) -> list[Due]:
    """What awards amount to in a period, with the rate applied as told."""
    rules_in = cache(lambda region: rules.within(RegionCode(region)))

    @cache
    def priced(rules: RuleView, variant: str, cost_fen: int | None, days: int | None) -> tuple[Money, str]:
        basis = Basis(None if cost_fen is None else Money(cost_fen), days)
        amount, decision = price(replace(scheme, rules=rules), variant, basis)
        return amount, run_repository.told(decision)

    return [
        Due(
            award.award_id,
            award.person_id,
            award.variant,
            award.region,
            *priced(rules_in(award.region), award.variant, award.cost_fen, award.days),
            period,
        )
        for award in unpaid
    ]


def _back_pay(tx: Transaction, run: Run, job: Job) -> list[Due]:
    """The next back-pay that no run has a line for, as it was found."""
    after = job.cursor.get("difference_id", "")
    found = difference_repository.unpaid(tx, run.scheme, run.region, after, AWARDS_PER_STEP)
    if found:
        job.cursor["difference_id"] = found[-1].id
    return [
        Due(
            each.award_id,
            each.person_id,
            each.variant,
            each.region,
            each.amount,
            run_repository.told(each.decision),
            each.line_period,
        )
        for each in found
    ]


def _lines(
    run: Run, due: Sequence[Due], scheme: Scheme, funding: Funding, offsets: Offsets
) -> list[tuple[Line, str, str]]:
    """The next lines of a run, each with its division and its reasons as told.

    scheme: with the rules of all divisions.
    """
    division = cache(RegionCode)
    lines: list[tuple[Line, str, str]] = []
    for whole in due:
        region = division(whole.region)
        if not funding.admits(whole.amount, region):
            continue  # granted since the plan was begun, and left for a later one
        seq, each = run.lines + len(lines) + 1, whole
        if offsets.owes(whole.person_id):
            cap = replace(scheme, rules=scheme.rules.within(region)).stated("offset_cap")
            each = offsets.keep_back(seq, whole, cap)
        shares = funding.draw(each.amount, region)
        line = Line(seq, each.award_id, each.person_id, each.variant, each.amount, shares, each.period)
        lines.append((line, each.region, each.decision))
    return lines
