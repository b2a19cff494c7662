"""What `canlian doctor` says of tables that are kept by month."""

import pytest

from canlian.commands.office import _months_wrong


@pytest.mark.parametrize(
    ("ahead", "stray", "codes"),
    [
        (24, 0, []),
        (2, 0, []),
        (None, 0, []),  # SQLite
        (1, 0, ["[months.ahead]"]),
        (0, 8192, ["[months.ahead]", "[months.stray]"]),
    ],
)
def test_too_few_months_to_come_and_rows_without_a_month_are_told(
    ahead: int | None, stray: int, codes: list[str]
) -> None:
    told = list(_months_wrong({"months_ahead": ahead, "stray_bytes": stray}))
    assert [text.split()[-1] for text in told] == codes
