"""`canlian rules explain`: what an official reads of a scheme."""

from pathlib import Path

from tests.e2e.cli import canlian


def test_a_scheme_is_explained_in_chinese(tmp_path: Path) -> None:
    told = canlian("rules", "explain", "fuel", "--on", "2024-06-03", "--data-dir", str(tmp_path))

    for text in ("残疾类别", "肢体残疾、多重残疾", "每车每年260.00元", "待确认"):
        assert text in told


def test_an_unknown_scheme_is_told(tmp_path: Path) -> None:
    told = canlian("rules", "explain", "lottery", "--data-dir", str(tmp_path), code=1)

    assert "subsidy.unknown_scheme" in told
