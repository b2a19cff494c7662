"""Every kind of record that a data package may hold: the one list that reader, loader and documents use."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pydantic import Field

from canlian.package.columns import Column, columns_of
from contracts import employment, registry, rehab, reporting, subsidy
from contracts.message import BulkCommand, DimensionKey, Dimensions, Message, Name, PeriodText, RegionText


class DisbursementRecord(Message):
    """A run of payments to be planned, approved and paid."""

    scheme: DimensionKey
    period: PeriodText
    region: RegionText
    pay_on: date


class PublishedRecord(Message):
    """A figure that the office has published, to be compared; it is never sent to a service."""

    indicator: Name
    dimensions: Dimensions = Field(default_factory=dict)
    value: Name | None = None
    target: Name | None = None
    unit: Name | None = None
    zh: Name
    quote: str
    source: str
    note: str | None = None


@dataclass(frozen=True)
class Kind:
    """One file of a package.

    record: the contract of a row. command: the bulk command that takes the rows; None where rows are not
    sent in bulk. stage: files of a lower one are loaded, and their events applied everywhere, before.
    """

    file: str
    zh: str
    en: str
    record: type[Message]
    command: type[BulkCommand] | None = None
    stage: int = 0

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.record)

    @property
    def service(self) -> str:
        """The service that takes the records. Raises AssertionError for a kind without a command."""
        return self._target[0]

    @property
    def method(self) -> str:
        """The service's method. Raises AssertionError for a kind without a command."""
        return self._target[1]

    @cached_property
    def _target(self) -> tuple[str, str]:
        if self.command is None:
            raise AssertionError(f"{self.file} is not loaded by a bulk command")
        service, _, method = self.command.TYPE.partition(".")
        return service, method


def _bulk(file: str, zh: str, en: str, command: type[BulkCommand], stage: int) -> Kind:
    return Kind(file, zh, en, command.ITEM, command, stage)


BULK = (
    _bulk("regions.csv", "行政区划", "divisions", registry.RecordRegions, 1),
    _bulk("households.csv", "家庭", "households", registry.RegisterHouseholds, 1),
    _bulk("household_flags.csv", "家庭标识", "flags of households", registry.RecordHouseholdFlags, 1),
    _bulk("persons.csv", "人员", "persons", registry.RegisterPersons, 1),
    _bulk("certificate_acts.csv", "残疾人证办理", "acts on certificates", registry.RecordCertificateActs, 1),
    _bulk("handling_units.csv", "承办单位", "units that handle cases", registry.RegisterHandlingUnits, 1),
    _bulk("cases.csv", "信访事项", "petitions and hotline calls", registry.RecordCases, 1),
    _bulk("case_acts.csv", "信访办理", "steps of cases", registry.RecordCaseActs, 1),
    _bulk("screening_rounds.csv", "矛盾纠纷排查", "screening rounds", registry.RecordScreeningRounds, 1),
    _bulk("disputes.csv", "矛盾纠纷", "disputes found", registry.RecordDisputes, 1),
    _bulk("dispute_acts.csv", "纠纷化解", "steps of disputes", registry.RecordDisputeActs, 1),
    _bulk("risks.csv", "隐患", "hidden risks", registry.RecordRisks, 1),
    _bulk("risk_acts.csv", "隐患整改", "steps of hidden risks", registry.RecordRiskActs, 1),
    _bulk("legal_agencies.csv", "法律服务机构", "legal agencies", registry.RegisterLegalAgencies, 1),
    _bulk("legal_aid.csv", "法律援助", "requests for legal aid", registry.RecordLegalAid, 1),
    _bulk("legal_aid_acts.csv", "法律援助办理", "steps of legal aid", registry.RecordLegalAidActs, 1),
    _bulk("proposals.csv", "建议提案", "proposals to answer", registry.RecordProposals, 1),
    _bulk("proposal_acts.csv", "建议提案办理", "steps of proposals", registry.RecordProposalActs, 1),
    _bulk("enrolments.csv", "康复项目登记", "enrolments in programmes", rehab.EnrolPersons, 2),
    _bulk("services.csv", "康复服务", "services given", rehab.RecordServices, 2),
    _bulk("retrofits.csv", "家庭改造", "home retrofits", rehab.AcceptRetrofits, 2),
    _bulk("training_needs.csv", "培训需求", "training needs", employment.RegisterTrainingNeeds, 2),
    _bulk("courses.csv", "培训班", "courses", employment.OpenCourses, 2),
    _bulk("trainees.csv", "学员", "trainees", employment.EnrolTrainees, 2),
    _bulk("completions.csv", "结业", "completed trainings", employment.CompleteTrainings, 2),
    _bulk("fund_allotments.csv", "资金下达", "fund allotments", subsidy.RecordFundAllotments, 2),
    _bulk("awards.csv", "补贴审定", "awards", subsidy.GrantAwards, 3),
    _bulk("targets.csv", "目标任务", "targets", reporting.SetTargets, 3),
)
"""Kinds sent in bulk, in the order in which they are loaded."""

DISBURSEMENTS = Kind("disbursements.csv", "补贴发放", "disbursements", DisbursementRecord, stage=4)
PUBLISHED = Kind("published.csv", "已公布数据", "published figures", PublishedRecord)

KINDS = (*BULK, DISBURSEMENTS, PUBLISHED)

STAGES = tuple(sorted({kind.stage for kind in BULK}))
