#!/usr/bin/env bash
# What needs real processes: redis-server, silos and front doors with faults, and third parties' clients.
source "$(dirname "$0")/lib.sh"
suite Cluster.Tests
step "Clients"
cd tests/Clients
npm ci --no-audit --no-fund
GATEHOUSE_API=$ROOT/src/Api/bin/Release/net10.0/Gatehouse.Api npm test
