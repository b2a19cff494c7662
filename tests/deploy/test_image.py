"""The Dockerfile, as far as it can be followed without an engine."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = [pattern.rstrip("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]


def copied() -> set[str]:
    """What the image is built from."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return {source for line in lines for source in line.split()}


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line[1:] for line in ignore if line.startswith("!")}
    assert ignore.count("*") == 1
    assert copied() == let_in
    assert set(PACKAGES) <= copied()
    assert all((ROOT / path).exists() for path in let_in)


def test_the_image_runs_as_nobody_special_and_holds_no_compiler() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["1000:1000"]
    assert "apt-get" not in DOCKERFILE
    assert "--require-hashes --only-binary :all:" in DOCKERFILE


@pytest.mark.slow
def test_the_package_holds_every_file_that_the_services_read(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in copied():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    packed = tmp_path / "packed"
    build = ["-c", "import setuptools; setuptools.setup()", "-q", "build", "--build-lib", str(packed)]
    subprocess.run([sys.executable, "-W", "ignore", *build], cwd=source, check=True, timeout=110)
    needed = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".md", ".pyc", ".typed"}
    }
    assert needed - {str(path.relative_to(packed)) for path in packed.rglob("*")} == set()
