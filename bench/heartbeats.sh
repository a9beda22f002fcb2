#!/usr/bin/env bash
# Eureka heartbeats of registered instances over HTTP against the embedded front door on one core:
# bench/heartbeats.sh [rounds, 5]. CORE and LOAD_CORE choose the cores; SECONDS_A_ROUND (5), CONNECTIONS (64), SERVICES (10)
# and INSTANCES (1000, of all services together) the load. BEFORE=FOLDER measures another build beside this one.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-64} services=${SERVICES:-10} instances=${INSTANCES:-1000}
need wrk curl
[[ -n ${NO_BUILD:-} ]] || build src/Api

cat >"$work/beat.lua" <<LUA
local requests, n = {}, 0
init = function()
    for i = 0, $instances - 1 do
        local s = i % $services
        requests[i] = wrk.format("PUT", string.format(
            "/eureka/apps/BENCH-%d/host-%d.example.org:bench-%d:8080?status=UP&lastDirtyTimestamp=1700000000000", s, i, s),
            { ["Accept"] = "application/json", ["Content-Length"] = "0", ["DiscoveryIdentity-Name"] = "DefaultClient" })
    end
end
request = function()
    n = (n + 1) % $instances
    return requests[n]
end
LUA

declare -A pid url

register_all() {
    local i s host
    for ((i = 0; i < instances; i++)); do
        s=$((i % services)) host=host-$i.example.org
        cat <<CONF
next
url = "$management/eureka/apps/BENCH-$s"
request = "POST"
header = "Content-Type: application/json"
data = "{\"instance\":{\"instanceId\":\"$host:bench-$s:8080\",\"hostName\":\"$host\",\"app\":\"BENCH-$s\",\"ipAddr\":\"10.0.0.1\",\"status\":\"UP\",\"port\":{\"\$\":8080,\"@enabled\":\"true\"},\"vipAddress\":\"bench-$s\",\"lastDirtyTimestamp\":\"1700000000000\",\"leaseInfo\":{\"renewalIntervalInSecs\":300,\"durationInSecs\":3600},\"dataCenterInfo\":{\"@class\":\"com.netflix.appinfo.InstanceInfo\$DefaultDataCenterInfo\",\"name\":\"MyOwn\"}}}"
output = /dev/null
fail
CONF
    done | tail -n +2 >"$work/register"
    curl -sS --parallel --parallel-max 16 -K "$work/register" || { echo "a registration failed" >&2; exit 1; }
}

start_front() {
    start_gatehouse "$@"
    pid[$1]=$gatehouse url[$1]=$management
    register_all
    warm_up "$gatehouse" "-c$connections" -s "$work/beat.lua" "$management"
}

fronts=gatehouse
if [[ -n ${BEFORE:-} ]]; then
    fronts="before gatehouse"
    start_front before "$BEFORE"
fi
start_front gatehouse

loads=$(cut -d' ' -f1 /proc/loadavg)
for ((i = 0; i < rounds; i++)); do
    for front in $fronts; do
        round "${pid[$front]}" "$seconds" "-c$connections" -s "$work/beat.lua" "${url[$front]}" | tee -a "$work/$front.rounds" | sed "s/^/$front /" >&2
    done
    # What the listener costs without the registry behind it.
    round "${pid[gatehouse]}" "$seconds" "-c$connections" "${url[gatehouse]}/health/live" | tee -a "$work/live.rounds" | sed "s/^/live /" >&2
    loads+=" $(cut -d' ' -f1 /proc/loadavg)"
done

report() {
    local file
    echo "| what | requests/s | p50 ms | p99 ms | requests per CPU second | failed |"
    echo "|---|---|---|---|---|---|"
    for what in $fronts live; do
        file=$work/$what.rounds
        echo "| $what | $(median 1 "$file") | $(median 2 "$file") | $(median 3 "$file") | $(median 4 "$file") | $(awk '{ s += $5 } END { print s }' "$file") |"
    done | sed 's/^| gatehouse |/| heartbeats |/; s/^| before |/| heartbeats, earlier build |/; s/^| live |/| GET \/health\/live |/'
}

if [[ -n ${NO_REPORT:-} ]]; then report; exit; fi
{
    echo "# Heartbeats on one core"
    echo
    echo "\`SECONDS_A_ROUND=$seconds bench/heartbeats.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections, Eureka's PUT /eureka/apps/APP/ID of"
    echo "$instances registered instances in $services services, over HTTP/1.1. Front door, silo and store in one process on core $core, wrk on core"
    echo "$load_core. $(machine). Load average before and after each round of all: $loads."
    echo "Requests per CPU second count the processor time of the front door alone, so other programs on its core disturb them"
    echo "less than the requests per second."
    echo
    report
} >"$root/bench/results/heartbeats.md"
cat "$root/bench/results/heartbeats.md"
