"""Every yuan explained: the rules of a scheme, the reasons of an award, what a person would be granted."""

from typing import Any

import pytest

from chassis.rpc import Refused
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, nursing
from tests.support.platform import Harness
from tests.support.registry_events import identifier

AMOUNT = "广东省困难残疾人生活补贴标准：每人每月217.00元。应发217.00元。"


def refusal(subsidy: Harness, method: str, fields: dict[str, Any], caller: str) -> str:
    with pytest.raises(Refused) as refused:
        subsidy.call(method, fields, caller)
    return refused.value.code


def granted(subsidy: Harness, award: dict[str, Any]) -> str:
    [outcome] = subsidy.bulk("grant_awards", [award], clerk(subsidy))
    award_id: str = outcome["id"]
    return award_id


def test_an_award_tells_the_citizen_why_and_how_much(subsidy: Harness) -> None:
    live(subsidy)
    award_id = granted(subsidy, living(benefits={"old_age_allowance": ""}))

    told = subsidy.call("show_award", {"award_id": award_id, "period": "2026-03"}, clerk(subsidy))

    assert (told["period"], told["last_period"], told["amount"]) == ("2026-02", None, "217.00")
    assert [reason["text"] for reason in told["reasons"]] == [
        "受理方式：由残联受理审定。符合。（依据：国发〔2015〕52号）",
        "是否须持有效残疾人证：是。符合。（依据：国发〔2015〕52号）",
        "家庭困难类型：低保家庭。符合。（依据：国发〔2015〕52号）",
        "不纳入补贴的家庭类型：特困供养家庭。符合。（依据：甘肃省残疾人两项补贴政策文本（转载页））",
        "自何月起发放：自递交申请当月。自2026-02起按月发放。（依据：国发〔2015〕52号）",
        "与高龄津贴：可同时享受。（依据：广州市残疾人两项补贴政策文本（2021年转载页），待确认）",
    ]
    assert [reason["text"] for reason in told["amount_reasons"]] == [
        f"{AMOUNT}（依据：广东省2026年残疾人两项补贴标准（据公开政策汇编canzhutong））"
    ]


def test_a_month_is_computed_anew_as_known_on_another_day(subsidy: Harness) -> None:
    liaoning = "210102000000"
    subsidy.feed("registry", [factories.certified(1, region=liaoning)])
    fields = nursing(period="2026-01", granted_on="2026-01-20", applied_on="2026-01-05")
    caller = subsidy.clerk(region=liaoning)
    [outcome] = subsidy.bulk("grant_awards", [fields], caller)

    def amount(known_on: str | None, period: str = "2026-01") -> str | None:
        asked = {"award_id": outcome["id"], "period": period, "known_on": known_on}
        told: str | None = subsidy.call("show_award", asked, caller)["amount"]
        return told

    assert (amount("2026-04-08"), amount("2026-04-09"), amount(None)) == ("80.00", "90.00", "90.00")
    assert amount(None, "2025-12") is None


def test_an_award_of_another_region_is_as_one_that_does_not_exist(subsidy: Harness) -> None:
    live(subsidy)
    award_id = granted(subsidy, living())

    codes = {
        refusal(subsidy, "show_award", {"award_id": each}, subsidy.clerk()) for each in (award_id, "9" * 32)
    }

    assert codes == {"subsidy.unknown_award"}


def check(subsidy: Harness, caller: str, **changes: Any) -> dict[str, Any]:
    fields = {"person_id": identifier(1), "scheme": "living", "variant": "dibao", "on": "2026-03-20"}
    return subsidy.call("check_entitlement", fields | changes, caller)


def test_what_would_be_granted_is_told_without_granting(subsidy: Harness) -> None:
    live(subsidy)

    told = check(subsidy, clerk(subsidy))

    assert (told["entitled"], told["code"], told["amount"]) == (True, None, "217.00")
    assert told["reasons"][-1]["text"].startswith(AMOUNT)
    assert subsidy.events() == []


def test_what_is_not_complied_with_is_told_with_its_rule(subsidy: Harness) -> None:
    live(subsidy, 1, "hardship", expires_on="2026-01-31")

    told = check(subsidy, clerk(subsidy))

    assert (told["entitled"], told["code"]) == (False, "subsidy.certificate_expired")
    failed = [reason["rule"] for reason in told["reasons"] if "不符合" in reason["text"]]
    assert failed == ["living.certificate", "living.flags_any.dibao"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"benefits": {"orphan_allowance": ""}}, "subsidy.benefit_excludes"),
        ({"benefits": {"welfare_living_allowance": ""}}, "subsidy.benefit_amount_needed"),
        ({"benefits": {"welfare_living_allowance": "200.00"}}, None),
        ({"on": "2025-12-31"}, "rule.not_in_force"),
    ],
)
def test_what_the_person_has_besides_counts(
    subsidy: Harness, changes: dict[str, Any], code: str | None
) -> None:
    live(subsidy)

    assert check(subsidy, clerk(subsidy), **changes)["code"] == code


def test_the_other_scheme_granted_here_is_looked_at(subsidy: Harness) -> None:
    live(subsidy)
    grant(subsidy, nursing())

    rules = [reason["rule"] for reason in check(subsidy, clerk(subsidy))["reasons"]]

    assert "living.overlap.nursing" in rules


def test_a_person_of_another_region_is_as_unknown(subsidy: Harness) -> None:
    live(subsidy)
    fields = {"person_id": identifier(1), "scheme": "living", "variant": "dibao", "on": "2026-03-20"}

    codes = {
        refusal(subsidy, "check_entitlement", fields | {"person_id": each}, subsidy.clerk())
        for each in (identifier(1), "9" * 32)
    }

    assert codes == {"subsidy.unknown_person"}


def test_a_scheme_is_explained_as_of_a_day_and_as_known_on_a_day(subsidy: Harness) -> None:
    def rate(on: str, known_on: str | None = None) -> dict[str, Any] | None:
        fields = {"scheme": "living", "region": "210102000000", "on": on, "known_on": known_on}
        rules = subsidy.call("explain_scheme", fields, subsidy.auditor())["rules"]
        return next((each for each in rules if each["rule"] == "living.rate.dibao.21"), None)

    new = rate("2026-05-01")
    assert new is not None
    assert (new["value"], new["document"], new["known_from"]) == (
        "每人每月90.00元",
        "辽民发〔2026〕16号",
        "2026-04-09",
    )
    old = rate("2026-05-01", known_on="2026-04-08")
    assert old is not None
    assert (old["value"], old["certainty"]) == ("每人每月80.00元", "assumed")
    assert rate("2024-12-31") is None


@pytest.mark.parametrize("method", ["show_award", "check_entitlement", "explain_scheme"])
def test_who_has_no_part_in_it_asks_nothing(subsidy: Harness, method: str) -> None:
    assert refusal(subsidy, method, {}, subsidy.caller("system", region=DISTRICT)) == "access.role"
