#!/usr/bin/env bash
# What `make compose-test` needs: root, Docker's engine and client, docker-compose, debootstrap. Installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ]; then
  echo "make compose-test starts a Docker engine of its own and kills its containers: run it as root." >&2
  exit 1
fi
missing=()
{ command -v dockerd && command -v docker; } >/dev/null || missing+=(docker.io)
command -v docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || missing+=(docker-compose)
command -v debootstrap >/dev/null || missing+=(debootstrap)
command -v iptables >/dev/null || missing+=(iptables)
command -v ip >/dev/null || missing+=(iproute2)
[ ${#missing[@]} -eq 0 ] || scripts/install.sh "make compose-test" "${missing[@]}"
