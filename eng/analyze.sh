#!/usr/bin/env bash
# Static analysis: packages with known vulnerabilities, the bill of materials; and SonarQube where it is configured
# (SONAR_HOST_URL and SONAR_TOKEN). The analyzers themselves run in every build but that of test.sh, with warnings as errors.
source "$(dirname "$0")/lib.sh"
step "packages with known vulnerabilities"
eng/audit.sh

step "bill of materials"
eng/sbom.sh

step "SonarQube"
missing=
for variable in SONAR_HOST_URL SONAR_TOKEN; do
  [[ -n ${!variable:-} ]] || missing+=" $variable"
done
if [[ -n $missing ]]; then
  echo "left out, for want of$missing"
else
  dotnet tool restore
  dotnet tool run dotnet-sonarscanner begin /k:gatehouse /v:"$(version)" /d:sonar.host.url="$SONAR_HOST_URL" /d:sonar.token="$SONAR_TOKEN" /s:"$ROOT/eng/sonar.xml"
  dotnet build Orleans.sln -c Release -nologo --no-incremental
  dotnet tool run dotnet-sonarscanner end /d:sonar.token="$SONAR_TOKEN"
fi
