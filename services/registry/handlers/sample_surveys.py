"""Recording blocks of a sample survey."""

from dataclasses import dataclass
from datetime import date

from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from kernel.errors import Invalid
from kernel.rulebook import RuleView
from services.registry.handlers.plain_records import Kind, record_plain
from services.registry.inquiry_tables import sample_blocks


@dataclass(frozen=True, slots=True)
class Block:
    """What a block's reference stands for."""

    survey: str
    region: str
    surveyed_on: date
    households: int
    visited: int
    persons: int
    suspected: int
    disabled: int
    accepted_on: date


def record_sample_blocks(tx: Transaction, message: messages.RecordSampleBlocks) -> BulkReply:
    """Record blocks; the office's reference is the key."""
    kind = Kind("sample_block", sample_blocks, Block, "surveyed_on", _event, _check)
    return record_plain(tx, message, kind)


def _check(told: Block, _rules: RuleView) -> None:
    """Refuse counts of which a part is more than its whole, and an acceptance before the visits."""
    pairs = (("visited", "households"), ("suspected", "persons"), ("disabled", "suspected"))
    for part, whole in pairs:
        if getattr(told, part) > getattr(told, whole):
            raise Invalid(
                "registry.part_exceeds_whole", f"There cannot be more {part} than {whole}.", field=part
            )
    if told.accepted_on < told.surveyed_on:
        raise Invalid(
            "registry.accepted_before_survey",
            "The block was accepted before its visits.",
            field="accepted_on",
        )


def _event(block_id: str, told: Block) -> messages.SampleBlockRecorded:
    return messages.SampleBlockRecorded(
        region=told.region,
        block_id=block_id,
        surveyed_on=told.surveyed_on,
        accepted_on=told.accepted_on,
    )
