#!/usr/bin/env bash
# Builds Gatehouse and runs every test. Installs what the tests need and is missing: redis-server, prometheus, Chromium and Node.js from
# the system's package manager, npm packages from their lock file. Ends with the line "N passed, N failed" of the real results.
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive
# Tests of one suite run side by side and some block a thread on purpose: with two cores the pool would starve the rest.
export DOTNET_ThreadPool_ForceMinWorkerThreads=20
# Build servers would outlive this script.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

readonly results="$PWD/TestResults"
readonly suite_timeout="${SUITE_TIMEOUT:-1200}"
passed=0 failed=0 skipped=0

fail() {
  echo "test.sh: $*" >&2
  failed=$((failed + 1))
}

finish() {
  local line="$passed passed, $failed failed"
  if ((skipped > 0)); then
    line+=", $skipped skipped"
  fi
  echo "$line"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  echo "Installing $*"
  as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_missing() {
  if ! command -v redis-server >/dev/null; then
    install_packages redis-server || fail "cannot install redis-server"
    # The tests start servers of their own; the package's service is not wanted.
    as_root service redis-server stop >/dev/null 2>&1
    as_root systemctl disable redis-server >/dev/null 2>&1
  fi
  if ! { command -v prometheus && command -v promtool; } >/dev/null; then
    install_packages prometheus || fail "cannot install prometheus"
    as_root service prometheus stop >/dev/null 2>&1
    as_root systemctl disable prometheus >/dev/null 2>&1
  fi
  if [[ -z ${GATEHOUSE_CHROMIUM:-} && ! -x /usr/bin/chromium && ! -x /usr/bin/chromium-browser && ! -x /usr/bin/google-chrome ]]; then
    install_packages chromium || fail "cannot install Chromium"
  fi
  if [[ -f tests/Clients/package.json ]] && ! { command -v node && command -v npm; } >/dev/null; then
    install_packages nodejs npm || fail "cannot install Node.js"
  fi
}

# Adds one suite's counts and prints its line.
report() {
  local name=$1 good=$2 bad=$3 left=$4 seconds=$5
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
  echo "$name: $good passed, $bad failed, $left skipped in $seconds s"
}

# A number out of a test result file's counters.
counter() {
  sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -1
}

run_dotnet_suite() {
  local project=$1 name started code good bad left
  name=$(basename "$project")
  local trx="$results/$name.trx" log="$results/$name.log"
  local program="$project/bin/Release/net10.0/Gatehouse.$name"
  started=$SECONDS
  timeout --kill-after=15 "$suite_timeout" "$program" -noColor -result-trx "$trx" >"$log" 2>&1 </dev/null
  code=$?
  good=$(counter "$trx" passed 2>/dev/null) bad=$(counter "$trx" failed 2>/dev/null) left=$(counter "$trx" notExecuted 2>/dev/null)
  if [[ -z $good || -z $bad ]]; then
    tail -n 60 "$log"
    fail "$name gave no result (exit code $code; 124 and 137 mean it ran into its limit of $suite_timeout s)"
    return
  fi
  if ((bad > 0 || code != 0)); then
    grep -v -E "^[0-9]{2}:[0-9]{2}:[0-9]{2} (info|warn):" "$log" | tail -n 200
  fi
  # An error outside any test, such as a fixture that could not clean up, shows in the exit code alone.
  if ((bad == 0 && code != 0)); then
    bad=1
  fi
  report "$name" "$good" "$bad" "${left:-0}" $((SECONDS - started))
}

# Real third-party clients: npm's test script, which writes TAP and finds the front door in GATEHOUSE_API.
run_clients() {
  local log="$results/Clients.log" started=$SECONDS code good bad left
  if ! (cd tests/Clients && npm ci --no-audit --no-fund --loglevel=error); then
    fail "npm ci in tests/Clients"
    return
  fi
  (cd tests/Clients && GATEHOUSE_API="$PWD/../../src/Api/bin/Release/net10.0/Gatehouse.Api" \
    timeout --kill-after=15 "$suite_timeout" npm test --silent) >"$log" 2>&1 </dev/null
  code=$?
  good=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$log" | tail -1)
  bad=$(($(sed -n 's/^# fail \([0-9]*\)$/\1/p' "$log" | tail -1) + $(sed -n 's/^# cancelled \([0-9]*\)$/\1/p' "$log" | tail -1) + 0))
  left=$(sed -n 's/^# skipped \([0-9]*\)$/\1/p' "$log" | tail -1)
  if [[ -z $good ]]; then
    tail -n 60 "$log"
    fail "Clients gave no result (exit code $code)"
    return
  fi
  if ((bad > 0 || code != 0)); then
    tail -n 200 "$log"
  fi
  if ((bad == 0 && code != 0)); then
    bad=1
  fi
  report Clients "$good" "$bad" "${left:-0}" $((SECONDS - started))
}

rm -rf "$results"
mkdir -p "$results"
command -v dotnet >/dev/null || { fail "the .NET SDK $(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' global.json) is needed, see https://dot.net"; finish; }
install_missing
if ! dotnet build Orleans.sln -c Release -v quiet -nologo </dev/null; then
  fail "the build"
  finish
fi

for project in tests/*.Tests; do
  run_dotnet_suite "$project"
done
if [[ -f tests/Clients/package.json ]]; then
  run_clients
fi
finish
