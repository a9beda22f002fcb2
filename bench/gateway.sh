#!/usr/bin/env bash
# The gateway beside bare YARP, nginx and HAProxy, each on one core: bench/gateway.sh [rounds, 5]
# CORE, LOAD_CORE and UPSTREAM_CORE choose the cores; SECONDS_A_ROUND (5) and CONNECTIONS (32) the load.
# PEERS chooses among them; "before" is another build of Gatehouse, in the folder that BEFORE names.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rounds=${1:-5} seconds=${SECONDS_A_ROUND:-5} connections=${CONNECTIONS:-32}
peers=${PEERS:-gatehouse yarp nginx haproxy}
[[ $peers == *nginx* ]] && need nginx
[[ $peers == *haproxy* ]] && need haproxy
need wrk
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/upstream bench/peers/Yarp

upstream=127.0.0.1:$(free_port)
start upstream "$upstream_core" dotnet "$root/bench/upstream/bin/Release/net10.0/Gatehouse.Upstream.dll" --urls "http://$upstream"
await "http://$upstream/" upstream

declare -A pid url
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

start_peer_yarp() {
    local at=127.0.0.1:$(free_port)
    start yarp "$core" dotnet "$root/bench/peers/Yarp/bin/Release/net10.0/Gatehouse.Yarp.dll" --urls "http://$at" --upstream "http://$upstream"
    pid[yarp]=$started url[yarp]=http://$at/bench/hello
}

start_peer_nginx() {
    local at=127.0.0.1:$(free_port)
    cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log stderr warn;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 1000000000;
    client_body_temp_path $work/nginx-body; proxy_temp_path $work/nginx-proxy; fastcgi_temp_path $work/nginx-fastcgi;
    uwsgi_temp_path $work/nginx-uwsgi; scgi_temp_path $work/nginx-scgi;
    upstream up { server $upstream; keepalive 256; keepalive_requests 1000000000; }
    server {
        listen $at;
        location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }
}
CONF
    start nginx "$core" nginx -c "$work/nginx.conf"
    pid[nginx]=$started url[nginx]=http://$at/bench/hello
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
    default_backend up
backend up
    server one $upstream
CONF
    start haproxy "$core" haproxy -db -f "$work/haproxy.cfg"
    pid[haproxy]=$started url[haproxy]=http://$at/bench/hello
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
