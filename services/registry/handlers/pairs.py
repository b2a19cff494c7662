"""Recording pairs of helper and household, and their visits until the household is lifted."""

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel.rulebook import RuleView
from services.registry.domain.pair import Act, Pair, decide, paired
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.help_tables import HELPER, pair_acts, pairs
from services.registry.tables import households, persons
from services.registry.telling import steps


def record_pairs(tx: Transaction, message: messages.RecordPairs) -> BulkReply:
    """Record pairs; the office's reference is the key."""
    return record(tx, message, _PAIR)


def record_pair_acts(tx: Transaction, message: messages.RecordPairActs) -> BulkReply:
    """Record steps of pairs; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _STEPS, fields_of(Act))


def _paired(row: Row, named: Named, rules: RuleView) -> Pair:
    household_of_person = named["person_id"]["household_id"]
    return paired(row["helper_kind"], row["paired_on"], row["household_id"], household_of_person, rules)


_PAIR = Kind(
    "pair",
    pairs,
    "paired_on",
    _paired,
    messages.PairMade,
    links={
        "household_id": Link(households, "household", key="id"),
        "person_id": Link(persons, "person", key="id"),
    },
    place="household_id",
    words={"helper": HELPER},
    soles=(Sole(("person_id",), "registry.paired_already", "person_id", ended=("lifted", "ended")),),
)
_STEPS = Register(
    "registry.pair",
    pairs,
    pair_acts,
    Pair,
    Act,
    decide,
    steps(
        "pair",
        {"visit": messages.PairVisited, "lift": messages.PairLifted, "end": messages.PairEnded},
    ),
)
