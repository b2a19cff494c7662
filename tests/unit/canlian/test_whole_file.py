"""Files that appear whole or not at all."""

from pathlib import Path

import pytest

from canlian.whole_file import replacing


def broken_off(path: Path) -> None:
    with replacing(path) as half:
        half.write_text("张＊三")
        raise RuntimeError


def test_after_an_error_nothing_of_a_file_stays(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        broken_off(tmp_path / "notice.docx")

    assert list(tmp_path.iterdir()) == []
