# What the measurements share: building, starting on a core, measuring in alternating rounds, ending. To be sourced.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
pids=()

# The core that is measured, and those of the load and of the service behind: two cores are enough.
core=${CORE:-1}
load_core=${LOAD_CORE:-0}
upstream_core=${UPSTREAM_CORE:-0}

finish() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# need COMMAND...: installs what is missing; a package's service is not left running.
need() {
    local command missing=()
    for command in "$@"; do command -v "$command" >/dev/null || missing+=("$command"); done
    if (( ${#missing[@]} )); then
        printf '#!/bin/sh\nexit 101\n' >"$work/policy"
        if [[ ! -e /usr/sbin/policy-rc.d ]]; then
            install -m 755 "$work/policy" /usr/sbin/policy-rc.d
            apt-get install -y --no-install-recommends "${missing[@]}" >"$work/apt.log" || { rm -f /usr/sbin/policy-rc.d; cat "$work/apt.log" >&2; exit 1; }
            rm -f /usr/sbin/policy-rc.d
        else
            apt-get install -y --no-install-recommends "${missing[@]}" >"$work/apt.log" || { cat "$work/apt.log" >&2; exit 1; }
        fi
    fi
}

build() {
    local project
    for project in "$@"; do dotnet build -c Release -v q --nologo "$root/$project" >"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }; done
}

free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# start NAME CORE COMMAND...: starts a process on one core; its id is in $started.
start() {
    local name=$1 on=$2
    shift 2
    (cd "$work" && exec taskset -c "$on" "$@") >"$work/$name.log" 2>&1 &
    started=$!
    pids+=("$started")
}

# await URL NAME: until it answers with success.
await() {
    local try
    for ((try = 0; try < 300; try++)); do
        curl -fsS -o /dev/null -m 2 "$1" 2>/dev/null && return
        sleep 0.2
    done
    echo "$2 does not answer" >&2
    cat "$work/$2.log" >&2
    exit 1
}

# start_gatehouse [NAME [BUILD]]: the front door as it comes, with an empty store, of this or another build; sets
# $gatehouse, $public and $management.
start_gatehouse() {
    local name=${1:-gatehouse} binaries=${2:-$root/src/Api/bin/Release/net10.0}
    mkdir -p "$work/$name-data"
    public=http://127.0.0.1:$(free_port)
    management=http://127.0.0.1:$(free_port)
    # shellcheck disable=SC2086 # Several arguments.
    start "$name" "$core" "$binaries/Gatehouse.Api" --Gatehouse:DataPath="$work/$name-data" \
        --Gatehouse:PublicUrl="$public" --Gatehouse:ManagementUrl="$management" ${GATEHOUSE_ARGS:-}
    gatehouse=$started
    await "$management/health/ready" "$name"
}

# The processor time a process has used, in clock ticks.
cpu_of() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# Of several processes, with all that they have started.
cpu_of_all() {
    local pid sum=0
    for pid in $(with_children "$@"); do sum=$((sum + $(cpu_of "$pid" 2>/dev/null || echo 0))); done
    echo "$sum"
}

with_children() {
    local pid
    for pid in "$@"; do
        echo "$pid"
        # shellcheck disable=SC2046 # One argument each.
        with_children $(pgrep -P "$pid" || true)
    done
}

# round PIDS SECONDS WRK-ARGUMENT...: prints requests/s, p50 and p99 in ms, requests per second of the process's own
# processor time, errors.
round() {
    local pid=$1 seconds=$2 before after
    shift 2
    # shellcheck disable=SC2086 # Several processes.
    before=$(cpu_of_all $pid)
    taskset -c "$load_core" wrk -t1 "-d${seconds}s" --latency "$@" >"$work/wrk.out"
    # shellcheck disable=SC2086
    after=$(cpu_of_all $pid)
    awk -v ticks=$((after - before)) -v hertz="$(getconf CLK_TCK)" '
        function ms(text) { return text ~ /us$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
        $1 == "50%" { p50 = ms($2) }
        $1 == "99%" { p99 = ms($2) }
        /requests in/ { all = $1 }
        /Non-2xx/ { errors += $NF }
        /Socket errors/ { gsub(",", ""); errors += $4 + $6 + $8 + $10 }
        /Requests\/sec/ { rate = $2 }
        END { printf "%.0f %.3f %.3f %.0f %d\n", rate, p50, p99, ticks ? all * hertz / ticks : 0, errors }' "$work/wrk.out"
}

# warm_up PID WRK-ARGUMENT...: short rounds until three in a row are within 5 % of each other, at least fifteen and at most forty.
# .NET compiles a method again once it has been called often, with what it has learned by then; on one core under full load that
# takes half a minute.
warm_up() {
    local pid=$1 before=0 last=0 now i
    shift
    for ((i = 1; i <= 40; i++)); do
        now=$(round "$pid" 2 "$@" | cut -d' ' -f4)
        if ((i >= 15)) && printf '%s\n' "$before" "$last" "$now" | awk '{ if (NR == 1 || $1 < low) low = $1; if ($1 > high) high = $1 } END { exit !(high < low * 1.05) }'; then return; fi
        before=$last last=$now
    done
}

# median COLUMN FILE
median() { cut -d' ' -f"$1" "$2" | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

machine() {
    echo "$(nproc) cores, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), .NET $(dotnet --list-runtimes | awk '/AspNetCore/ { v = $2 } END { print v }'), load average $(cut -d' ' -f1-3 /proc/loadavg) at the end"
}
