#!/usr/bin/env bash
# install.sh WHO PACKAGE...: install Debian packages (as root or by sudo without a password), without letting the
# system's own services start. WHO needs them, for the message when they cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."
who=$1
shift

if ! sudo=$(scripts/as-root.sh) || ! command -v apt-get >/dev/null; then
  echo "$who needs $*, which cannot be installed from here (no root, or no apt-get): install them." >&2
  exit 1
fi
echo "installing $* for $who" >&2
policy=/usr/sbin/policy-rc.d # what Debian's packages ask before they start a service; 101 means no
if [ ! -e "$policy" ]; then
  trap '$sudo rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
  $sudo chmod +x "$policy"
fi
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qq --no-install-recommends \
  "$@" >/dev/null
