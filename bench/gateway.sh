#!/usr/bin/env bash
# The gateway beside bare YARP, nginx and HAProxy, each on one core: bench/gateway.sh [rounds, 5]
# CORE, LOAD_CORE and UPSTREAM_CORE choose the cores; SECONDS_A_ROUND (5) and CONNECTIONS (32) the load.
# PEERS chooses among them; "before" is another build of Gatehouse, in the folder that BEFORE names.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$root/bench/peers/plain.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-32}
peers=${PEERS:-gatehouse yarp nginx haproxy}
[[ $peers == *nginx* ]] && need nginx
[[ $peers == *haproxy* ]] && need haproxy
need wrk
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/upstream bench/peers/Yarp

start_upstream
declare -a yarp=()

start_peer_gatehouse() { start_front gatehouse; }

start_peer_before() { start_front before "$BEFORE"; }

start_front() {
    start_gatehouse "$@"
    pid[$1]=$gatehouse url[$1]=$public/bench/hello
    curl -fsS -o /dev/null -X PUT "$management/registry/v1/services/bench/instances/1" -H 'Content-Type: application/json' \
        -d "{\"address\":\"http://$upstream\",\"leaseSeconds\":3600}"
    curl -fsS -o /dev/null -X PUT "$management/admin/v1/routes/bench" -H 'Content-Type: application/json' \
        -d '{"id":"bench","match":{"path":"/bench/{**rest}"},"to":{"service":"BENCH"},"auth":"anonymous"}'
}

for peer in $peers; do
    "start_peer_$peer"
    await "${url[$peer]}" "$peer"
    warm_up "${pid[$peer]}" "-c$connections" "${url[$peer]}"
done

loads=$(cut -d' ' -f1 /proc/loadavg)
for ((i = 0; i < rounds; i++)); do
    for peer in $peers; do
        round "${pid[$peer]}" "$seconds" "-c$connections" "${url[$peer]}" | tee -a "$work/$peer.rounds" | sed "s/^/$peer /" >&2
    done
    loads+=" $(cut -d' ' -f1 /proc/loadavg)"
done

for column in 1 4; do yarp[column]=$([[ -s $work/yarp.rounds ]] && median "$column" "$work/yarp.rounds" || echo 0); done
report() {
    echo "| front | requests/s | p50 ms | p99 ms | requests per CPU second | to bare YARP: requests/s | per CPU second | failed |"
    echo "|---|---|---|---|---|---|---|---|"
    for peer in $peers; do
        local file=$work/$peer.rounds
        awk -v peer="$peer" -v rate="$(median 1 "$file")" -v p50="$(median 2 "$file")" -v p99="$(median 3 "$file")" \
            -v own="$(median 4 "$file")" -v yarp="${yarp[1]}" -v yown="${yarp[4]}" -v errors="$(awk '{ s += $5 } END { print s }' "$file")" 'BEGIN {
            printf "| %s | %d | %.2f | %.2f | %d | %.2f | %.2f | %d |\n", peer, rate, p50, p99, own, yarp ? rate / yarp : 0, yown ? own / yown : 0, errors }'
    done
}

if [[ -n ${NO_REPORT:-} ]]; then report; exit; fi
{
    echo "# The gateway on one core"
    echo
    echo "\`SECONDS_A_ROUND=$seconds bench/gateway.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections, GET, a body of 100 bytes, HTTP/1.1"
    echo "with connections kept open on both sides. Each front on core $core, wrk on core $load_core, the upstream on core $upstream_core; one worker or"
    echo "thread each. $(machine)."
    echo "Load average before and after each round of all: $loads. Requests per CPU second count the processor time of the front"
    echo "alone, so other programs on its core disturb them less than the requests per second. Gatehouse is the embedded default"
    echo "with a route and an instance of its registry, with logging and metrics on, and its silo and store in the same process on"
    echo "the same core; YARP has one fixed route, no logging and no metrics. Both run the same runtime settings."
    echo
    report
} >"$root/bench/results/gateway.md"
cat "$root/bench/results/gateway.md"
