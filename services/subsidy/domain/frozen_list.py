"""The hash of a list of payments, by which its approval is bound to exactly that list.

A chain of SHA-256: each line is hashed together with the hash before it. So the hash of a long list is
computed in steps that can be interrupted, and any change of a line, a share or the order changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import orjson

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of the list. seq: its place, from 1. shares: the part of each source, adding up to it.

    period: the run's own, a month of its quarter, or that of a difference with its number.
    """

    seq: int
    award_id: str
    person_id: str
    variant: str
    amount: Money
    shares: Mapping[str, Money]
    period: str


def begin(run_id: str, scheme: str, period: str, region: str, pay_on: date) -> str:
    """The hash of the empty list of a run."""
    return _digest(run_id, scheme, period, region, pay_on.isoformat())


def extend(digest: str, line: Line, run_period: str) -> str:
    """The hash of a list with one more line, as 64 hexadecimal digits. run_period: that of the run."""
    shares = sorted((source, part.fen) for source, part in line.shares.items())
    told = (line.seq, line.award_id, line.person_id, line.variant, line.amount.fen, shares)
    return _digest(digest, *told, *([line.period] if line.period != run_period else ()))


def _digest(*parts: object) -> str:
    return sha256(orjson.dumps(parts)).hexdigest()
