"""Handing out a batch's file, on the record."""

import base64

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Conflict
from services.subsidy import bank_repository
from services.subsidy.handlers import bank_files


def fetch_bank_file(tx: Transaction, message: messages.FetchBankFile) -> messages.BankFile:
    """The file of a batch; the same batch gives the same bytes. The read is audited of each person in it.

    Raises NotFound("subsidy.unknown_batch"), Conflict("subsidy.batch_unsealed") while it is being written,
    Conflict("subsidy.batch_changed") when the bytes are not those that were sealed.
    """
    batch = bank_repository.batch(tx, message.batch_id)
    batch.check_sealed()
    content, found = bank_files.render(tx, batch)
    if found != batch.file_hash:
        raise Conflict(
            "subsidy.batch_changed",
            "The file is not the one that was sealed; do not send it, and find out what was changed.",
            batch_id=batch.id,
        )
    read = ["pay_accounts.holder", "pay_accounts.number"]
    tx.audit_reads(bank_repository.holders(tx, batch.id), read, f"bank_file {batch.id}")
    return messages.BankFile(
        batch_id=batch.id,
        name=f"{batch.id}.txt",
        content=base64.b64encode(content).decode(),
        file_hash=found,
    )
