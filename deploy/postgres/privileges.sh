#!/bin/bash
# After every migration: what holds for some tables only. Runs as migrator, whose password stands in its database URL.
set -euo pipefail
url=$(<"${SECRETS_DIR:-/run/secrets}/migrate_database_url")
url=${url#*://*:}
export PGPASSWORD=${url%%@*} PGUSER=migrator PGHOST=${PGHOST:-postgres}
for service in registry subsidy rehab employment reporting; do
  psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --set service="$service" --dbname "$service" \
    --file "$(dirname "$0")/privileges.sql"
done
