#!/bin/bash
# An office's databases and roles. PostgreSQL's image runs it at the first start; it may be run again at any time, to
# add what is new or to set changed passwords.
#
#   migrator        owns the databases and all tables: migrations alone
#   relay           logs into every database; privileges.sql says what it sees there
#   <service>       one for each service: reads and writes rows of its own database, makes and changes no tables
#
# Passwords are taken from the database URLs that the services themselves get, so that the two cannot differ.
set -euo pipefail
secrets=${SECRETS_DIR:-/run/secrets}
export PGUSER=${PGUSER:-${POSTGRES_USER:-postgres}} PGDATABASE=postgres
run() { psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 "$@"; }

make_role() {
  local url
  url=$(<"$secrets/$1_database_url")
  url=${url#*://*:}
  ROLE_PASSWORD=${url%%@*} run --set role="$2" <<'SQL'
\getenv password ROLE_PASSWORD
select format('create role %I', :'role')
where not exists (select from pg_roles where rolname = :'role') \gexec
alter role :"role" login nosuperuser nocreatedb nocreaterole noreplication password :'password';
SQL
}

make_database() {
  run --set service="$1" <<'SQL'
select format('create database %I owner migrator', :'service')
where not exists (select from pg_database where datname = :'service') \gexec
revoke all on database :"service" from public;
grant connect on database :"service" to :"service", relay;
\connect :"service"
revoke all on schema public from public;
grant usage on schema public to :"service", relay;
-- For the tables that migrations will make. No TRUNCATE, no REFERENCES, no TRIGGER.
alter default privileges for role migrator in schema public
  grant select, insert, update, delete on tables to :"service";
alter default privileges for role migrator in schema public grant usage on sequences to :"service";
SQL
}

make_role migrate migrator
make_role relay relay
for service in registry subsidy rehab employment reporting; do
  make_role "$service" "$service"
  make_database "$service"
done
run --command 'revoke all on database postgres, template1 from public'
