"""Loads a package: stage by stage, and within a stage file by file in chunks.

Nothing is kept in memory but a chunk. A load that was broken off is simply run again: chunks that were
taken are answered from memory, records that were taken are found unchanged, and payments go on.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from canlian.calling import Caller, CallRefused, Identity, checker, clerk
from canlian.load.following import Followers
from canlian.load.outcome import Loaded, Rejections, Run, Tally
from canlian.load.patience import Patient
from canlian.load.paying import Paying
from canlian.load.progress import Shown
from canlian.load.sending import CHUNK, Sender
from canlian.package.kinds import BULK, DISBURSEMENTS, STAGES, Kind
from canlian.package.problems import Problem
from canlian.package.reader import Record


class Source(Protocol):
    """What is loaded: a data package, or a file that another department sent."""

    @property
    def name(self) -> str:
        """Part of the keys under which its records are sent."""
        ...

    def strangers(self) -> list[Problem]:
        """Files that no kind of record has."""
        ...

    def has(self, kind: Kind) -> bool:
        """Whether it has records of the kind."""
        ...

    def size(self, kind: Kind) -> int:
        """How many there are, roughly: for showing progress."""
        ...

    def records(self, kind: Kind) -> Iterator[Record | Problem]:
        """The records, and what is wrong with the others, in the order of the lines."""
        ...


class Loader:
    """Loads one package as one caller. approve_as: account that approves payments and decides on claims; None
    keeps payments frozen and leaves decisions out. review_as: account that reviews claims; None: who loads.

    practice: whether the practice bank pays what is approved.
    """

    def __init__(
        self,
        package: Source,
        caller: Caller,
        subject: str,
        approve_as: str | None,
        shown: Shown,
        rejections: Rejections,
        practice: bool = False,
        review_as: str | None = None,
    ) -> None:
        self._package = package
        self._caller = Patient(caller)
        self._who: Identity = clerk(subject)
        self._shown = shown
        self._rejections = rejections
        approver = checker(approve_as) if approve_as else None
        reviewer = clerk(review_as) if review_as else None
        self._sender = Sender(self._caller, self._who, approver, package.name, reviewer)
        self._followers = Followers(self._caller, self._who, shown)
        self._paying = Paying(self._caller, self._who, approver, shown, practice)
        self._loaded = Loaded()
        self._recorded: dict[str, int] = {}
        """Events that a service had recorded when it was last looked at, by its name."""

    def load(self) -> Loaded:
        """Load all. Raises CallRefused, CallUnavailable, Stalled, Parked or RunStalled if it cannot go on."""
        for problem in self._package.strangers():
            self._rejections.add(problem)
        for stage in STAGES:
            # Nobody else records much while a stage lasts: one look after each file suffices.
            self._recorded.clear()
            for kind in BULK:
                if kind.stage == stage and self._package.has(kind):
                    self._loaded.files[kind.file] = self._file(kind)
            self._followers.wait("applying events")
        if self._package.has(DISBURSEMENTS):
            self._loaded.files[DISBURSEMENTS.file] = self._disbursements()
            self._followers.wait("applying events")
        self._loaded.rejected = self._rejections.count
        return self._loaded

    def _file(self, kind: Kind) -> Tally:
        tally = Tally()
        if kind.service not in self._recorded:
            self._look(kind.service)
        before = self._recorded[kind.service]
        lines = 0
        with self._shown.step(f"{kind.file} ({kind.zh})", self._package.size(kind)) as step:
            for records in self._chunks(kind, tally):
                for outcome, problem in self._sender.send(kind, records):
                    if problem:
                        self._reject(tally, problem)
                    elif outcome == "left":
                        tally.left += 1
                    elif outcome == "created":
                        tally.created += 1
                    else:
                        tally.unchanged += 1
                lines = records[-1].line - 1
                step.reached(lines)
        if tally.left:
            self._shown.say(f"{kind.file}: {tally.left} records wait for who decides, --approve-as ACCOUNT")
        self._look(kind.service)
        if kind.answered_from_memory:
            # A chunk that an earlier load sent is answered as it was then: "created". Each record that is
            # created is one event, so the service's log tells how many were created now.
            now = min(tally.created, self._recorded[kind.service] - before)
            tally.created, tally.unchanged = now, tally.unchanged + tally.created - now
        return tally

    def _chunks(self, kind: Kind, tally: Tally) -> Iterator[list[Record]]:
        records = self._good(kind, tally)
        while chunk := list(islice(records, CHUNK)):
            yield chunk

    def _good(self, kind: Kind, tally: Tally) -> Iterator[Record]:
        for record in self._package.records(kind):
            if isinstance(record, Problem):
                self._reject(tally, record)
            else:
                yield record

    def _reject(self, tally: Tally, problem: Problem) -> None:
        tally.rejected += 1
        self._rejections.add(problem)

    def _look(self, service: str) -> None:
        self._recorded[service] = self._caller.call(service, "show_status", {}, self._who)["recorded"]

    def _disbursements(self) -> Tally:
        tally = Tally()
        for record in self._good(DISBURSEMENTS, tally):
            try:
                run = self._paying.pay(record)
            except CallRefused as refused:
                problem = Problem(DISBURSEMENTS.file, record.line, None, refused.code, refused.message)
                self._reject(tally, problem)
                continue
            self._loaded.runs.append(run)
            self._count(tally, run)
        return tally

    @staticmethod
    def _count(tally: Tally, run: Run) -> None:
        if run.changed:
            tally.created += 1
        else:
            tally.unchanged += 1
