#!/usr/bin/env bash
# The bill of materials (CycloneDX) of what is shipped: packages of src/, direct and brought along.
source "$(dirname "$0")/lib.sh"
dotnet restore src/Api/Api.csproj -v quiet
npx --yes @cyclonedx/cdxgen@12.8.4 --type dotnet --no-babel --no-install-deps --spec-version 1.6 --required-only \
  --project-name gatehouse --project-version "$(version)" --output "$ARTIFACTS/gatehouse.cdx.json" src
