#!/usr/bin/env bash
# Access tokens by client credentials on one core, beside OpenIddict with its in-memory store and node's oidc-provider:
# bench/tokens.sh [rounds, 5]. CORE and LOAD_CORE choose the cores; SECONDS_A_ROUND (5) and CONNECTIONS (32) the load.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-32}
need wrk curl node npm
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/peers/OpenIddict
(cd "$root/bench/peers/oidc-provider" && npm ci --no-audit --no-fund --loglevel=error)

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

start_gatehouse gatehouse
pid[gatehouse]=$gatehouse url[gatehouse]=$public/connect/token
secret[gatehouse]=$(curl -fsS -X PUT -H 'Content-Type: application/json' -d '{"grants":["client_credentials"]}' "$management/admin/v1/clients/bench" | sed -n 's/.*"secret":"\([^"]*\)".*/\1/p')

for peer in openiddict oidc-provider; do
    port=$(free_port)
    secret[$peer]=${secret[gatehouse]}
    if [[ $peer == openiddict ]]; then
        url[$peer]=http://127.0.0.1:$port/connect/token
        start "$peer" "$core" "$root/bench/peers/OpenIddict/bin/Release/net10.0/Gatehouse.OpenIddict" "${secret[$peer]}" --urls "http://127.0.0.1:$port"
    else
        url[$peer]=http://127.0.0.1:$port/token
        start "$peer" "$core" node "$root/bench/peers/oidc-provider/server.js" "$port" "${secret[$peer]}"
    fi
    pid[$peer]=$started
done

fronts="gatehouse openiddict oidc-provider"
for front in $fronts; do
    lua "$front"
    await_token "$front"
    check "$front"
    warm_up "${pid[$front]}" "-c$connections" -s "$work/$front.lua" "${url[$front]}"
done

for ((i = 0; i < rounds; i++)); do
    for front in $fronts; do
        round "${pid[$front]}" "$seconds" "-c$connections" -s "$work/$front.lua" "${url[$front]}" >>"$work/$front.txt"
    done
done

# What signing alone would allow on this core.
ceiling=$(taskset -c "$core" openssl speed -seconds 2 -mr ecdsap256 2>/dev/null | awk -F: '/^\+F4/ { printf "%.0f", 1 / $4 }')

{
    echo "# Access tokens by client credentials on one core"
    echo
    echo "\`bench/tokens.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections, POST with client id and"
    echo "secret in the form, tokens signed by ES256. Each server in one process on core $core, wrk on core $load_core."
    echo "$(machine)."
    echo
    echo "| server | tokens/s | p50 ms | p99 ms | tokens per second of its processor time | errors |"
    echo "|---|---|---|---|---|---|"
    for front in $fronts; do
        echo "| $front | $(median 1 "$work/$front.txt") | $(median 2 "$work/$front.txt") | $(median 3 "$work/$front.txt") | $(median 4 "$work/$front.txt") | $(awk '{ s += $5 } END { print s }' "$work/$front.txt") |"
    done
    echo
    echo "Signing alone (\`openssl speed ecdsap256\`) allows ${ceiling:-?} signatures/s on this core: the ceiling of any server that signs each token."
} | tee "$root/bench/results/tokens.md"
