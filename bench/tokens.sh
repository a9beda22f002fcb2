#!/usr/bin/env bash
# Access tokens by client credentials on one core, beside OpenIddict with its in-memory store and node's oidc-provider:
# bench/tokens.sh [rounds, 5]. CORE and LOAD_CORE choose the cores; SECONDS_A_ROUND (5) and CONNECTIONS (32) the load.
# PEERS chooses among them; "before" is another build of Gatehouse, in the folder that BEFORE names.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-32}
fronts=${PEERS:-gatehouse openiddict oidc-provider}
need wrk curl openssl
[[ $fronts == *oidc-provider* ]] && { need node npm; (cd "$root/bench/peers/oidc-provider" && npm ci --no-audit --no-fund --loglevel=error >&2); }
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/peers/OpenIddict

declare -A pid url secret

lua() {
    cat >"$work/$1.lua" <<LUA
wrk.method = "POST"
wrk.body = "grant_type=client_credentials&client_id=bench&client_secret=${secret[$1]}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
LUA
}

# A wrong set-up must not be measured: each answers with a token that is signed by ES256.
check() {
    local token
    token=$(curl -fsS -d "grant_type=client_credentials&client_id=bench&client_secret=${secret[$1]}" "${url[$1]}" | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p')
    [[ $(cut -d. -f1 <<<"$token" | tr '_-' '/+' | base64 -d 2>/dev/null) == *ES256* ]] || { echo "$1 gives no token" >&2; cat "$work/$1.log" >&2; exit 1; }
}

await_token() {
    local try
    for ((try = 0; try < 300; try++)); do
        curl -fsS -o /dev/null -m 2 -d "grant_type=client_credentials&client_id=bench&client_secret=${secret[$1]}" "${url[$1]}" 2>/dev/null && return
        sleep 0.2
    done
    check "$1"
}

start_peer_gatehouse() { start_front gatehouse; }

start_peer_before() { start_front before "$BEFORE"; }

start_front() {
    start_gatehouse "$@"
    pid[$1]=$gatehouse url[$1]=$public/connect/token
    secret[$1]=$(curl -fsS -X PUT -H 'Content-Type: application/json' -d '{"grants":["client_credentials"]}' "$management/admin/v1/clients/bench" | sed -n 's/.*"secret":"\([^"]*\)".*/\1/p')
}

start_peer_openiddict() {
    local at=127.0.0.1:$(free_port)
    url[openiddict]=http://$at/connect/token secret[openiddict]=$(openssl rand -hex 32)
    start openiddict "$core" "$root/bench/peers/OpenIddict/bin/Release/net10.0/Gatehouse.OpenIddict" "${secret[openiddict]}" --urls "http://$at"
    pid[openiddict]=$started
}

start_peer_oidc-provider() {
    local port
    port=$(free_port)
    url[oidc-provider]=http://127.0.0.1:$port/token secret[oidc-provider]=$(openssl rand -hex 32)
    start oidc-provider "$core" node "$root/bench/peers/oidc-provider/server.js" "$port" "${secret[oidc-provider]}"
    pid[oidc-provider]=$started
}

for front in $fronts; do
    "start_peer_$front"
    lua "$front"
    await_token "$front"
    check "$front"
    warm_up "${pid[$front]}" "-c$connections" -s "$work/$front.lua" "${url[$front]}"
done

for ((i = 0; i < rounds; i++)); do
    for front in $fronts; do
        round "${pid[$front]}" "$seconds" "-c$connections" -s "$work/$front.lua" "${url[$front]}" | tee -a "$work/$front.txt" | sed "s/^/$front /" >&2
    done
done

# What signing alone would allow on this core.
signatures() { taskset -c "$core" openssl speed -seconds 2 -mr "$1" 2>/dev/null | awk -F: "/^\\+$2/ { printf \"%.0f\", \$4 }"; }

report() {
    echo "| server | tokens/s | p50 ms | p99 ms | tokens per second of its processor time | errors |"
    echo "|---|---|---|---|---|---|"
    for front in $fronts; do
        local file=$work/$front.txt
        printf '| %s | %.0f | %.1f | %.1f | %.0f | %d |\n' "$front" "$(median 1 "$file")" "$(median 2 "$file")" "$(median 3 "$file")" \
            "$(median 4 "$file")" "$(awk '{ s += $5 } END { print s }' "$file")"
    done
    echo
    for front in $fronts; do
        [[ $front == gatehouse ]] || echo "Gatehouse to $front: $(awk -v a="$(median 1 "$work/gatehouse.txt")" -v b="$(median 1 "$work/$front.txt")" 'BEGIN { printf "%.2f", a / b }') of the tokens/s."
    done
}

if [[ -n ${NO_REPORT:-} ]]; then report; exit; fi
{
    echo "# Access tokens by client credentials on one core"
    echo
    echo "\`SECONDS_A_ROUND=$seconds PEERS=\"$fronts\" bench/tokens.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections, POST with client id and"
    echo "secret in the form, tokens signed by ES256. Each server in one process on core $core, wrk on core $load_core; gatehouse is the embedded default,"
    echo "silo and store in the same process. openiddict is OpenIddict as its samples set it up, with its in-memory store: it hashes secrets by ten"
    echo "thousand rounds of PBKDF2, which is most of its time. before is Gatehouse as it was before token requests were looked into."
    echo "$(machine)."
    echo
    report
    echo
    echo "The ceiling of any server that signs each token: this core makes $(signatures ecdsap256 F4) signatures/s by ES256 and $(signatures rsa2048 F2) by RS256 (2048 bits; \`openssl speed\`)."
} >"$root/bench/results/tokens.md"
cat "$root/bench/results/tokens.md"
