#!/usr/bin/env bash
# The tests start a PostgreSQL and a RabbitMQ of their own. Install the programs where they are missing. Servers that
# run already may be named by TEST_DATABASE_URL and TEST_AMQP_URL instead.
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
[ ${#missing[@]} -eq 0 ] || scripts/install.sh "the tests (unless TEST_DATABASE_URL and TEST_AMQP_URL name servers)" \
  "${missing[@]}"
