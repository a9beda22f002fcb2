#!/usr/bin/env bash
# Fails when a package, direct or brought along by another, has a known vulnerability.
source "$(dirname "$0")/lib.sh"
report=$ARTIFACTS/vulnerable.txt
dotnet list Orleans.sln package --vulnerable --include-transitive | tee "$report"
if grep -q 'has the following vulnerable packages' "$report"; then
  exit 1
fi
(cd tests/Clients && npm audit --audit-level=high)
