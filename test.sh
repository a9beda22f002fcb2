#!/usr/bin/env bash
# Builds Gatehouse and runs every test. Installs what the tests need and is missing (eng/install.sh), npm packages from their lock
# file. Ends with the line "N passed, N failed" of the real results.
set -uo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Tests of one suite run side by side and some block a thread on purpose: with two cores the pool would starve the rest.
export DOTNET_ThreadPool_ForceMinWorkerThreads=20
# None of these processes lives so long that its code is worth to be measured while it runs.
export DOTNET_TieredPGO=0
# Build servers would outlive this script: the compiler's, which makes the build twice as fast, is ended after it.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

readonly results="$PWD/TestResults"
readonly suite_timeout="${SUITE_TIMEOUT:-1500}"
passed=0 failed=0 skipped=0
# What failed that is no test.
faults=()

fail() {
  echo "test.sh: $*" >&2
  failed=$((failed + 1))
  faults+=("$*")
}

# Every failed test of a .trx file in a line: its name, and how its message begins.
failed_dotnet_tests() {
  sed 's/<UnitTestResult /\n&/g; s/<ErrorInfo><Message>/\n&/g' "$1" | awk '
    function plain(text) {
      gsub(/&#x[DA];|\r/, " ", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&amp;/, "\\&", text)
      gsub(/[ \t]+/, " ", text)
      return text
    }
    function tell() { if (name != "") print "FAILED " plain(name ":" substr(message, 1, 400)); name = ""; message = "" }
    /^<UnitTestResult / {
      tell()
      tag = substr($0, 1, index($0, ">"))
      if (tag ~ / outcome="Failed"/ && match(tag, / testName="[^"]*"/)) name = substr(tag, RSTART + 11, RLENGTH - 12)
    }
    /^<ErrorInfo><Message>/ && name != "" { within = 1; sub(/^<ErrorInfo><Message>/, "") }
    within {
      ends = index($0, "</Message>")
      message = message " " (ends ? substr($0, 1, ends - 1) : $0)
      if (ends) within = 0
    }
    END { tell() }'
}

# The same of the log of npm test; a group that failed by a test of its own is not told too.
failed_clients_tests() {
  awk '
    function tell() { if (name != "" && kind !~ /subtestsFailed/) print "FAILED Clients: " name ": " message; name = "" }
    /^ *not ok [0-9]+ - / { tell(); name = $0; sub(/^ *not ok [0-9]+ - /, "", name); message = kind = ""; next }
    /^ *(ok|not ok) [0-9]+ - / { tell() }
    name != "" && /^ *failureType:/ { kind = $0 }
    name != "" && wanted { message = $0; sub(/^ */, "", message); wanted = 0 }
    name != "" && message == "" && /^ *error: / { message = $0; sub(/^ *error: /, "", message); wanted = message ~ /^[|>]/ }
    END { tell() }' "$1" | cut -c1-300
}

# At the very end, as a record of the run may keep its last lines alone.
list_failures() {
  local file
  for file in "$results"/*.trx; do
    [[ -f $file ]] && failed_dotnet_tests "$file"
  done
  [[ -f $results/Clients.log ]] && failed_clients_tests "$results/Clients.log"
  ((${#faults[@]} == 0)) || printf 'FAILED %s\n' "${faults[@]}"
}

finish() {
  list_failures
  local line="$passed passed, $failed failed"
  if ((skipped > 0)); then
    line+=", $skipped skipped"
  fi
  echo "$line"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
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

# Runs a suite; what came of it is told by collect_dotnet_suite.
run_dotnet_suite() {
  local project=$1 name started=$SECONDS code
  name=$(basename "$project")
  timeout --kill-after=15 "$suite_timeout" "$project/bin/Release/net10.0/Gatehouse.$name" -noColor -result-trx "$results/$name.trx" >"$results/$name.log" 2>&1 </dev/null
  code=$?
  echo "$code $((SECONDS - started))" >"$results/$name.code"
}

collect_dotnet_suite() {
  local name code=1 seconds=0 good bad left
  name=$(basename "$1")
  local trx="$results/$name.trx" log="$results/$name.log"
  read -r code seconds <"$results/$name.code"
  good=$(counter "$trx" passed 2>/dev/null) bad=$(counter "$trx" failed 2>/dev/null) left=$(counter "$trx" notExecuted 2>/dev/null)
  if [[ -z $good || -z $bad ]]; then
    tail -n 60 "$log"
    fail "$name gave no result (exit code $code; 124 and 137 mean it ran into its limit of $suite_timeout s)"
    return
  fi
  if ((bad > 0 || code != 0)); then
    grep -v -E "^[0-9]{2}:[0-9]{2}:[0-9]{2} (info|warn):" "$log" | tail -n 60
  fi
  # An error outside any test, such as a fixture that could not clean up, shows in the exit code alone.
  if ((bad == 0 && code != 0)); then
    bad=1
    faults+=("$name outside any test (exit code $code), see above")
  fi
  report "$name" "$good" "$bad" "${left:-0}" "$seconds"
}

# Real third-party clients: npm's test script, which writes TAP and finds the front door in GATEHOUSE_API.
run_clients() {
  local started=$SECONDS code
  (cd tests/Clients && npm ci --no-audit --no-fund --loglevel=error && GATEHOUSE_API="$PWD/../../src/Api/bin/Release/net10.0/Gatehouse.Api" \
    timeout --kill-after=15 "$suite_timeout" npm test --silent) >"$results/Clients.log" 2>&1 </dev/null
  code=$?
  echo "$code $((SECONDS - started))" >"$results/Clients.code"
}

collect_clients() {
  local log="$results/Clients.log" code=1 seconds=0 good bad left
  read -r code seconds <"$results/Clients.code"
  good=$(sed -n 's/^# pass \([0-9]*\)$/\1/p' "$log" | tail -1)
  bad=$(($(sed -n 's/^# fail \([0-9]*\)$/\1/p' "$log" | tail -1) + $(sed -n 's/^# cancelled \([0-9]*\)$/\1/p' "$log" | tail -1) + 0))
  left=$(sed -n 's/^# skipped \([0-9]*\)$/\1/p' "$log" | tail -1)
  if [[ -z $good ]]; then
    tail -n 60 "$log"
    fail "Clients gave no result (exit code $code)"
    return
  fi
  if ((bad > 0 || code != 0)); then
    tail -n 60 "$log"
  fi
  if ((bad == 0 && code != 0)); then
    bad=1
    faults+=("Clients outside any test (exit code $code), see above")
  fi
  report Clients "$good" "$bad" "${left:-0}" "$seconds"
}

rm -rf "$results"
mkdir -p "$results"
command -v dotnet >/dev/null || { fail "the .NET SDK $(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' global.json) is needed, see https://dot.net"; finish; }
eng/install.sh || fail "eng/install.sh"
# Analyzers would take twice as long as all the rest: the sources are analyzed by Deploy.Tests, which builds them with a new module,
# and the tests' own code by every other build, as that of eng/build.sh.
UseSharedCompilation=true dotnet build Orleans.sln -c Release -v quiet -nologo -p:RunAnalyzersDuringBuild=false </dev/null
built=$?
dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1 </dev/null
if ((built != 0)); then
  fail "the build"
  finish
fi

# Deploy.Tests has the compiler work most of the time, and the others wait for clocks and sockets: they have the cores together. Not
# so Cluster.Tests, which measures.
{
  run_dotnet_suite tests/Deploy.Tests
  run_clients
} &
beside=$!
for project in tests/*.Tests; do
  [[ $project != tests/Deploy.Tests && $project != tests/Cluster.Tests ]] || continue
  run_dotnet_suite "$project"
  collect_dotnet_suite "$project"
done
wait "$beside"
collect_dotnet_suite tests/Deploy.Tests
collect_clients
run_dotnet_suite tests/Cluster.Tests
collect_dotnet_suite tests/Cluster.Tests
finish
