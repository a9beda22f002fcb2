#!/usr/bin/env bash
# Authenticated and limited requests through the gateway on one core, beside what a team builds of YARP, JwtBearer and ASP.NET Core's
# rate limiter, and beside HAProxy verifying RS256: bench/authenticated.sh [rounds, 5]
# CORE, LOAD_CORE and UPSTREAM_CORE choose the cores; SECONDS_A_ROUND (5), CONNECTIONS (32) and TOKENS (64) the load.
# PEERS chooses among them; "before" is another build of Gatehouse, in the folder that BEFORE names, "anonymous" the gateway on a
# route without auth and limit.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$root/bench/peers/plain.sh"
source "$root/bench/peers/tokens.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-32} tokens=${TOKENS:-64}
peers=${PEERS:-gatehouse bearer haproxy}
need wrk curl openssl
[[ $peers == *haproxy* ]] && need haproxy
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/upstream bench/peers/Bearer

start_upstream

start_peer_gatehouse() { start_front gatehouse; }

start_peer_before() { start_front before "$BEFORE"; }

# The same process on a route that asks for nothing: what authentication and the limit cost.
start_peer_anonymous() { pid[anonymous]=${pid[gatehouse]} url[anonymous]=${url[gatehouse]/bench/open} wanted[anonymous]=200; cp "$work"/{gatehouse,anonymous}.tokens; }

sign
for peer in $peers; do
    "start_peer_$peer"
    check "$peer"
    warm_up "${pid[$peer]}" "-c$connections" -s "$work/tokens.lua" "${url[$peer]}" -- "$work/$peer.tokens"
done

for ((i = 0; i < rounds; i++)); do
    for peer in $peers; do
        round "${pid[$peer]}" "$seconds" "-c$connections" -s "$work/tokens.lua" "${url[$peer]}" -- "$work/$peer.tokens" | tee -a "$work/$peer.rounds" | sed "s/^/$peer /" >&2
    done
done

report() {
    echo "| front | requests/s | p50 ms | p99 ms | requests per CPU second | failed |"
    echo "|---|---|---|---|---|---|"
    for peer in $peers; do
        local file=$work/$peer.rounds
        printf '| %s | %.0f | %.2f | %.2f | %.0f | %d |\n' "$peer" "$(median 1 "$file")" "$(median 2 "$file")" "$(median 3 "$file")" \
            "$(median 4 "$file")" "$(awk '{ s += $5 } END { print s }' "$file")"
    done
    echo
    for peer in $peers; do
        [[ $peer == gatehouse || $peer == anonymous ]] || echo "Gatehouse to $peer: $(awk -v a="$(median 1 "$work/gatehouse.rounds")" -v b="$(median 1 "$work/$peer.rounds")" 'BEGIN { printf "%.2f", a / b }') of the requests/s."
    done
}

if [[ -n ${NO_REPORT:-} ]]; then report; exit; fi
{
    echo "# Authenticated requests on one core"
    echo
    echo "\`SECONDS_A_ROUND=$seconds PEERS=\"$peers\" bench/authenticated.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections, GET, a body of 100 bytes, $tokens access tokens"
    echo "in turn, and a limit by caller that nobody reaches. Each front on core $core, wrk on core $load_core, the upstream on core $upstream_core."
    echo "$(machine). $(haproxy -v 2>/dev/null | head -1 | cut -d' ' -f1-3)."
    echo
    echo "gatehouse is the embedded default, silo and store in the same process on the same core, logging and metrics on; its tokens are its own"
    echo "(ES256), each verified once, then known by its hash and checked for its end, its key and the revocations; the service is told who calls"
    echo "by a signed identity. bearer is YARP with JwtBearer and the rate limiter, haproxy verifies with jwt_verify and counts in a stick table: both"
    echo "verify RS256 for each request, know of no revocation, and pass the token on. anonymous is Gatehouse on a route that asks for nothing."
    echo
    report
} >"$root/bench/results/authenticated.md"
cat "$root/bench/results/authenticated.md"
