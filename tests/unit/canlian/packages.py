"""Writes small data packages for tests."""

from pathlib import Path

MANIFEST = 'format: 1\nname: little\noffice: "341524"\nperiod: "2024"\nzh: 小\nen: little\n'


def write_package(folder: Path, **files: str | bytes) -> Path:
    """A package with these files; names without .csv."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.yaml").write_text(MANIFEST, "utf-8")
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder
