"""Every kind of record that a data package may hold: the one list that reader, loader and documents use."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from pydantic import Field

from canlian.package.columns import Column, columns_of
from contracts import employment, registry, rehab, reporting, subsidy
from contracts.message import (
    BulkCommand,
    DimensionKey,
    Dimensions,
    Message,
    Name,
    PeriodText,
    Reference,
    RegionText,
)
from contracts.registry import inquiries, network
from contracts.subsidy.claims import ClaimReason, ClaimStepName, DecisionName


class DisbursementRecord(Message):
    """A run of payments to be planned and approved; the bank then pays it on the day."""

    scheme: DimensionKey
    period: PeriodText
    region: RegionText
    pay_on: date


class ClaimStepRecord(Message):
    """One step of a claim, or a decision on it, in the order in which they were taken."""

    ref: Reference
    claim_ref: Reference
    action: Literal[ClaimStepName, DecisionName]
    acted_on: date
    reason: ClaimReason | None = None


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
    decisions: the command that takes those rows instead whose action it knows, in the name of who approves.
    """

    file: str
    zh: str
    en: str
    record: type[Message]
    command: type[BulkCommand] | None = None
    stage: int = 0
    decisions: type[BulkCommand] | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.record)

    @property
    def answered_from_memory(self) -> bool:
        """Whether a chunk that is sent again gets its first reply, and not a decision of now."""
        return self.command is not None and self.command.KEEP_REPLY

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

    @property
    def deciding_method(self) -> str:
        """The method that takes decisions. Raises AssertionError for a kind without any."""
        if self.decisions is None:
            raise AssertionError(f"{self.file} holds no decisions")
        return self.decisions.TYPE.partition(".")[2]

    @cached_property
    def decided(self) -> frozenset[str]:
        """The actions that are decisions."""
        if self.decisions is None:
            return frozenset()
        return frozenset(get_args(self.decisions.ITEM.model_fields["action"].annotation))


def _bulk(file: str, zh: str, en: str, command: type[BulkCommand], stage: int) -> Kind:
    return Kind(file, zh, en, command.ITEM, command, stage)


BULK = (
    _bulk("regions.csv", "行政区划", "divisions", registry.RecordRegions, 0),
    _bulk("households.csv", "家庭", "households", registry.RegisterHouseholds, 0),
    _bulk("household_flags.csv", "家庭标识", "flags of households", registry.RecordHouseholdFlags, 0),
    _bulk("persons.csv", "人员", "persons", registry.RegisterPersons, 0),
    _bulk("guardians.csv", "监护人", "guardians", registry.RegisterGuardians, 0),
    _bulk("certificate_acts.csv", "残疾人证办理", "acts on certificates", registry.RecordCertificateActs, 0),
    _bulk(
        "applications.csv", "残疾人证申请", "applications for certificates", registry.RecordApplications, 0
    ),
    _bulk("application_acts.csv", "残疾人证申请办理", "their steps", registry.RecordApplicationActs, 0),
    _bulk("benefit_marks.csv", "待遇享受标记", "benefits drawn", registry.RecordBenefitMarks, 1),
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
    # The organisation network. What ends a record comes after all that names it.
    _bulk("organisations.csv", "残疾人组织", "organisations", network.RegisterOrganisations, 1),
    _bulk("terms.csv", "换届", "terms of office", network.RecordTerms, 1),
    _bulk("delegates.csv", "代表", "delegates to congresses", network.RecordDelegates, 1),
    _bulk("delegate_acts.csv", "代表资格审查", "checks of delegates", network.RecordDelegateActs, 1),
    _bulk("term_acts.csv", "换届办理", "steps of terms", network.RecordTermActs, 1),
    _bulk("appointments.csv", "任职", "holders of posts", network.RecordAppointments, 1),
    _bulk("duties.csv", "履职记录", "duties of holders of posts", network.RecordDuties, 1),
    _bulk("organisation_funds.csv", "组织经费", "money of organisations", network.RecordOrganisationFunds, 1),
    _bulk("activities.csv", "组织活动", "activities of organisations", network.RecordActivities, 1),
    _bulk("staff_trainings.csv", "队伍培训", "trainings of staff", network.RecordStaffTrainings, 1),
    _bulk("staff_training_acts.csv", "培训举办", "steps of trainings", network.RecordStaffTrainingActs, 1),
    _bulk("training_attendances.csv", "参训", "attendances", network.RecordTrainingAttendances, 1),
    _bulk(
        "training_attendance_acts.csv",
        "培训发证",
        "certificates for attendances",
        network.RecordTrainingAttendanceActs,
        1,
    ),
    _bulk("volunteers.csv", "志愿者", "volunteers", network.RegisterVolunteers, 1),
    _bulk("volunteer_acts.csv", "志愿者变动", "steps of volunteers", network.RecordVolunteerActs, 1),
    _bulk("volunteer_hours.csv", "志愿服务时长", "hours of volunteers", network.RecordVolunteerHours, 1),
    _bulk("pairs.csv", "结对帮扶", "pairs of helper and household", network.RecordPairs, 1),
    _bulk("pair_acts.csv", "帮扶记录", "steps of pairs", network.RecordPairActs, 1),
    _bulk("projects.csv", "建设项目", "construction projects", network.RecordProjects, 1),
    _bulk("project_acts.csv", "项目进度", "steps of projects", network.RecordProjectActs, 1),
    _bulk("facilities.csv", "服务设施", "facilities in use", network.RegisterFacilities, 1),
    _bulk("facility_acts.csv", "设施变动", "steps of facilities", network.RecordFacilityActs, 1),
    _bulk("archives.csv", "档案", "archives of a year", network.RecordArchives, 1),
    _bulk("archive_documents.csv", "档案文件", "documents of archives", network.RecordArchiveDocuments, 1),
    _bulk("archive_acts.csv", "档案办理", "steps of archives", network.RecordArchiveActs, 1),
    _bulk("appointment_acts.csv", "离任", "ends of appointments", network.RecordAppointmentActs, 1),
    _bulk("organisation_acts.csv", "组织变动", "steps of organisations", network.RecordOrganisationActs, 1),
    _bulk("department_lists.csv", "部门名单", "departments' lists", inquiries.RecordDepartmentLists, 1),
    _bulk("department_rows.csv", "部门名单人员", "persons on these lists", inquiries.RecordDepartmentRows, 1),
    _bulk("match_runs.csv", "数据比对", "runs of a match", inquiries.StartMatchRuns, 1),
    _bulk("survey_rounds.csv", "动态更新", "rounds of the needs survey", inquiries.OpenSurveyRounds, 1),
    _bulk("survey_round_acts.csv", "动态更新进程", "steps of rounds", inquiries.RecordSurveyRoundActs, 1),
    _bulk("survey_tasks.csv", "调查任务", "tasks of surveyors", inquiries.AssignSurveyTasks, 1),
    _bulk("survey_task_acts.csv", "调查登记", "visits and corrections", inquiries.RecordSurveyTaskActs, 1),
    _bulk("poverty_files.csv", "建档立卡", "the poverty register", inquiries.RecordPovertyFiles, 1),
    _bulk("poverty_acts.csv", "脱贫与监测", "changes of the register", inquiries.RecordPovertyActs, 1),
    _bulk("schooling.csv", "适龄残疾儿童", "children to be schooled", inquiries.RecordSchooling, 1),
    _bulk("schooling_acts.csv", "入学安置", "steps of schooling", inquiries.RecordSchoolingActs, 1),
    _bulk("sample_blocks.csv", "抽样调查小区", "blocks of a sample survey", inquiries.RecordSampleBlocks, 1),
    # They name findings that the runs of stage 1 raise.
    _bulk("match_finding_acts.csv", "疑似核实", "steps of findings", inquiries.RecordMatchFindingActs, 2),
    _bulk("enrolments.csv", "康复项目登记", "enrolments in programmes", rehab.EnrolPersons, 2),
    _bulk("services.csv", "康复服务", "services given", rehab.RecordServices, 2),
    _bulk("retrofits.csv", "家庭改造", "home retrofits", rehab.AcceptRetrofits, 2),
    _bulk("training_needs.csv", "培训需求", "training needs", employment.RegisterTrainingNeeds, 2),
    _bulk("courses.csv", "培训班", "courses", employment.OpenCourses, 2),
    _bulk("trainees.csv", "学员", "trainees", employment.EnrolTrainees, 2),
    _bulk("completions.csv", "结业", "completed trainings", employment.CompleteTrainings, 2),
    _bulk("fund_allotments.csv", "资金下达", "fund allotments", subsidy.RecordFundAllotments, 2),
    _bulk("pay_accounts.csv", "发放账户", "accounts to pay to", subsidy.RecordPayAccounts, 2),
    _bulk("awards.csv", "补贴审定", "awards", subsidy.GrantAwards, 3),
    _bulk("claims.csv", "补贴申请", "claims for subsidies", subsidy.RecordClaims, 3),
    Kind(
        "claim_steps.csv",
        "补贴申请办理",
        "their steps and decisions",
        ClaimStepRecord,
        subsidy.RecordClaimActs,
        3,
        subsidy.DecideClaims,
    ),
    _bulk("targets.csv", "目标任务", "targets", reporting.SetTargets, 3),
)
"""Kinds sent in bulk, in the order in which they are loaded."""

DISBURSEMENTS = Kind("disbursements.csv", "补贴发放", "disbursements", DisbursementRecord, stage=4)
PUBLISHED = Kind("published.csv", "已公布数据", "published figures", PublishedRecord)

KINDS = (*BULK, DISBURSEMENTS, PUBLISHED)

STAGES = tuple(sorted({kind.stage for kind in BULK}))
