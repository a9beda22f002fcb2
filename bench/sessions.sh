#!/usr/bin/env bash
# What sessions cost: bench/sessions.sh [sessions, 1000000]. Begins them by the grains that logins begin them by, in a silo and a redis-server of their
# own, and tells the silo's memory for those in use and for idle ones, and the store's. ACTIVE (100000) are counted while none is idle yet.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
sessions=${1:-1000000} active=${ACTIVE:-100000}
command -v redis-server >/dev/null || need redis-server
need curl
[[ -n ${NO_BUILD:-} ]] || build src/Silo bench/Sessions
cores=0-$(($(nproc) - 1))

port=$(free_port)
start redis "$cores" redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no
health=http://127.0.0.1:$(free_port)
Gatehouse__Redis=127.0.0.1:$port start silo "$cores" "$root/src/Silo/bin/Release/net10.0/Gatehouse.Silo" --Gatehouse:AdvertisedIP=127.0.0.1 \
    --Gatehouse:SiloPort=0 --Gatehouse:GatewayPort=0 --Gatehouse:HealthUrl="$health"
silo=$started
await "$health/health/ready" silo

{
    echo "# What sessions cost"
    echo
    echo "\`ACTIVE=$active bench/sessions.sh $sessions\`"
    echo
    echo "Made by the command above: one silo and one redis-server as processes, with the client that begins the sessions on the same machine."
    echo "$(machine)."
    echo "Figures of the heap are those after a full collection. Sessions that nobody uses leave the silo's memory after three minutes and are read"
    echo "from the store when they are used again."
    echo
    echo "| | |"
    echo "|---|---|"
    "$root/bench/Sessions/bin/Release/net10.0/Gatehouse.Sessions" --redis "127.0.0.1:$port" --silo "$silo" --metrics "$health/metrics" \
        --sessions "$sessions" --active "$active" || { cat "$work/silo.log" >&2; exit 1; }
} >"$work/sessions.md"
[[ -n ${NO_REPORT:-} ]] || cp "$work/sessions.md" "$root/bench/results/sessions.md"
cat "$work/sessions.md"
