"""Money made available."""

from chassis.bulk import Bulk
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Invalid
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy import ledger_repository, repository
from services.subsidy.domain import ledger
from services.subsidy.domain.funding import Allotment
from services.subsidy.domain.schemes import Scheme


def record_fund_allotments(tx: Transaction, message: messages.RecordFundAllotments) -> BulkReply:
    """Record allotments and book them. An allotment is the one with its number."""
    tx.no_scope("each allotment's own region is checked below")
    bulk = Bulk(message)
    known = repository.allotments(tx, [item.ref for item in bulk.items()])
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
    repository.add_allotments(tx, new)
    ledger_repository.post(
        tx,
        None,
        ((a.id, a.region, a.allotted_on, ledger.allotment(a.scheme, a.source, a.amount)) for a in new),
    )
    for allotment in new:
        tx.record(_fund_allotted(allotment))
    return bulk.reply()


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
