#!/usr/bin/env bash
# Lending on one core, on the embedded store and on Redis, beside the same rules in a minimal API with Npgsql on PostgreSQL:
# bench/lending.sh [rounds, 3]. CORE and LOAD_CORE choose the cores; SECONDS_A_ROUND (4), WARM_UP (30) and CONNECTIONS (32) the load,
# FRONTS and LOADS what is measured, TITLES (2500) and MEMBERS (5000) the library. .NET needs the warm-up to compile for good what is called often.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rounds=${1:-3} seconds=${SECONDS_A_ROUND:-4} warm=${WARM_UP:-30} connections=${CONNECTIONS:-32}
members=${MEMBERS:-5000}
fronts=${FRONTS:-embedded redis postgresql} loads=${LOADS:-commands search book member}
postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
need wrk curl openssl
[[ -n $postgres ]] || { need postgresql; postgres=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1); }
command -v redis-server >/dev/null || need redis-server
[[ -n ${NO_BUILD:-} ]] || build src/Silo src/Api bench/peers/Lending
titles=${TITLES:-2500} seed=$root/src/Api/Lending/Seed/books.tsv books=$work/books.tsv
declare -A pids_of url admin

# The first books, which the embedded default comes with, and collected works of their authors, up to a small town's library.
{
    grep -v '^#' "$seed"
    grep -v '^#' "$seed" | awk -F'\t' -v OFS='\t' -v all="$titles" '
        { author[NR] = $2; title[NR] = $3 == "" ? $2 : $3; language[NR] = $5; writer[NR] = $3; count = NR }
        END { for (i = 1; i <= all - count; i++) { at = i % count + 1; print "volume-" i, title[at] ", Collected Works, Volume " i, writer[at], "", language[at], 2 } }'
} >"$books"

# What is asked for: every word of titles and authors and its beginnings from three letters (two, Korean) on; every book; every member.
urls() {
    local encode='BEGIN { for (i = 0; i < 256; i++) hex[sprintf("%c", i)] = sprintf("%%%02X", i) }
        function encoded(text, out, i, c) { for (i = 1; i <= length(text); i++) { c = substr(text, i, 1); out = out (c ~ /[A-Za-z0-9]/ ? c : hex[c]) } return out }'
    cut -f2,3 "$seed" | grep -v '^#' | grep -oE '[[:alpha:]]+' | LC_ALL=C.UTF-8 awk '{ for (n = (/^[A-Za-z]/ ? 3 : 2); n <= length($0); n++) print substr($0, 1, n) }' |
        sort -u | LC_ALL=C awk "$encode { print \"/lending/books?q=\" encoded(\$0) }" | shuf --random-source=<(yes) >"$work/search"
    seq 1 "$members" | sed 's|^|/lending/members/m|' | shuf --random-source=<(yes) >"$work/member"
}

# A librarian's access token, of this moment: they live five minutes.
token() {
    if [[ $1 == postgresql ]]; then
        local head body
        head=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
        body=$(printf '{"sub":"bench","roles":["librarian"],"exp":%d}' $(($(date +%s) + 600)) | base64url)
        echo "$head.$body.$(printf %s "$head.$body" | openssl dgst -sha256 -hmac "$secret" -binary | base64url)"
    else
        curl -fsS -d "grant_type=client_credentials&client_id=bench&client_secret=${admin[$1]}" "${url[$1]}/connect/token" | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
    fi
}

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# add_librarian FRONT MANAGEMENT [CURL-ARGUMENT...]
add_librarian() {
    local name=$1 at=$2
    shift 2
    admin[$name]=$(curl -fsS "$@" -X PUT -H 'Content-Type: application/json' -d '{"grants":["client_credentials"],"roles":["librarian"]}' \
        "$at/admin/v1/clients/bench" | sed -n 's/.*"secret":"\([^"]*\)".*/\1/p')
}

total() { curl -fsS -m 5 "$1/lending/books?limit=1" 2>/dev/null | sed -n 's/.*"total":\([0-9]*\).*/\1/p'; }

# await_total URL NUMBER: until so many books are on the shelves, and those who search are told.
await_total() {
    local try
    for ((try = 0; try < 300; try++)); do
        [[ $(total "$1") == "$2" ]] && return
        sleep 0.2
    done
    echo "$1 has $(total "$1") books, not $2" >&2
    exit 1
}

# add_books FRONT: those that it does not come with. The ids of all, as the front gives them, are then in a file.
add_books() {
    local front=$1 at=${url[$1]} bearer next="" page
    bearer=$(token "$front")
    if [[ $front != postgresql ]]; then
        await_total "$at" "$(grep -cv '^#' "$seed")"
        tail -n +"$(($(grep -cv '^#' "$seed") + 1))" "$books" | awk -F'\t' -v at="$at" -v bearer="$bearer" '{
            if (NR > 1) print "next"
            printf "url = \"%s/lending/books\"\nheader = \"Authorization: Bearer %s\"\nheader = \"Content-Type: application/json\"\nheader = \"Idempotency-Key: add-%d\"\n", at, bearer, NR
            printf "output = /dev/null\nfail\ndata = \"{\\\"title\\\":\\\"%s\\\",\\\"authors\\\":[%s],\\\"language\\\":\\\"%s\\\",\\\"copies\\\":%d}\"\n", $2, $3 == "" ? "" : "\\\"" $3 "\\\"", $5, $6 }' >"$work/add"
        curl -sS --no-progress-meter --parallel --parallel-max 16 -K "$work/add"
    fi
    await_total "$at" "$(wc -l <"$books")"
    : >"$work/$front.books"
    while page=$(curl -fsS -G -d limit=100 ${next:+--data-urlencode "after=$next"} "$at/lending/books"); do
        grep -o '"id":"[^"]*"' <<<"$page" | cut -d'"' -f4 >>"$work/$front.books"
        next=$(sed -n 's/.*"next":"\([^"]*\)".*/\1/p' <<<"$page" | sed 's/\\n/\n/')
        [[ -n $next ]] || break
    done
    sed 's|^|/lending/books/|' "$work/$front.books" | shuf --random-source=<(yes) >"$work/$front.book"
}

start_embedded() {
    start_gatehouse embedded
    pids_of[embedded]=$gatehouse url[embedded]=$public
    add_librarian embedded "$management"
}

# Redis writes as durably as PostgreSQL: an acknowledged write is on the disk.
start_redis() {
    local port health public management
    port=$(free_port)
    start redis-server "$core" redis-server --port "$port" --bind 127.0.0.1 --dir "$work" --save "" --appendonly yes --appendfsync "${APPENDFSYNC:-always}"
    pids_of[redis]=$started
    export Gatehouse__Redis=127.0.0.1:$port Gatehouse__ManagementSecret=$secret
    health=http://127.0.0.1:$(free_port)
    start silo "$core" "$root/src/Silo/bin/Release/net10.0/Gatehouse.Silo" --Gatehouse:HealthUrl="$health" --Gatehouse:SiloPort=0 \
        --Gatehouse:GatewayPort=0 --Gatehouse:AdvertisedIP=127.0.0.1
    pids_of[redis]+=" $started"
    await "$health/health/ready" silo
    public=http://127.0.0.1:$(free_port)
    management=http://127.0.0.1:$(free_port)
    start redis "$core" "$root/src/Api/bin/Release/net10.0/Gatehouse.Api" --Gatehouse:PublicUrl="$public" \
        --Gatehouse:ManagementUrl="$management" --Gatehouse:Lending:Seed=true
    pids_of[redis]+=" $started"
    url[redis]=$public
    await "$management/health/ready" redis
    unset Gatehouse__Redis Gatehouse__ManagementSecret
    add_librarian redis "$management" -H "Authorization: Bearer $secret"
}

# As Debian configures it, synchronous_commit and fsync on; PostgreSQL does not run as root.
start_postgresql() {
    local as=() port data=$work/postgresql-data
    mkdir "$data"
    if ((EUID == 0)); then
        chmod 711 "$work"
        chown postgres "$data"
        as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    fi
    (cd "$data" && "${as[@]}" "$postgres/initdb" -D "$data/main" -U postgres -A trust --locale=C.UTF-8) >"$work/initdb.log" || { cat "$work/initdb.log" >&2; exit 1; }
    port=$(free_port)
    start postgres "$core" "${as[@]}" "$postgres/postgres" -D "$data/main" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$data"
    pids_of[postgresql]=$started
    for ((try = 0; try < 100; try++)); do "$postgres/pg_isready" -q -h "$data" -p "$port" && break || sleep 0.2; done
    url[postgresql]=http://127.0.0.1:$(free_port)
    start postgresql "$core" dotnet "$root/bench/peers/Lending/bin/Release/net10.0/Gatehouse.LendingPeer.dll" \
        --Database "Host=$data;Port=$port;Username=postgres;Database=postgres;Max Auto Prepare=100;Maximum Pool Size=$connections" --Secret "$secret" --Books "$books" --urls "${url[postgresql]}"
    pids_of[postgresql]+=" $started"
}

# measure FRONT LOAD FUNCTION [SECONDS]: the catalogue is open to anyone, the rest is for the librarian.
measure() {
    local front=$1 load=$2 script=reads.lua paths=$work/$2 bearer=""
    shift 2
    [[ -e $paths ]] || paths=$work/$front.$load
    [[ $load == search || $load == book ]] || bearer=$(token "$front")
    [[ $load == commands ]] && script=commands.lua
    LENDING_TOKEN=$bearer LENDING_BOOKS=$work/$front.books LENDING_MEMBERS=$members LENDING_STATE=$work/$front.state LENDING_PATHS=$paths \
        LENDING_BY_MEMBER=$([[ $front == postgresql ]] && echo yes || true) \
        "$1" "${pids_of[$front]}" "${@:2}" "-c$connections" -s "$root/bench/lending/$script" "${url[$front]}"
}

secret=$(openssl rand -hex 32)
urls
for front in $fronts; do
    touch "$work/$front.state"
    "start_$front"
    await "${url[$front]}/lending/books/emma" "$front"
    add_books "$front"
    for load in $loads; do measure "$front" "$load" round "$warm" | sed "s/^/warming up: $load $front /" >&2; done
done

load_averages=$(cut -d' ' -f1 /proc/loadavg)
for ((i = 0; i < rounds; i++)); do
    for load in $loads; do
        for front in $fronts; do
            measure "$front" "$load" round "$seconds" | tee -a "$work/$load.$front.txt" | sed "s/^/$load $front /" >&2
        done
    done
    load_averages+=" $(cut -d' ' -f1 /proc/loadavg)"
done

report() {
    local load front file peer
    echo "| load | front | per second | p50 ms | p99 ms | to PostgreSQL | per second of processor time | to PostgreSQL | failed |"
    echo "|---|---|---|---|---|---|---|---|---|"
    for load in $loads; do
        for front in $fronts; do
            file=$work/$load.$front.txt peer=$work/$load.postgresql.txt
            [[ -s $peer ]] || peer=$file
            awk -v load="$load" -v front="$front" -v rate="$(median 1 "$file")" -v p50="$(median 2 "$file")" -v p99="$(median 3 "$file")" \
                -v own="$(median 4 "$file")" -v peer="$(median 1 "$peer")" -v peer_own="$(median 4 "$peer")" -v errors="$(awk '{ s += $5 } END { print s }' "$file")" 'BEGIN {
                printf "| %s | %s | %d | %.2f | %.2f | %.1f | %d | %.1f | %d |\n", load, front, rate, p50, p99, rate / peer, own, peer_own ? own / peer_own : 0, errors }'
        done
    done
}

if [[ -n ${NO_REPORT:-} ]]; then report; exit; fi
{
    echo "# Lending on one core"
    echo
    echo "\`SECONDS_A_ROUND=$seconds WARM_UP=$warm bench/lending.sh $rounds\`"
    echo
    echo "Made by the command above: medians of $rounds alternating rounds of $seconds s, $connections connections. All that belongs to a front shares core"
    echo "$core (front door, silo and store; the peer's process and PostgreSQL), wrk is on core $load_core. $(machine)."
    echo "$(wc -l <"$books") titles, $members members, $(wc -l <"$work/search") different searches. Load average before and after each round of all: $load_averages."
    echo
    report
    cat "$root/bench/lending/notes.md"
} >"$root/bench/results/lending.md"
cat "$root/bench/results/lending.md"
