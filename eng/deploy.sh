#!/usr/bin/env bash
# Brings a version into a cluster: eng/deploy.sh OVERLAY, by kubectl's present context. Waits until it is in force, and takes it
# back when it does not come up. With DRY_RUN set it prints what it would apply, and needs no cluster.
source "$(dirname "$0")/lib.sh"
overlay=${1:?overlay, such as dev or production}
registry=${IMAGE_REGISTRY:-ghcr.io/gatehouse}
version=$(version)
manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT
kubectl kustomize "k8s/overlays/$overlay" \
  | sed -E "s#(image: )ghcr.io/gatehouse/(silo|front-door):.*#\1$registry/\2:$version#" >"$manifests"

if [[ -n ${DRY_RUN:-} ]]; then
  cat "$manifests"
  exit
fi

namespace=$(sed -n 's/^  namespace: //p' "$manifests" | head -1)
step "deploy $version to $namespace"

# release COMPONENT SELECTOR: applies what the selector takes, and waits for the component's Deployment.
release() {
  local deployment=deployment/gatehouse-$1
  kubectl apply -f "$manifests" --selector "$2"
  if ! kubectl -n "$namespace" rollout status "$deployment" --timeout=15m; then
    kubectl -n "$namespace" rollout undo "$deployment"
    exit 1
  fi
}

# Silos first, and front doors once these are in force: front doors of an earlier version work with silos of a later one.
release silo 'app.kubernetes.io/component!=front-door'
release front-door 'app.kubernetes.io/component=front-door'
