#!/usr/bin/env bash
# Builds everything and runs the tests that need one process only.
source "$(dirname "$0")/lib.sh"
eng/install.sh
step "build $(version)"
dotnet build Orleans.sln -c Release -nologo
suite Grains.Tests
suite Api.Tests
suite Deploy.Tests
