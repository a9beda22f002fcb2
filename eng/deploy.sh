#!/usr/bin/env bash
# Brings a version into a cluster: eng/deploy.sh OVERLAY, by kubectl's present context. Waits until it is in force, and takes it
# back when it does not come up.
source "$(dirname "$0")/lib.sh"
overlay=${1:?overlay, such as dev or production}
registry=${IMAGE_REGISTRY:-ghcr.io/gatehouse}
version=$(version)
namespace=$(kubectl kustomize "k8s/overlays/$overlay" | sed -n 's/^  namespace: //p' | head -1)

step "deploy $version to $namespace"
kubectl kustomize "k8s/overlays/$overlay" \
  | sed -E "s#(image: )ghcr.io/gatehouse/(silo|front-door):.*#\1$registry/\2:$version#" \
  | kubectl apply -f -

# Silos first: front doors of an earlier version work with silos of a later one.
for deployment in gatehouse-silo gatehouse-front-door; do
  if ! kubectl -n "$namespace" rollout status "deployment/$deployment" --timeout=15m; then
    kubectl -n "$namespace" rollout undo "deployment/$deployment"
    exit 1
  fi
done
