#!/usr/bin/env bash
# Installs what the tests need if it is missing (as root), builds, and runs every test: the .NET suites, then the official JavaScript clients, two
# major versions, and rsyslog against a real server. What failed is repeated at the end; the last line is "N passed, N failed". Arguments are name filters of the .NET tests (and skip the clients).
set -uo pipefail
cd "$(dirname "$0")"
root=$PWD
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0

say() { printf '\n== %s\n' "$*"; }

need_node() {
  command -v node >/dev/null && command -v npm >/dev/null && return 0
  say "installing node and npm"
  [ "$(id -u)" = 0 ] || { echo "node and npm are missing; install them, or run as root to have it done" >&2; return 1; }
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q nodejs npm
}

# The shipper whose sending is tested, by a process of its own with a configuration of its own.
need_rsyslog() {
  command -v rsyslogd >/dev/null && ls /usr/lib/*/rsyslog/omelasticsearch.so >/dev/null 2>&1 && return 0
  say "installing rsyslog"
  [ "$(id -u)" = 0 ] || { echo "rsyslog with its Elasticsearch output is missing; install it, or run as root to have it done" >&2; return 1; }
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends rsyslog rsyslog-elasticsearch
}

# Real servers that the sources of datafeeds are tested against: program, package. A test whose server is still missing fails and says which.
need_servers() {
  local missing=()
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null || missing+=(postgresql)
  command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || missing+=(mariadb-server)
  command -v prometheus >/dev/null || missing+=(prometheus)
  # Networks that are cut, and a clock that is wrong.
  command -v ip >/dev/null || [ -x /usr/sbin/ip ] || missing+=(iproute2)
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  [ "$(id -u)" = 0 ] || { echo "missing: ${missing[*]}; install them, or run as root to have it done" >&2; return 1; }
  # Only the programs are wanted, and not that they run as services.
  apt-get update -q && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# Runs the tests of clients and counts them: a name for the results, a command that goes before, and after -- which of the tests.
clients() {
  local tap=$results/clients-$1.tap before=() files=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do before+=("$1"); shift; done
  for file in "${@:2}"; do files+=("$file.test.mjs"); done
  (cd tests/clients && "${before[@]}" node --test --test-concurrency=1 --test-reporter=tap --test-reporter-destination="$tap" \
    --test-reporter=spec --test-reporter-destination=stdout "${files[@]}")
  p=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$tap")
  f=$(sed -n 's/^# fail \([0-9]*\)$/\1/p' "$tap")
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
}

need_servers || true

say "building"
dotnet build MlActors.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed"; exit 1; }

for project in tests/*.Tests; do
  name=$(basename "$project")
  say "$name"
  args=()
  [ $# -gt 0 ] && args=(--filter "FullyQualifiedName~$1")
  dotnet test "$project" -c Release --no-build --nologo --logger "trx;LogFileName=$results/$name.trx" --logger "console;verbosity=minimal" "${args[@]}" \
    | tee "$results/$name.log"
  code=$?
  counters=$(grep -o '<Counters [^>]*' "$results/$name.trx" 2>/dev/null | head -n 1)
  p=$(sed -n 's/.* passed="\([0-9]*\)".*/\1/p' <<<"$counters")
  f=$(sed -n 's/.* failed="\([0-9]*\)".*/\1/p' <<<"$counters")
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0}))
  # A suite that broke down without a failed test is a failure all the same.
  if [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ]; then failed=$((failed + 1)); fi
done

if [ $# -eq 0 ]; then
  if need_node; then
    need_rsyslog || failed=$((failed + 1))
    say "official clients and shippers"
    (cd tests/clients && npm ci --no-audit --no-fund --loglevel=error) || failed=$((failed + 1))
    export MLACTORS="$root/src/MlActors.Node/bin/Release/net10.0/mlactors.dll"
    clients sqlite
    say "official clients, with the data in PostgreSQL"
    clients postgresql node support/postgres.mjs -- lifecycle analysis closing datafeeds documents security
  else
    failed=$((failed + 1))
  fi
fi

if [ "$failed" -gt 0 ]; then
  say "failed"
  grep -hA 12 '^  Failed ' "$results"/*.log
  grep -hA 12 '^ *not ok' "$results"/*.tap
fi 2>/dev/null

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
