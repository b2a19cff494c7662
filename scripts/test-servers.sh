#!/usr/bin/env bash
# The tests start a PostgreSQL and a RabbitMQ of their own. Install the programs where they are missing (Debian, as
# root or by sudo without a password), without letting the system's own services start.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
if [ -z "${TEST_DATABASE_URL:-}" ] && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null \
  && ! command -v initdb >/dev/null; then
  missing+=(postgresql)
fi
if [ -z "${TEST_AMQP_URL:-}" ] && ! { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || compgen -G \
  '/opt/rabbitmq*/sbin/rabbitmq-server' >/dev/null || command -v rabbitmq-server >/dev/null; }; then
  missing+=(rabbitmq-server)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if ! sudo=$(scripts/as-root.sh) || ! command -v apt-get >/dev/null; then
  echo "The tests need ${missing[*]}, which cannot be installed from here: install them, or name running servers by" \
    "TEST_DATABASE_URL and TEST_AMQP_URL." >&2
  exit 1
fi
echo "installing ${missing[*]} for the tests" >&2
policy=/usr/sbin/policy-rc.d # what Debian's packages ask before they start a service; 101 means no
if [ ! -e "$policy" ]; then
  trap '$sudo rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
  $sudo chmod +x "$policy"
fi
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -qq --no-install-recommends \
  "${missing[@]}" >/dev/null
