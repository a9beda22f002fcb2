#!/usr/bin/env bash
# Builds both images; with IMAGE_REGISTRY set (such as ghcr.io/gatehouse) also pushes them, by version and, of a release, as latest.
# BUILDER is docker, podman or buildah.
source "$(dirname "$0")/lib.sh"
builder=${BUILDER:-docker}
registry=${IMAGE_REGISTRY:-gatehouse}
version=$(version)
build=(build)
# A health check is not part of the OCI format.
[[ $builder == docker ]] || build+=(--format docker)
for image in silo:src/Silo front-door:src/Api; do
  name=$registry/${image%%:*}
  step "$name:$version"
  "$builder" "${build[@]}" --build-arg "VERSION=$version" ${IMAGE_ARGS:-} -f "${image#*:}/Dockerfile" -t "$name:$version" .
  if [[ -n ${IMAGE_REGISTRY:-} ]]; then
    "$builder" push "$name:$version"
    if [[ $version != *-* ]]; then
      "$builder" tag "$name:$version" "$name:latest"
      "$builder" push "$name:latest"
    fi
  fi
done
