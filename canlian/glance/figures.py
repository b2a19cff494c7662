"""The year's figures of the registry's parts, as a snapshot has them."""

from collections.abc import Iterator

from canlian.snapshot.document import Snapshot, dimensions_text

PARTS = {
    "办证评残 certificates": (
        "registry.certificate.applications",
        "registry.certificate.home_assessments event=disability_day",
        "registry.certificate.issued action=new",
        "registry.certificate.issued action=replacement",
    ),
    "动态更新 survey": ("registry.survey.persons", "registry.survey.visits visit=again"),
    "数据比对 matching": (
        "registry.crossmatch.findings",
        "registry.crossmatch.verified",
        "registry.crossmatch.benefits_opened",
    ),
    "建档立卡 poverty": (
        "registry.poverty.persons",
        "registry.poverty.persons_lifted",
        "registry.poverty.monitored",
    ),
    "入学 schooling": (
        "registry.schooling.children",
        "registry.schooling.children state=enrolled",
        "registry.schooling.children state=home_teaching",
    ),
    "组织网络 network": (
        "registry.org.township_federations",
        "registry.org.village_associations",
        "registry.org.associations",
        "registry.org.commissioners",
        "registry.org.homes",
    ),
    "队伍培训 staff": ("registry.org.training_classes", "registry.org.commissioners_trained"),
    "信访 petitions": (
        "registry.petition.received",
        "registry.petition.settled",
        "registry.petition.hotline_satisfaction_rate",
    ),
    "矛盾纠纷 disputes": (
        "registry.petition.dispute_screenings",
        "registry.petition.disputes_found",
        "registry.petition.disputes_settled",
    ),
    "法律援助 legal aid": ("registry.legal_aid.cases", "registry.legal_aid.institutions"),
    "建议提案 proposals": ("registry.proposal.handled", "registry.proposal.handled class=A"),
    "志愿结对 help": (
        "registry.volunteer.registered",
        "registry.volunteer.hours",
        "registry.pairing.persons",
        "registry.pairing.visits",
    ),
    "设施档案 facilities": (
        "registry.facility.investment",
        "registry.facility.milestones milestone=started",
        "registry.archive.closed",
    ),
}
"""Each part with the cells that tell of it: an indicator, and dimensions where it is not the whole."""

_NOTHING = (None, 0, "0.00")


def figures(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """The parts of which the year has figures above zero, each with these, under their Chinese names."""
    found = {
        f"{row['code']} {dimensions_text(row['dimensions'])}".rstrip(): row for row in snapshot["indicators"]
    }
    for part, cells in PARTS.items():
        rows = [found[cell] for cell in cells]
        if text := "，".join(f"{row['zh']} {row['value']}" for row in rows if row["value"] not in _NOTHING):
            yield part, text
