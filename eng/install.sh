#!/usr/bin/env bash
# Installs what the tests need and is missing, from the system's package manager: redis-server, prometheus, Chromium, libfaketime,
# iproute2 and Node.js. Says what could not be installed, and fails then. Not kubectl:
# Debian 12's is from before Kustomize had components.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive
failed=0

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

install() {
  echo "Installing $*"
  if ! { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }; then
    echo "cannot install $*" >&2
    failed=1
  fi
}

# The tests start servers of their own; the package's service is not wanted.
install_server() {
  install "$1"
  as_root service "$1" stop >/dev/null 2>&1
  as_root systemctl disable "$1" >/dev/null 2>&1
}

command -v redis-server >/dev/null || install_server redis-server
{ command -v prometheus && command -v promtool; } >/dev/null || install_server prometheus
if [[ -z ${GATEHOUSE_CHROMIUM:-} && ! -x /usr/bin/chromium && ! -x /usr/bin/chromium-browser && ! -x /usr/bin/google-chrome ]]; then
  install chromium
fi
# Faults are made with these: a clock that is stepped, a network that is cut.
[[ -n $(find /usr/lib -name libfaketimeMT.so.1 -print -quit) ]] || install libfaketime
command -v ip >/dev/null || install iproute2
{ command -v node && command -v npm; } >/dev/null || install nodejs npm
command -v kubectl >/dev/null || echo "kubectl is missing: without it the manifests in k8s/ are not tested (https://kubernetes.io/docs/tasks/tools/)" >&2
exit "$failed"
