"""The images that the compose file and the Dockerfile name: the true ones, or stand-ins from Debian."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
_BASES = r"^FROM (\S+)"
STANDINS = Path(__file__).parent / "standins"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
BASE = "canlian-standin"
PULL_SECONDS_MAX = 600


def named() -> list[str]:
    """The images that are not built here."""
    found = re.findall(r"^ +image: (?!canlian:)(\S+)$", COMPOSE, re.MULTILINE)
    return sorted({*found, *re.findall(_BASES, DOCKERFILE, re.MULTILINE)})


def added_megabytes() -> float:
    """How much larger the platform's image is than the one it is built on."""
    [own] = set(re.findall(r"^ +image: (canlian:\S+)$", COMPOSE, re.MULTILINE))
    [base] = set(re.findall(_BASES, DOCKERFILE, re.MULTILINE))
    command = ["docker", "image", "inspect", "--format={{.Size}}", own, base]
    sizes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return (int(sizes[0]) - int(sizes[1])) / 1e6


def standin(image: str) -> Path:
    """The folder with the stand-in for an image: prom/prometheus:v3 is in standins/prometheus."""
    return STANDINS / image.partition(":")[0].rpartition("/")[2]


def provide(work: Path, cache: Path) -> dict[str, str]:
    """Have every named image in the engine; says of each whether it was "pulled" or is a "stand-in"."""
    origins = {image: "pulled" if _pull(image) else "stand-in" for image in named()}
    if missing := [image for image, origin in origins.items() if origin == "stand-in"]:
        settings = _pip_settings()
        kept = cache / f"{_key(missing, settings)}.tar"
        if not kept.exists():
            _build(missing, settings, work)
            cache.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(".new")
            _run("docker", "save", "--output", str(draft), *missing)
            draft.replace(kept)
        _run("docker", "load", "--quiet", "--input", str(kept))
    return origins


def _pull(image: str) -> bool:
    command = ["docker", "pull", "--quiet", image]
    return subprocess.run(command, check=False, capture_output=True, timeout=PULL_SECONDS_MAX).returncode == 0


def _build(images: list[str], settings: str, work: Path) -> None:
    root = work / "root"
    _run("debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(root))
    with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as packed:
        subprocess.run(
            ["docker", "import", "-", BASE], check=True, stdin=packed.stdout, stdout=subprocess.DEVNULL
        )
    shutil.rmtree(root)
    for image in images:
        context = work / "context"
        shutil.copytree(standin(image), context)
        shutil.copy(CERTIFICATES, context / "certificates.crt")
        (context / "pip.conf").write_text(settings)
        _run("docker", "build", "--quiet", "--tag", image, str(context))
        shutil.rmtree(context)


def _pip_settings() -> str:
    """Where this machine's pip finds packages, as far as a container can go there too."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = dict(re.findall(r"^[\w:]+\.(index-url|trusted-host|proxy)='(.*)'$", listed, re.MULTILINE))
    return "".join(["[global]\n", *(f"{name} = {value}\n" for name, value in found.items())])


def _key(images: list[str], settings: str) -> str:
    """Changes with whatever goes into the stand-ins."""
    parts = [settings.encode(), CERTIFICATES.read_bytes(), " ".join(images).encode()]
    parts += [path.read_bytes() for path in sorted(STANDINS.rglob("*")) if path.is_file()]
    return f"standins-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:16]}"


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-4000:]}")
