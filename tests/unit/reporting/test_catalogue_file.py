"""A wrong catalogue is refused with file and line; files of bad_catalogues/ begin with "# line: words"."""

from pathlib import Path

import pytest

from kernel.errors import NotFound
from services.reporting import definitions
from services.reporting.domain.catalogue_file import CatalogueError, load

BAD = sorted((Path(__file__).parent / "bad_catalogues").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_wrong_file_is_refused_at_its_line(path: Path, tmp_path: Path):
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    line, words = first.removeprefix("# ").split(": ", 1)
    (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load(tmp_path, definitions.event_shapes())
    assert f"{path.name}:{line}: " in str(error.value)
    assert words in str(error.value)


def test_the_same_code_in_two_files_is_refused(tmp_path: Path):
    text = (definitions.DIRECTORY / "rehab.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"b\.yaml:\d+: .*duplicate code rehab\..*a\.yaml:"):
        load(tmp_path, definitions.event_shapes())


def test_a_directory_without_files_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match="no indicators"):
        load(tmp_path, {})


def test_an_alias_finds_the_indicator(tmp_path: Path):
    text = (definitions.DIRECTORY / "rehab.yaml").read_text(encoding="utf-8")
    text = text.replace("    version: 1\n", "    version: 1\n    aliases: [rehab.drug.persons]\n", 1)
    (tmp_path / "rehab.yaml").write_text(text, encoding="utf-8")
    catalogue = load(tmp_path, definitions.event_shapes())
    assert catalogue.find("rehab.drug.persons") is catalogue.find("rehab.psych_drug.persons")
    with pytest.raises(NotFound, match=r"reporting\.unknown_indicator"):
        catalogue.find("rehab.drug")


def test_the_catalogue_shows_every_figure_of_the_counties_own_report():
    """Rows of 金寨县残联2024年工作总结 that the services' events can make, by code and dimensions."""
    shown = {
        (indicator.code, tuple(sorted(cut.dimensions.items())), cut.zh)
        for indicator in definitions.catalogue().indicators
        for cut in indicator.cuts
    }
    severe, batch = ("grade", "1-2"), ("batch", "supplementary")
    assert {
        ("registry.persons.certified", (severe,), "一、二级重度残疾人"),
        ("registry.certificate.issued", (("mode", "home_visit"),), "入户办证"),
        ("rehab.care.persons", (("mode", "boarding"),), "寄宿制托养"),
        ("subsidy.care.amount", (("source", "superior"),), "托养资金(上级)"),
        ("subsidy.student_aid.persons", (("level", "all"),), "残疾学生资助任务合计"),
        ("rehab.home_retrofit.townships", (batch,), "增补改造乡镇"),
        ("employment.training.persons", (("type", "vocational"),), "职业技能培训"),
    } <= shown
