"""What explains: the rules of a scheme, why a person is granted it or not, what a period amounts to.

A room of its own because it computes what is asked, where queries.py tells what is stored.
"""

from collections.abc import Mapping
from datetime import date

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Refusal
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import change_repository, replies, repository, review_queries
from services.subsidy.domain.amounts import Basis, price
from services.subsidy.domain.award import Award, Claim, KnownAwards, Trace
from services.subsidy.domain.eligibility import judged
from services.subsidy.domain.overlaps import decide_overlaps
from services.subsidy.domain.proofs import decide_proofs
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import said
from services.subsidy.handlers.proofs import of_people


def explain_scheme(tx: Transaction, message: messages.ExplainScheme) -> messages.SchemeExplained:
    """The rules of a scheme in a division. Raises NotFound("subsidy.unknown_scheme")."""
    tx.no_scope("rules are public")
    rules = _rules(tx, message.region, message.on, message.known_on)
    scheme = Scheme.of(rules, message.scheme)
    return messages.SchemeExplained(
        scheme=scheme.code,
        region=message.region,
        rules=[
            messages.SchemeRule(
                rule=rule.key,
                name=rule.title,
                value=said(rule),
                valid_from=rule.valid_from,
                known_from=rule.known_from,
                document=rule.document,
                certainty=rule.certainty,
            )
            for rule in scheme.every_rule()
        ],
    )


def show_award(tx: Transaction, message: messages.ShowAward) -> messages.AwardShown:
    """An award with its reasons.

    Raises NotFound("subsidy.unknown_award"), Invalid("subsidy.wrong_period"), and what the rules raise for a
    period in which it cannot be priced.
    """
    award = repository.award(tx, message.award_id)
    asked = message.period or award.period
    start = Period.parse(asked).start
    scheme = Scheme.of(_rules(tx, award.region, start, message.known_on), award.scheme)
    amount: Money | None = None
    computed: Trace = []
    if award.holds_in(scheme.period(asked).text, asked):
        amount, computed = price(scheme, award.variant, Basis(award.cost, award.days))
    return messages.AwardShown(
        award_id=award.id,
        person_id=award.person_id,
        scheme=award.scheme,
        variant=award.variant,
        period=award.period,
        last_period=award.last_period,
        region=award.region,
        granted_on=award.granted_on,
        reasons=replies.rule_steps(award.decision),
        amount=None if amount is None else str(amount),
        amount_reasons=replies.rule_steps(computed),
        held_from=min(filter(None, (award.held_from, award.review_held_from)), default=None),
        end_reasons=replies.rule_steps(_end(tx, award)),
        reviews=review_queries.reviews_of(tx, award.id),
    )


def _end(tx: Transaction, award: Award) -> Trace:
    """Why the award ends; nothing of one that goes on."""
    return [] if award.last_period is None else change_repository.ends(tx, {award.id}).get(award.id, [])


def check_entitlement(tx: Transaction, message: messages.CheckEntitlement) -> messages.Entitlement:
    """What granting would come to.

    Raises NotFound("subsidy.unknown_person"), NotFound("subsidy.unknown_scheme") and
    Invalid("subsidy.unknown_variant").
    """
    heads = repository.heads(tx, {message.person_id})
    region, holder = repository.person(tx, heads[message.person_id])
    scheme = Scheme.of(_rules(tx, region, message.on, None), message.scheme)
    variant = scheme.variant(message.variant)
    broken, reasons = judged(scheme, holder, message.on, variant)
    if broken:
        return _entitlement(f"subsidy.{broken}", None, reasons)
    try:
        amount, computed = price(scheme, variant, _basis(message))
        beside = _schemes_beside(tx, message, scheme, heads)
        reasons += decide_overlaps(scheme, replies.benefits(message.benefits), beside, amount)
        seen = of_people(tx, heads).get((heads[message.person_id], scheme.code), ())
        reasons += decide_proofs(scheme, variant, seen, message.on)
    except Refusal as refusal:
        return _entitlement(refusal.code, None, reasons)
    return _entitlement(None, amount, reasons + computed)


def _schemes_beside(
    tx: Transaction, message: messages.CheckEntitlement, scheme: Scheme, heads: Mapping[str, str]
) -> list[str]:
    period, person_id = Period.of(message.on, scheme.cadence).text, heads[message.person_id]
    claim = Claim("", person_id, scheme.code, message.variant, period, message.on, scheme.open_ended)
    return KnownAwards(repository.known_awards(tx, (), heads)).schemes_beside(claim)


def _basis(message: messages.CheckEntitlement) -> Basis:
    return Basis(None if message.cost is None else Money.yuan(message.cost), message.days)


def _rules(tx: Transaction, region: str, day: date, known_on: date | None) -> RuleView:
    return tx.rules.at(day, known_on).within(RegionCode(region))


def _entitlement(code: str | None, amount: Money | None, reasons: Trace) -> messages.Entitlement:
    return messages.Entitlement(
        entitled=code is None,
        code=code,
        amount=None if amount is None else str(amount),
        reasons=replies.rule_steps(reasons),
    )
