# Fronts that verify tokens and limit their callers. To be sourced after plain.sh, whose HAProxy this one replaces.
# wanted[NAME] is what a front answers without a token; NAME.tokens has those it takes.
declare -A wanted

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# Tokens of one client, an hour long, each different: RS256 for those who verify each time, as it verifies fastest.
sign() {
    local now head body i
    openssl genrsa -out "$work/rsa.pem" 2048 2>/dev/null
    openssl rsa -in "$work/rsa.pem" -pubout -out "$work/rsa.pub" 2>/dev/null
    now=$(date +%s)
    head=$(printf '{"alg":"RS256","kid":"bench","typ":"at+jwt"}' | base64url)
    for ((i = 0; i < tokens; i++)); do
        body=$(printf '{"iss":"http://issuer.example/","aud":"gatehouse","sub":"bench","client_id":"bench","iat":%d,"exp":%d,"jti":"%s"}' \
            "$now" $((now + 3600)) "$(openssl rand -hex 16)" | base64url)
        printf '%s.%s.%s\n' "$head" "$body" "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$work/rsa.pem" -binary | base64url)"
    done >"$work/rs256.tokens"
}

# wrk takes the tokens in turn; the requests are made once, as making them would cost it more than sending them.
cat >"$work/tokens.lua" <<'LUA'
local requests, turn = {}, 0
function init(args)
    for token in io.lines(args[1]) do
        requests[#requests + 1] = wrk.format("GET", nil, { Authorization = "Bearer " .. token })
    end
end
function request()
    turn = turn % #requests + 1
    return requests[turn]
end
LUA

put_json() { curl -fsS -o "$work/put.out" -X PUT "$management$1" -H 'Content-Type: application/json' -d "$2"; }

route='{"match":{"path":"/bench/{**rest}"},"to":{"service":"BENCH"},"auth":"authenticated","limit":{"permits":1000000}}'

# start_front NAME [BUILD]: Gatehouse, with $route, and tokens of its own.
start_front() {
    local secret i
    GATEHOUSE_ARGS="--Gatehouse:Auth:AccessTokenLifetime=01:00:00 ${GATEHOUSE_ARGS:-}" start_gatehouse "$@"
    pid[$1]=$gatehouse url[$1]=$public/bench/hello wanted[$1]=401
    put_json /registry/v1/services/bench/instances/1 "{\"address\":\"http://$upstream\",\"leaseSeconds\":3600}"
    put_json /admin/v1/routes/bench "$route"
    put_json /admin/v1/routes/open '{"match":{"path":"/open/{**rest}"},"to":{"service":"BENCH"},"auth":"anonymous"}'
    put_json /admin/v1/clients/bench '{"grants":["client_credentials"]}'
    secret=$(sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' "$work/put.out")
    for ((i = 0; i < tokens; i++)); do
        curl -fsS -d "grant_type=client_credentials&client_id=bench&client_secret=$secret" "$public/connect/token" -w '\n' | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'
    done >"$work/$1.tokens"
}

start_peer_bearer() {
    local at=127.0.0.1:$(free_port)
    start bearer "$core" dotnet "$root/bench/peers/Bearer/bin/Release/net10.0/Gatehouse.Bearer.dll" --urls "http://$at" --upstream "http://$upstream" \
        --key "$work/rsa.pub" --issuer http://issuer.example/ --audience gatehouse
    pid[bearer]=$started url[bearer]=http://$at/bench/hello wanted[bearer]=401
    cp "$work"/{rs256,bearer}.tokens
}

start_peer_haproxy() {
    local at=127.0.0.1:$(free_port)
    cat >"$work/haproxy.cfg" <<CONF
global
    nbthread 1
    maxconn 1024
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
frontend in
    bind $at
    stick-table type string len 64 size 100k expire 60s store http_req_rate(1s)
    http-request set-var(txn.token) http_auth_bearer
    http-request deny deny_status 401 unless { var(txn.token) -m found }
    http-request deny deny_status 401 unless { var(txn.token),jwt_header_query('\$.alg') -m str RS256 }
    http-request deny deny_status 401 unless { var(txn.token),jwt_header_query('\$.typ') -m str at+jwt }
    http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('\$.iss') -m str http://issuer.example/ }
    http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('\$.aud') -m str gatehouse }
    http-request set-var(txn.now) date()
    http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('\$.exp','int'),sub(txn.now) -m int gt 0 }
    http-request deny deny_status 401 unless { var(txn.token),jwt_verify('RS256',"$work/rsa.pub") -m int 1 }
    http-request set-var(txn.sub) var(txn.token),jwt_payload_query('\$.sub')
    http-request track-sc0 var(txn.sub)
    http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1000000 }
    default_backend up
backend up
    server one $upstream
CONF
    start haproxy "$core" haproxy -db -f "$work/haproxy.cfg"
    pid[haproxy]=$started url[haproxy]=http://$at/bench/hello wanted[haproxy]=401
    cp "$work"/{rs256,haproxy}.tokens
}

status() { curl -s -o /dev/null -m 2 -w '%{http_code}' "$@"; }

# A wrong set-up must not be measured: a token is let through, no token and one whose signature is another's are not.
check() {
    local good bad try
    good=$(head -1 "$work/$1.tokens")
    bad=${good%.*}.$(sed -n '2s/.*\.//p' "$work/$1.tokens")
    for ((try = 0; try < 300; try++)); do
        [[ $(status -H "Authorization: Bearer $good" "${url[$1]}") == 200 ]] && break
        sleep 0.2
    done
    local got
    got="$(status -H "Authorization: Bearer $good" "${url[$1]}") $(status -H "Authorization: Bearer $bad" "${url[$1]}") $(status "${url[$1]}")"
    [[ $got == "200 ${wanted[$1]} ${wanted[$1]}" ]] || { echo "$1 answers $got" >&2; cat "$work/$1.log" >&2; exit 1; }
}
