#!/usr/bin/env bash
# Write requirements/*.txt from pyproject.toml. Neither an index nor a path of this machine may get into them.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
  { echo "# Written by make lock from pyproject.toml; not to be edited."
    "${VENV:-.venv}/bin/uv" pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --no-header \
      --no-annotate --no-emit-index-url --no-emit-find-links "${@:2}" pyproject.toml; } >"$1.new"
  mv "$1.new" "$1"
}
lock requirements/runtime.txt
lock requirements/dev.txt --extra dev --constraints requirements/runtime.txt
lock requirements/bench.txt --extra dev --extra bench --constraints requirements/dev.txt
