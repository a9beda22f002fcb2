#!/usr/bin/env bash
# Memory while instances and routes come and go: bench/soak.sh [seconds, 600]
# Each second CHANGES (52) changes, half of instances and half of routes with a limit, and GETS (200) requests, some to what has just
# been registered; every name is new, so what is kept of those that are gone shows as growth. REPORT=no prints only.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
seconds=${1:-600} changes=${CHANGES:-52} gets=${GETS:-200} every=5
# How many names are there at a time.
alive=200
[[ -n ${NO_BUILD:-} ]] || build src/Api bench/upstream

upstream=127.0.0.1:$(free_port)
start upstream "$upstream_core" dotnet "$root/bench/upstream/bin/Release/net10.0/Gatehouse.Upstream.dll" --urls "http://$upstream"
await "http://$upstream/" upstream
start_gatehouse gatehouse "${BUILD:-$root/src/Api/bin/Release/net10.0}"

put() { # put PATH BODY: a request of curl's configuration
    printf 'next\nsilent\noutput = "/dev/null"\nwrite-out = "%%{http_code}\\n"\nrequest = "PUT"\nurl = "%s%s"\nheader = "Content-Type: application/json"\ndata = "%s"\n' \
        "$management" "$1" "${2//\"/\\\"}"
}

delete() { printf 'next\nsilent\noutput = "/dev/null"\nwrite-out = "%%{http_code}\\n"\nrequest = "DELETE"\nurl = "%s%s"\n' "$management" "$1"; }

get() { printf 'next\nsilent\noutput = "/dev/null"\nwrite-out = "%%{http_code}\\n"\nurl = "%s%s"\n' "$public" "$1"; }

# One second's work. Names are numbered on; those of a while ago go.
step() {
    local first=$1 i n
    for ((i = 0; i < changes / 4; i++)); do
        n=$((first + i))
        put "/registry/v1/services/soak/instances/i$n" "{\"address\":\"http://$upstream\",\"leaseSeconds\":600}"
        put "/admin/v1/routes/r$n" "{\"id\":\"r$n\",\"match\":{\"path\":\"/r$n/{**rest}\"},\"to\":{\"service\":\"SOAK\"},\"auth\":\"anonymous\",\"limit\":{\"permits\":100000,\"per\":\"1s\",\"by\":\"route\"}}"
        if ((n >= alive)); then
            delete "/registry/v1/services/soak/instances/i$((n - alive))"
            delete "/admin/v1/routes/r$((n - alive))"
        fi
    done
    for ((i = 0; i < gets; i++)); do
        # Those of the seconds before: the changes of this one may be on their way.
        n=$((first - 1 - RANDOM % (alive / 2)))
        ((n >= 0)) && get "/r$n/hello"
    done
    return 0
}

metric() { awk -v name="$1" '$1 ~ "^" name "({|$)" { s += $2 } END { printf "%.0f", s }' "$work/metrics"; }

samples=$work/samples changed=0 next=0
begun=$(date +%s)
while (($(date +%s) - begun < seconds)); do
    second=$(date +%s%N)
    step "$next" | sed 1d >"$work/step"
    curl --parallel --parallel-max 20 -K "$work/step" >>"$work/codes" 2>/dev/null || true
    next=$((next + changes / 4)) changed=$((changed + changes / 4 * 4))
    elapsed=$(($(date +%s) - begun))
    if ((elapsed / every > ${sampled:--1})); then
        sampled=$((elapsed / every))
        curl -fsS "$management/metrics" >"$work/metrics"
        rss=$(awk '/VmRSS/ { print $2 }' "/proc/$gatehouse/status")
        echo "$elapsed $((rss / 1024)) $(($(metric dotnet_gc_last_collection_heap_size_bytes) / 1048576)) $(wc -l <"$work/metrics")" | tee -a "$samples" >&2
    fi
    left=$((1000000000 - ($(date +%s%N) - second)))
    ((left > 0)) && sleep "0.$(printf %09d "$left")"
done
lasted=$(($(date +%s) - begun))

# The median of a column over a part of the run.
part() { awk -v from="$2" -v to="$3" -v all="$lasted" -v c="$1" '$1 >= from * all && $1 < to * all { print $c }' "$samples" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() {
    echo "| | first quarter | second | third | last |"
    echo "|---|---|---|---|---|"
    local column name
    for column in "2 resident MiB" "3 managed heap after the last collection, MiB" "4 lines of /metrics"; do
        name=${column#* } column=${column%% *}
        echo "| $name | $(part "$column" 0 0.25) | $(part "$column" 0.25 0.5) | $(part "$column" 0.5 0.75) | $(part "$column" 0.75 1.01) |"
    done
}

if [[ ${REPORT:-} == no ]]; then report; exit; fi
{
    echo "# Memory while instances and routes come and go"
    echo
    echo "\`CHANGES=$changes GETS=$gets bench/soak.sh $seconds\`"
    echo
    echo "Made by the command above: the embedded default (front door, silo and store in one process on core $core) for $lasted s, with"
    echo "$changed changes ($((changed / lasted)) a second: instances registered and taken out, routes put and deleted, $alive of each at a"
    echo "time, every name new) and $gets requests a second asked for. Answers: $(sort "$work/codes" | uniq -c | awk '{ printf "%s%s × %s", s, $1, $2; s = ", " }')."
    echo "Medians of each quarter. $(machine)."
    echo
    report
} >"$root/bench/results/soak.md"
cat "$root/bench/results/soak.md"
