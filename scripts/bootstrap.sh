#!/usr/bin/env bash
# bootstrap.sh VENV NAME: make the virtual environment VENV from Python 3.11 alone, and install requirements/NAME.txt
# and the project into it. One that stands is added to. VENV/NAME.ready says that all went well.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1 requirements=$2

say() { printf 'bootstrap: %s\n' "$*" >&2; }

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3.11 python3 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  say "Python 3.11 is needed and was not found as ${PYTHON:-python3.11, python3 or python};" \
    "install it, or name it: make PYTHON=/path/to/python3.11"
  return 1
}

# Debian's python3 comes without ensurepip, which venv needs. Its package is installed where we may; otherwise a pip
# that the machine has elsewhere puts itself into the new environment.
make_venv() {
  local python=$1 sudo
  "$python" -m venv --clear "$venv" >/dev/null 2>&1 && return
  if sudo=$(scripts/as-root.sh) && command -v apt-get >/dev/null; then
    say "installing python3-venv"
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3-venv >/dev/null
    "$python" -m venv --clear "$venv" && return
  fi
  if "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear --without-pip "$venv"
    "$python" -m pip --python "$venv/bin/python" install --quiet pip && return
  fi
  say "$python cannot make a virtual environment: install its venv module (Debian: apt install python3-venv) or pip"
  return 1
}

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  say "creating $venv with $python"
  make_venv "$python"
fi
say "installing requirements/$requirements.txt"
export PIP_DISABLE_PIP_VERSION_CHECK=1
pip=("$venv/bin/python" -m pip install --quiet)
"${pip[@]}" --require-hashes -r "requirements/$requirements.txt"
# "compat": the folder itself goes on the path, so that a new package is found without installing again.
"${pip[@]}" --no-index --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
touch "$venv/$requirements.ready"
