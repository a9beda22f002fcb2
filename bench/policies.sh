#!/usr/bin/env bash
# The gateway with its policies on, on one core, beside fronts that only pass on (bare YARP, nginx) and fronts with policies of their
# own (YARP with JwtBearer and ASP.NET Core's rate limiter, HAProxy with JWT and a stick table): bench/policies.sh [rounds, 5]
# CORE, LOAD_CORE and UPSTREAM_CORE choose the cores; SECONDS_A_ROUND (5), CONNECTIONS (32) and TOKENS (64) the load.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$root/bench/peers/plain.sh"
source "$root/bench/peers/tokens.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-32} tokens=${TOKENS:-64}
peers=${PEERS:-gatehouse yarp bearer haproxy nginx}
need wrk curl openssl
for peer in nginx haproxy; do [[ $peers != *$peer* ]] || need "$peer"; done
command -v h2load >/dev/null || apt-get install -y --no-install-recommends nghttp2-client >"$work/apt.log"
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/upstream bench/peers/Yarp bench/peers/Bearer

# Each is said, also where it is the default: caller, limit, circuits, retries, timeouts, bulkhead. Metrics are always on.
route='{"match":{"path":"/bench/{**rest}"},"to":{"service":"BENCH"},"auth":"authenticated","limit":{"permits":1000000,"per":"1s","by":"consumer"},
"circuit":{"window":"10s"},"retry":{"attempts":2},"timeouts":{"total":"30s","perTry":"10s"},"bulkhead":{"concurrent":1000}}'
start_peer_gatehouse() {
    # The upstream stands in for a collector, which traces are recorded for; the access log is written once, to standard output.
    OTEL_EXPORTER_OTLP_ENDPOINT="http://$upstream" OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \
        GATEHOUSE_ARGS="--Gatehouse:AccessLog:Enabled=true --Gatehouse:Telemetry:TraceSample=0.1 --Logging:OpenTelemetry:LogLevel:Gatehouse.Access=None ${GATEHOUSE_ARGS:-}" \
        start_front gatehouse
}

load() { # load PEER: what wrk is given; fronts that only pass on get the same requests with tokens.
    echo "-c$connections -s $work/tokens.lua ${url[$1]} -- $work/$1.tokens"
}

allocated() { curl -fsS "$management/metrics" | awk '/^dotnet_gc_heap_total_allocated_bytes/ { s += $2 } END { printf "%.0f", s }'; }

# even PEER RATE: requests at an even rate, p99 in ms of each one's own time.
even() {
    local each=$(($2 / connections)) log=$work/even.log
    rm -f "$log"
    taskset -c "$load_core" h2load --h1 -t1 "-c$connections" "--rps=$each" "-D$seconds" --warm-up-time=1 --log-file="$log" \
        -H "Authorization: Bearer $(head -1 "$work/$1.tokens")" "${url[$1]}" >"$work/even.out"
    awk '$2 == 200 { print $3 / 1000 }' "$log" | sort -g | awk '{ v[NR] = $1 } END { printf "%d %.3f\n", NR, v[int(NR * 0.99) + 1] }'
}

start_upstream
sign
for peer in $peers; do
    "start_peer_$peer"
    if [[ $peer == yarp || $peer == nginx ]]; then await "${url[$peer]}" "$peer"; cp "$work/rs256.tokens" "$work/$peer.tokens"; else check "$peer"; fi
    # shellcheck disable=SC2046 # Several arguments.
    warm_up "${pid[$peer]}" $(load "$peer")
done

for ((i = 0; i < rounds; i++)); do
    for peer in $peers; do
        before=$(allocated)
        # shellcheck disable=SC2046
        figures=$(round "${pid[$peer]}" "$seconds" $(load "$peer"))
        echo "$figures" | tee -a "$work/$peer.rounds" | sed "s/^/$peer /" >&2
        [[ $peer != gatehouse ]] || echo "$(($(allocated) - before)) $(awk '/requests in/ { print $1 }' "$work/wrk.out")" | awk '{ printf "%.0f\n", $1 / $2 }' >>"$work/allocations"
    done
done

half=$(($(median 1 "$work/gatehouse.rounds" | cut -d. -f1) / 2))
for ((i = 0; i < rounds; i++)); do
    for peer in $peers; do even "$peer" "$half" | tee -a "$work/$peer.even" | sed "s/^/$peer at $half\/s: /" >&2; done
done

ratio() { awk -v a="$(median "$1" "$work/$2")" -v b="$(median "$1" "$work/$3")" 'BEGIN { printf "%.2f", b ? a / b : 0 }'; }

report() {
    echo "| front | requests/s | p50 ms | p99 ms | requests per CPU second | p99 ms at $half/s | failed |"
    echo "|---|---|---|---|---|---|---|"
    for peer in $peers; do
        local file=$work/$peer.rounds
        printf '| %s | %.0f | %.2f | %.2f | %.0f | %.2f | %d |\n' "$peer" "$(median 1 "$file")" "$(median 2 "$file")" "$(median 3 "$file")" \
            "$(median 4 "$file")" "$(median 2 "$work/$peer.even")" "$(awk '{ s += $5 } END { print s }' "$file")"
    done
    echo
    for peer in ${peers/gatehouse/}; do
        echo "- Gatehouse to $peer: $(ratio 1 gatehouse.rounds "$peer.rounds") of the requests/s, p99 at an even $half/s $(ratio 2 gatehouse.even "$peer.even") times"
    done
    echo "- allocated for each request by the whole process of Gatehouse, silo and store too: $(median 1 "$work/allocations") bytes"
}

if [[ -n ${NO_REPORT:-} ]]; then report; exit; fi
{
    echo "# The gateway with its policies on, on one core"
    echo
    echo "\`SECONDS_A_ROUND=$seconds PEERS=\"$peers\" bench/policies.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections, GET, a body of 100 bytes, $tokens access tokens"
    echo "in turn. Each front on core $core, the load (wrk; h2load for the even rate) and the upstream on core $load_core. $(machine)."
    echo
    echo "gatehouse is the embedded default, silo and store in the same process on the same core, with a route that authenticates, limits by"
    echo "caller, and has circuits, retries, timeouts and a bulkhead; metrics, the access log of every request as JSON on standard output, and"
    echo "one trace in ten recorded and sent by OTLP. bearer is YARP with JwtBearer and ASP.NET Core's rate limiter, haproxy verifies with jwt_verify and limits by a"
    echo "stick table, both RS256 and for each request; yarp and nginx pass on and do nothing else, without logs and metrics."
    echo
    report
} >"$root/bench/results/policies.md"
cat "$root/bench/results/policies.md"
