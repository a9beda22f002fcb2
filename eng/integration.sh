#!/usr/bin/env bash
# What needs real processes: redis-server, silos and front doors with faults, a browser, and third parties' clients. Builds what is
# not built yet.
source "$(dirname "$0")/lib.sh"
eng/install.sh
step "build $(version)"
dotnet build Orleans.sln -c Release -nologo
suite Cluster.Tests
suite Browser.Tests
step "Clients"
cd tests/Clients
npm ci --no-audit --no-fund
GATEHOUSE_API=$ROOT/src/Api/bin/Release/net10.0/Gatehouse.Api npm test
