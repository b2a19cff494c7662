"""Questions about verification after payment; each answers within the caller's regions only.

A room of its own because bank_queries.py is what the bank says, and this what people say.
"""

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.outreach_queries import page_of
from services.subsidy.verification_tables import payment_checks, payment_samples, recoveries


def list_payment_samples(tx: Transaction, message: messages.ListPaymentSamples) -> messages.PaymentSamplePage:
    """A page of samples of runs of the caller's regions."""
    query = sa.select(payment_samples).where(tx.scope(payment_samples.c.region))
    rows, after = page_of(tx, query, payment_samples.c.sample_id, message.after, message.limit)
    names = messages.PaymentSampleView.model_fields
    samples = [messages.PaymentSampleView(**{name: row[name] for name in names}) for row in rows]
    return messages.PaymentSamplePage(samples=samples, after=after)


def list_payment_checks(tx: Transaction, message: messages.ListPaymentChecks) -> messages.PaymentCheckPage:
    """A page of checks of the caller's regions."""
    check = payment_checks.c
    query = sa.select(payment_checks).where(tx.scope(check.region))
    if message.sample_id is not None:
        query = query.where(check.sample_id == message.sample_id)
    if message.region is not None:
        prefix = RegionCode(message.region).prefix
        query = query.where(check.region.between(prefix.ljust(12, "0"), prefix.ljust(12, "9")))
    if message.states:
        query = query.where(check.state.in_(message.states))
    rows, after = page_of(tx, query, check.check_id, message.after, message.limit)
    return messages.PaymentCheckPage(checks=[_view(row) for row in rows], after=after)


def list_recoveries(tx: Transaction, message: messages.ListRecoveries) -> messages.RecoveryPage:
    """A page of recoveries of the caller's regions."""
    query = sa.select(recoveries).where(tx.scope(recoveries.c.region))
    if message.states:
        query = query.where(recoveries.c.state.in_(message.states))
    rows, after = page_of(tx, query, recoveries.c.recovery_id, message.after, message.limit)
    names = messages.RecoveryView.model_fields.keys() - {"amount"}
    found = [
        messages.RecoveryView(amount=str(Money(row["amount_fen"])), **{name: row[name] for name in names})
        for row in rows
    ]
    return messages.RecoveryPage(recoveries=found, after=after)


def _view(row: sa.RowMapping) -> messages.PaymentCheckView:
    names = messages.PaymentCheckView.model_fields.keys() - {"amount", "received"}
    received = row["received_fen"]
    return messages.PaymentCheckView(
        amount=str(Money(row["amount_fen"])),
        received=None if received is None else str(Money(received)),
        **{name: row[name] for name in names},
    )


def show_payment_check_counts(
    tx: Transaction, message: messages.ShowPaymentCheckCounts
) -> messages.PaymentCheckCounts:
    """Checks of a sample by township or street, state and finding."""
    check = payment_checks.c
    township = sa.func.substr(check.region, 1, 9).concat("000").label("region")
    group = (township, check.state, check.finding)
    query = (
        sa.select(*group, sa.func.count().label("checks"))
        .where(check.sample_id == message.sample_id, tx.scope(check.region))
        .group_by(*group)
        .order_by(*group)
    )
    return messages.PaymentCheckCounts(
        counts=[messages.PaymentCheckCount.model_validate(dict(row)) for row in tx.execute(query).mappings()]
    )
