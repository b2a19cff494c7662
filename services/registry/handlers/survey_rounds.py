"""Recording rounds of the needs survey, and their steps."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from services.registry import repository
from services.registry.domain.questionnaire import Questionnaire
from services.registry.domain.record import check_same
from services.registry.domain.region import check_known
from services.registry.domain.survey_round import Act, Round, decide, opened
from services.registry.repository import Known
from services.registry.survey_tables import survey_round_acts, survey_rounds


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round's reference stands for."""

    region: str
    year: int
    opened_on: date
    training_regions: str


def open_survey_rounds(tx: Transaction, message: messages.OpenSurveyRounds) -> BulkReply:
    """Open rounds; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    known = _known(tx, {item.ref for item in bulk.items()})
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.SurveyRoundItem = entry.item
            with reading("region"):
                tx.within(item.region)
            survey = opened(item.opened_on, item.region, item.training_regions)
            told = Plan(item.region, item.year, item.opened_on, survey.training_regions)
            if same := known.get(item.ref):
                check_same("survey_round", same.content, told)
                entry.unchanged(same.id)
                continue
            check_known(histories[item.region].values(), item.region, item.opened_on)
            with reading("opened_on"):
                Questionnaire.of(tx.rules.at(item.opened_on))
            round_id = tx.new_id()
            known[item.ref] = Known(round_id, told)
            rows.append(_row(tx, round_id, item.ref, told, survey))
            tx.record(
                messages.SurveyRoundOpened(
                    region=item.region, round_id=round_id, year=item.year, opened_on=item.opened_on
                )
            )
            entry.created(round_id)
    tx.insert(survey_rounds, rows)
    return bulk.reply()


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Plan]]:
    return {
        row.ref: Known(row.id, Plan(row.region, row.year, row.opened_on, row.training_regions))
        for row in rows_among(tx, sa.select(survey_rounds), survey_rounds.c.ref, refs)
    }


def _row(tx: Transaction, round_id: str, ref: str, told: Plan, survey: Round) -> Row:
    own = {"id": round_id, "ref": ref, **asdict(told), **asdict(survey), "steps": 0}
    return own | {"recorded_by": tx.caller.subject, "recorded_at": tx.now}


def record_survey_round_acts(tx: Transaction, message: messages.RecordSurveyRoundActs) -> BulkReply:
    """Record steps of rounds; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


_EVENTS: dict[str, type[messages.SurveyRoundEvent]] = {
    "begin": messages.SurveyBegun,
    "check": messages.SurveyChecked,
    "close": messages.SurveyClosed,
}


def _event(file: Row, act: Act, _after: Round) -> messages.SurveyRoundEvent:
    told: dict[str, Any] = {"round_id": file["id"], "year": file["year"], "acted_on": act.acted_on}
    if act.action == "train":
        return messages.SurveyTrainingHeld(region=act.trained, persons=act.persons, **told)
    return _EVENTS[act.action](region=file["region"], **told)


_REGISTER = Register("registry.survey_round", survey_rounds, survey_round_acts, Round, Act, decide, _event)
