# What the scripts of eng/ have in common. To be sourced.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_ThreadPool_ForceMinWorkerThreads=20
# Build servers would outlive the job.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
readonly ROOT=$PWD ARTIFACTS=${ARTIFACTS:-$PWD/artifacts}
mkdir -p "$ARTIFACTS"

step() { printf '\n== %s\n' "$*"; }

# The version: VERSION where it is set, else of the tag v1.2.3 itself 1.2.3, after it 1.2.4-alpha.0.N with the number of commits.
version() {
  if [[ -n ${VERSION:-} ]]; then
    echo "$VERSION"
    return
  fi
  dotnet restore src/Grains/Grains.csproj -v quiet >&2
  dotnet msbuild src/Grains/Grains.csproj -nologo -t:MinVer -getProperty:MinVerVersion
}

# Runs a test program and fails as it does; its results are in artifacts/.
suite() {
  local name=$1
  shift
  step "$name"
  "tests/$name/bin/Release/net10.0/Gatehouse.$name" -noColor -result-trx "$ARTIFACTS/$name.trx" "$@"
}
