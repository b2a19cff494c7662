"""Issuing: the act on a certificate that an approved application ends with, under the number it must bear."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Self

import sqlalchemy as sa

from chassis.fields import renaming
from chassis.rows import rows_among
from chassis.transaction import Transaction
from kernel.certificate_number import CertificateNumber
from kernel.citizen_id import CitizenId
from kernel.errors import Forbidden
from kernel.regions import RegionRow
from services.registry import repository
from services.registry.application_repository import Filed
from services.registry.domain.application_result import act_of
from services.registry.domain.certificate_state import Act
from services.registry.domain.region import check_home
from services.registry.handlers.certificate_book import Book, Told
from services.registry.handlers.lookup import check_new_home, mine
from services.registry.tables import CERTIFICATE_NUMBER, ID_NUMBER, certificates, persons


@dataclass
class Issuer:
    """The certificates of those whose applications are issued. numbers: as they stand; citizens: sealed."""

    book: Book
    citizens: dict[str, str]
    numbers: dict[str, CertificateNumber]
    divisions: dict[str, dict[date, RegionRow]]

    @classmethod
    def load(cls, tx: Transaction, issued: Collection[Filed]) -> Self:
        """Read what is known of the applicants, and lock them."""
        people = {each.request.person_id for each in issued}
        homes = {each.request.wish.to_region for each in issued} - {None}
        book = Book.load(tx, people)
        sealed = rows_among(tx, sa.select(persons.c.id, persons.c.id_number), persons.c.id, people)
        query = sa.select(certificates.c.id, certificates.c.person_id, certificates.c.number)
        return cls(
            book,
            {row.id: row.id_number for row in sealed},
            {
                row.person_id: CertificateNumber.parse(CERTIFICATE_NUMBER.open(tx.vault, row.id, row.number))
                for row in rows_among(tx, query, certificates.c.person_id, people)
            },
            repository.region_histories(tx, {home for home in homes if home}),
        )

    def issue(self, tx: Transaction, filed: Filed, acted_on: date, step_id: str) -> str:
        """Do the act on the certificate and say which it was.

        Raises what the rules of certificates raise, and Forbidden("registry.applicant_moved").
        """
        holder = self.book.holders[filed.request.person_id]
        if not mine(tx, holder.region):
            raise Forbidden(
                "registry.applicant_moved",
                "The applicant lives elsewhere by now; ask the office in charge of both homes.",
                field="action",
            )
        standard = tx.rules.at(acted_on)["certificate.current_standards"].texts[0]
        held = self.book.certificate(holder.id)
        act = act_of(filed.request.wish, filed.application, held, acted_on, standard)
        if act.region is not None:
            self._check_destination(tx, act.region, acted_on)
        number = self._number(tx, holder.id, act)
        index = CERTIFICATE_NUMBER.indexes(tx.vault, number.value)[0]
        # With a space, which no reference of an office has.
        told = Told(f"application {step_id}", filed.request.mode, act, index, number.value)
        self.book.record(tx, holder, told)
        self.numbers[holder.id] = number
        return act.action

    def _check_destination(self, tx: Transaction, region: str, day: date) -> None:
        with renaming({"region": "action"}):
            check_home(self.divisions[region].values(), region, day)
        check_new_home(tx, region, "action")

    def _number(self, tx: Transaction, person_id: str, act: Act) -> CertificateNumber:
        """A new or changed certificate has a number of its own; others keep theirs, or count it up."""
        if act.action in {"new", "change"}:
            citizen = CitizenId(ID_NUMBER.open(tx.vault, person_id, self.citizens[person_id]))
            return CertificateNumber.compose(citizen, act.category, act.grade)
        held = self.numbers[person_id]
        return held.reissued() if act.action == "reissue" else held
