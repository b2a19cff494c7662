"""Who bears what of a list by shares: what is borne, what is behind, and what a shortage leads to."""

from typing import Any

import pytest

from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.handlers import plan
from tests.services.subsidy import factories
from tests.services.subsidy.monthly import DISTRICT, clerk, grant, live, living, pay_month
from tests.services.subsidy.own_rules import state
from tests.services.subsidy.steps import codes, events, find, held
from tests.services.subsidy.test_payment_changes import decide, placed, request
from tests.services.subsidy.test_recompute import new_rate, recomputed
from tests.support.bank import Bank
from tests.support.platform import Harness
from tests.support.registry_events import identifier


def allot(subsidy: Harness, amount: str, ref: str = "粤财社1", **changes: Any) -> None:
    fields = {"scheme": "living", "region": DISTRICT, "year": "2026", "amount": amount, "ref": ref}
    told = factories.allotment(**fields | changes)
    assert codes(subsidy.bulk("record_fund_allotments", [told], clerk(subsidy))) == ["created"]


def sixty_forty(subsidy: Harness, people: int = 3) -> None:
    """The superior level bears 60 percent, the district 40; some people are granted 217 yuan a month."""
    state(subsidy, "percent", living__funding_share__superior="60", living__funding_share__county="40")
    for number in range(1, people + 1):
        live(subsidy, number)
    awards = [living(number) for number in range(1, people + 1)]
    assert grant(subsidy, *awards) == ["created"] * people


def borne(subsidy: Harness) -> list[dict[str, int]]:
    """Fen of each source by line, in their order."""
    lines: dict[tuple[str, int], dict[str, int]] = {}
    for row in sorted(subsidy.rows(tables.run_shares), key=lambda row: (row.run_id, row.seq, row.source)):
        lines.setdefault((row.run_id, row.seq), {})[row.source] = row.amount_fen
    return [*lines.values()]


def progress(subsidy: Harness) -> dict[str, tuple[str | None, ...]]:
    """Paid, due by shares and behind, by source."""
    caller = subsidy.auditor(region=DISTRICT)
    told = subsidy.call("spending_progress", {"year": "2026"}, caller)["sources"]
    return {row["source"]: (row["paid"], row["due"], row["behind"]) for row in told}


@pytest.mark.system("SUB-12")
def test_each_line_is_split_by_the_shares_and_the_fen_left_over_are_carried_on(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "AWARDS_PER_STEP", 1)
    sixty_forty(subsidy)
    new_rate(subsidy, "living.rate.dibao.44", "217.01", "2026-01-01")
    allot(subsidy, "1000.00")

    run = pay_month(subsidy, "living", "2026-02")

    assert borne(subsidy) == [
        {"superior": 13021, "county": 8680},  # exactly 13 020.6 and 8 680.4
        {"superior": 13020, "county": 8681},  # together 26 041.2
        {"superior": 13021, "county": 8680},  # together 39 061.8
    ]
    assert run["sources"] == [
        {"source": "superior", "amount": "390.62"},
        {"source": "county", "amount": "260.41"},
    ]
    assert progress(subsidy) == {
        "superior": ("390.62", "390.62", "0.00"),
        "county": ("260.41", "260.41", "0.00"),
    }


def test_where_an_allotment_ends_the_next_bears_the_rest_and_it_is_told_how_far_behind(
    subsidy: Harness,
) -> None:
    sixty_forty(subsidy)
    allot(subsidy, "200.00")

    pay_month(subsidy, "living", "2026-02")

    assert borne(subsidy) == [
        {"superior": 13020, "county": 8680},
        {"superior": 6980, "county": 14720},
        {"county": 21700},
    ]
    assert progress(subsidy) == {
        "superior": ("200.00", "390.60", "190.60"),
        "county": ("451.00", "260.40", "-190.60"),
    }


def test_the_shares_of_a_month_are_those_of_its_first_day(subsidy: Harness) -> None:
    sixty_forty(subsidy, people=1)
    state(subsidy, "percent", "2026-03-01", living__funding_share__superior="50")
    state(subsidy, "percent", "2026-03-01", living__funding_share__county="50")
    allot(subsidy, "1000.00")

    for month in ("2026-02", "2026-03"):
        pay_month(subsidy, "living", month)

    assert borne(subsidy) == [
        {"superior": 13020, "county": 8680},
        {"superior": 10850, "county": 10850},
    ]


def test_a_list_that_the_allotments_do_not_cover_is_refused_where_the_rule_says_so(subsidy: Harness) -> None:
    sixty_forty(subsidy)
    state(subsidy, "text", living__shortage="refused")
    allot(subsidy, "390.59")

    with pytest.raises(Exception, match=r"Source superior lacks 0\.01 yuan"):
        pay_month(subsidy, "living", "2026-02")
    assert subsidy.rows(tables.runs) == []

    allot(subsidy, "0.01", ref="粤财社2")
    assert pay_month(subsidy, "living", "2026-02")["amount"] == "651.00"
    with pytest.raises(Exception, match="funds_short"):
        pay_month(subsidy, "living", "2026-03")


def test_back_pay_counts_when_it_is_asked_whether_the_allotments_cover_a_list(subsidy: Harness) -> None:
    sixty_forty(subsidy, people=1)
    state(subsidy, "text", living__shortage="refused")
    allot(subsidy, "130.20")
    pay_month(subsidy, "living", "2026-02")
    new_rate(subsidy, "living.rate.dibao.44", "227.00", "2026-02-01")
    recomputed(subsidy, "living")

    with pytest.raises(Exception, match=r"Source superior lacks 6\.00 yuan"):
        pay_month(subsidy, "living", "2026-02")
    allot(subsidy, "6.00", ref="粤财社2")
    assert pay_month(subsidy, "living", "2026-02")["amount"] == "10.00"


def test_who_is_granted_while_a_list_is_drawn_up_and_is_not_covered_waits_for_the_next(
    subsidy: Harness,
) -> None:
    sixty_forty(subsidy, people=1)
    state(subsidy, "text", living__shortage="refused")
    allot(subsidy, "130.20")
    maker = subsidy.maker(region=DISTRICT)
    told = factories.plan("living", region=DISTRICT, period="2026-02", pay_on="2026-02-25")
    subsidy.call("plan_disbursement", told, maker)
    live(subsidy, 2)
    assert grant(subsidy, living(2)) == ["created"]

    subsidy.run_jobs()

    [run] = subsidy.rows(tables.runs)
    assert (run.state, run.lines) == ("frozen", 1)
    pay_month(subsidy, "living", "2026-02")
    allot(subsidy, "130.20", ref="粤财社2")
    assert pay_month(subsidy, "living", "2026-02")["lines"] == 1
    assert {event.person_id for event in events(subsidy, messages.PaymentMade)} == {
        identifier(1),
        identifier(2),
    }


def test_no_source_bears_what_is_kept_back_for_a_debt(subsidy: Harness) -> None:
    sixty_forty(subsidy, people=1)
    allot(subsidy, "1000.00")
    for month in ("2026-02", "2026-03"):
        pay_month(subsidy, "living", month)
    new_rate(subsidy, "living.rate.dibao.44", "117.00", "2026-03-01")
    recomputed(subsidy, "living")

    # 100 yuan were paid too much in March; of the 117 of April half is kept back.
    run = pay_month(subsidy, "living", "2026-04")

    assert run["amount"] == "58.50"
    assert borne(subsidy)[-1] == {"superior": 3510, "county": 2340}
    [fund] = subsidy.rows(fund_allotments)
    assert fund.drawn_fen == 13020 + 13020 + 3510


def test_a_payment_given_up_frees_the_share_of_the_allotment_that_bore_it(subsidy: Harness) -> None:
    state(subsidy, "percent", care__funding_share__superior="60", care__funding_share__county="40")
    run = placed(subsidy, Bank({factories.account_number(identifier(1)): "C1"}))
    [fund] = subsidy.rows(fund_allotments)
    assert fund.drawn_fen == 300_000  # its share is 3 600 yuan, of which there are 3 000

    assert request(subsidy, held(subsidy)[0]["held_id"]) == ["created"]
    assert decide(subsidy) == ["created"]

    [fund] = subsidy.rows(fund_allotments)
    assert fund.drawn_fen == 180_000
    assert find(subsidy, run["run_id"])["state"] == "paid"


def test_a_list_over_divisions_with_shares_of_their_own_is_planned_division_by_division(
    subsidy: Harness,
) -> None:
    sixty_forty(subsidy)
    state(subsidy, "percent", **{f"living__funding_share__superior__{DISTRICT[:6]}": "70"})
    state(subsidy, "percent", **{f"living__funding_share__county__{DISTRICT[:6]}": "30"})
    allot(subsidy, "1000.00")
    city = factories.plan("living", region="440100000000", period="2026-02", pay_on="2026-02-25")

    with pytest.raises(Exception, match="differs_below"):
        subsidy.call("plan_disbursement", city, subsidy.maker(region="440100000000"))
    pay_month(subsidy, "living", "2026-02")

    assert borne(subsidy)[0] == {"superior": 15190, "county": 6510}
