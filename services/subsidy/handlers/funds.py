"""Money made available, and not any more."""

from collections.abc import Iterable, Mapping

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, Invalid, NotFound
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy import fund_repository, ledger_repository, payment_change_repository
from services.subsidy.domain import ledger
from services.subsidy.domain.funding import Allotment, Refunding, Withdrawal
from services.subsidy.domain.run import Run
from services.subsidy.domain.schemes import Scheme


def record_fund_allotments(tx: Transaction, message: messages.RecordFundAllotments) -> BulkReply:
    """Record allotments and book them. An allotment is the one with its number."""
    tx.no_scope("each allotment's own region is checked below")
    bulk = Bulk(message)
    known = fund_repository.allotments(tx, [item.ref for item in bulk.items()])
    new: list[Allotment] = []
    for entry in bulk:
        with entry.deciding():
            tx.within(entry.item.region)
            allotment = _allotment(tx, entry.item)
            before = known.setdefault(allotment.ref, allotment)
            before.check_same(allotment)
            if before is allotment:
                new.append(allotment)
                entry.created(allotment.id)
            else:
                entry.unchanged(before.id)
    fund_repository.add_allotments(tx, new)
    ledger_repository.post(
        tx,
        None,
        ((a.id, a.region, a.allotted_on, ledger.allotment(a.scheme, a.source, a.amount)) for a in new),
    )
    for allotment in new:
        tx.record(_fund_allotted(allotment))
    return bulk.reply()


def withdraw_fund_allotments(tx: Transaction, message: messages.WithdrawFundAllotments) -> BulkReply:
    """Take back what was made available and no payment has drawn; the allotment stays on the record."""
    bulk = Bulk(message)
    items = list(bulk.items())
    known = fund_repository.withdrawals(tx, [item.ref for item in items])
    funds = fund_repository.lock_allotments(tx, {item.allotment_ref for item in items})
    new: list[tuple[Withdrawal, Allotment]] = []
    for entry in bulk:
        with entry.deciding():
            allotment, left = _known(funds, entry.item.allotment_ref)
            withdrawal = _withdrawal(tx.new_id(), entry.item, allotment)
            if (before := known.get(withdrawal.ref)) is not None:
                before.check_same(withdrawal)
                entry.unchanged(before.id)
                continue
            _check_left(allotment, left, withdrawal.amount)
            funds[allotment.ref] = allotment, left - withdrawal.amount
            known[withdrawal.ref] = withdrawal
            new.append((withdrawal, allotment))
            entry.created(withdrawal.id)
    fund_repository.add_withdrawals(tx, [withdrawal for withdrawal, _ in new])
    booked = ((w, a, ledger.withdrawal(a.scheme, a.source, w.amount)) for w, a in new)
    ledger_repository.post(tx, None, ((w.id, a.region, w.withdrawn_on, entries) for w, a, entries in booked))
    for withdrawal, allotment in new:
        tx.record(_fund_withdrawn(withdrawal, allotment))
    return bulk.reply()


def _known(funds: Mapping[str, tuple[Allotment, Money]], ref: str) -> tuple[Allotment, Money]:
    if (found := funds.get(ref)) is None:
        raise NotFound(
            "subsidy.unknown_allotment",
            "There is no allotment with this number, or it lies outside the caller's regions.",
            field="allotment_ref",
        )
    return found


def _withdrawal(new_id: str, item: messages.FundWithdrawalItem, allotment: Allotment) -> Withdrawal:
    amount = Money.yuan(item.amount)
    if amount <= Money.ZERO:
        raise Invalid("subsidy.amount_not_positive", "What is taken back must be above zero.", field="amount")
    return Withdrawal(new_id, item.ref, allotment.id, amount, item.document, item.withdrawn_on)


def _check_left(allotment: Allotment, left: Money, amount: Money) -> None:
    if amount > left:
        raise Conflict(
            "subsidy.allotment_drawn",
            f"Payments have drawn on the allotment; at most {left} yuan of it can be taken back.",
            field="amount",
            allotment_id=allotment.id,
            left=str(left),
        )


def refund(tx: Transaction, run: Run, borne: Iterable[tuple[str, str, Money]]) -> None:
    """Let the allotments of the run's year have again what they bore of it: division, source, amount."""
    start = Period.parse(run.period).start
    *limited, _ = Scheme.of(tx.rules.at(start).within(RegionCode(run.region)), run.scheme).funding
    refunding = Refunding(payment_change_repository.lock_drawn(tx, run.scheme, str(start.year), limited))
    for region, source, amount in borne:
        if source in limited:
            refunding.give(source, amount, RegionCode(region))
    fund_repository.draw_funds(tx, {fund: -amount for fund, amount in refunding.given.items()})


def _allotment(tx: Transaction, item: messages.FundAllotmentItem) -> Allotment:
    year = Scheme.fund_year(item.year)
    scheme = Scheme.of(tx.rules.at(year.start).within(RegionCode(item.region)), item.scheme)
    amount = Money.yuan(item.amount)
    if amount <= Money.ZERO:
        raise Invalid("subsidy.amount_not_positive", "An allotment must be above zero.", field="amount")
    return Allotment(
        id=tx.new_id(),
        ref=item.ref,
        scheme=scheme.code,
        source=scheme.source(item.source),
        region=item.region,
        year=year.text,
        amount=amount,
        document=item.document,
        allotted_on=item.allotted_on,
    )


def _fund_allotted(allotment: Allotment) -> messages.FundAllotted:
    return messages.FundAllotted(
        region=allotment.region,
        allotment_id=allotment.id,
        scheme=allotment.scheme,
        source=allotment.source,
        year=allotment.year,
        amount=str(allotment.amount),
        allotted_on=allotment.allotted_on,
    )


def _fund_withdrawn(withdrawal: Withdrawal, allotment: Allotment) -> messages.FundWithdrawn:
    return messages.FundWithdrawn(
        region=allotment.region,
        withdrawal_id=withdrawal.id,
        allotment_id=allotment.id,
        scheme=allotment.scheme,
        source=allotment.source,
        year=allotment.year,
        amount=str(withdrawal.amount),
        withdrawn_on=withdrawal.withdrawn_on,
    )
