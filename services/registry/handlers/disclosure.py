"""Reading sealed fields in plain, on the record."""

import sqlalchemy as sa

from chassis.sealing import Sealed
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import NotFound
from services.registry.archive_tables import DOCUMENT_TITLE, archive_documents
from services.registry.case_repository import opened
from services.registry.case_tables import ACT_TEXT, CONTENT, PETITIONER, case_acts, cases
from services.registry.correction_tables import AFTER, BEFORE, corrections
from services.registry.dispute_tables import DISPUTE_CONTENT, PARTIES, disputes
from services.registry.domain.person import notice_name
from services.registry.help_tables import HELPER, NETWORK_NUMBER, VOLUNTEER, pairs, volunteers
from services.registry.legal_aid_tables import MATTER_CONTENT, legal_aid
from services.registry.names import opened_name
from services.registry.network_tables import DELEGATE, HOLDER, appointments, delegates
from services.registry.proposal_tables import PROPOSERS, proposals
from services.registry.risk_tables import RISK_CONTENT, risks
from services.registry.tables import BANK_ACCOUNT, ID_NUMBER, PHONE, persons

_SEALED = {"id_number": ID_NUMBER, "phone": PHONE, "bank_account": BANK_ACCOUNT}


def reveal_person(tx: Transaction, message: messages.RevealPerson) -> messages.RevealedPerson:
    """The plain values asked for. Who read what of whom, and why, is audited in the same transaction.

    Raises NotFound("registry.unknown_person"), also for a person outside the caller's regions.
    """
    query = sa.select(persons).where(persons.c.id == message.person_id, tx.scope(persons.c.region))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("registry.unknown_person", "No such person is registered in the caller's regions.")
    fields: list[str] = sorted(set(message.fields))
    tx.audit_read(subject_id=message.person_id, fields=fields, purpose=message.purpose)
    values = {
        name: opened_name(tx, row)
        if name == "name"
        else opened(tx, _SEALED[name], row.id, getattr(row, name))
        for name in fields
    }
    return messages.RevealedPerson(person_id=message.person_id, values=values)


def reveal_notice_names(tx: Transaction, message: messages.RevealNoticeNames) -> messages.NoticeNames:
    """Names for a public notice, partly hidden. Who read them is audited for each person.

    Persons outside the caller's regions are left out, as those who are not registered.
    """
    rule = tx.rules.at(message.day)["notice.last_character"]
    query = sa.select(persons.c.id, persons.c.name, persons.c.name_words).where(
        persons.c.id.in_(message.person_ids), tx.scope(persons.c.region)
    )
    rows = tx.execute(query.order_by(persons.c.id)).all()
    tx.audit_reads((row.id for row in rows), ["notice.name"], message.purpose)
    return messages.NoticeNames(
        names=[
            messages.NoticeName(
                person_id=row.id, name=notice_name(opened_name(tx, row), last_shown=rule.switch)
            )
            for row in rows
        ]
    )


def reveal_correction(tx: Transaction, message: messages.RevealCorrection) -> messages.RevealedCorrection:
    """Both values of a correction. Who read them, and why, is audited for the person.

    Raises NotFound("registry.unknown_correction"), also for a person outside the caller's regions.
    """
    query = sa.select(corrections).join(persons, persons.c.id == corrections.c.person_id)
    query = query.where(corrections.c.id == message.correction_id, tx.scope(persons.c.region))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            "registry.unknown_correction", "No such correction was asked for in the caller's regions."
        )
    fields = [f"correction.{row.field}.before", f"correction.{row.field}.after"]
    tx.audit_read(row.person_id, fields, message.purpose)
    return messages.RevealedCorrection(
        correction_id=row.id,
        before=opened(tx, BEFORE, row.id, row.before),
        after=opened(tx, AFTER, row.id, row.after),
    )


def reveal_case(tx: Transaction, message: messages.RevealCase) -> messages.RevealedCase:
    """The words of a case in plain. Who read them, and why, is audited in the same transaction.

    Raises NotFound("registry.unknown_case"), also for a case outside the caller's regions.
    """
    query = sa.select(cases).where(cases.c.id == message.case_id, tx.scope(cases.c.region))
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("registry.unknown_case", "No such case is recorded in the caller's regions.")
    tx.audit_read(row.id, ["case.content", "case.petitioner", "case.text"], message.purpose)
    steps = tx.execute(sa.select(case_acts).where(case_acts.c.case_id == row.id).order_by(case_acts.c.seq))
    return messages.RevealedCase(
        case_id=row.id,
        petitioner=opened(tx, PETITIONER, row.id, row.petitioner),
        content=opened(tx, CONTENT, row.id, row.content),
        acts=[
            messages.CaseAct(
                ref=step.ref,
                action=step.action,
                acted_on=step.acted_on,
                text=opened(tx, ACT_TEXT, step.id, step.text),
            )
            for step in steps
        ],
    )


_FILES: dict[str, tuple[sa.Table, dict[str, Sealed]]] = {
    "dispute": (disputes, {"parties": PARTIES, "content": DISPUTE_CONTENT}),
    "legal_aid": (legal_aid, {"content": MATTER_CONTENT}),
    "proposal": (proposals, {"proposers": PROPOSERS}),
    "appointment": (appointments, {"holder": HOLDER}),
    "delegate": (delegates, {"delegate": DELEGATE}),
    "volunteer": (volunteers, {"volunteer": VOLUNTEER, "network_number": NETWORK_NUMBER}),
    "pair": (pairs, {"helper": HELPER}),
    "archive_document": (archive_documents, {"title": DOCUMENT_TITLE}),
    "risk": (risks, {"content": RISK_CONTENT}),
}


def reveal_file(tx: Transaction, message: messages.RevealFile) -> messages.RevealedFile:
    """The words of a file in plain. Who read them, and why, is audited in the same transaction.

    Raises NotFound("registry.unknown_<kind>"), also for a file outside the caller's regions.
    """
    table, columns = _FILES[message.kind]
    query = sa.select(table).where(table.c.id == message.file_id, tx.scope(table.c.region))
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(
            f"registry.unknown_{message.kind}", "No such file is recorded in the caller's regions."
        )
    tx.audit_read(message.file_id, [f"{message.kind}.{name}" for name in columns], message.purpose)
    values = {name: opened(tx, column, row["id"], row[name]) for name, column in columns.items()}
    return messages.RevealedFile(file_id=message.file_id, values=values)
