#!/usr/bin/env bash
# For a machine without a registry: makes the two images that the Dockerfiles build on out of Debian's packages, and this machine's
# .NET SDK and certificates, by buildah. Then:
#
#   BUILDER=buildah IMAGE_ARGS='--build-arg SDK=localhost/dotnet-sdk:local --build-arg RUNTIME=localhost/dotnet-aspnet:local' eng/images.sh
#
# Needs root, buildah and debootstrap; inside a container also BUILDAH_ISOLATION=chroot and STORAGE_DRIVER=vfs.
source "$(dirname "$0")/lib.sh"
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# image NAME ROOT FOLDER...: an image of a root file system, with these folders of the SDK at their place.
image() {
  local name=$1 root=$2 container folder
  shift 2
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$root" / >/dev/null
  for folder; do buildah copy --quiet "$container" "$dotnet/$folder" "/usr/share/dotnet/$folder" >/dev/null; done
  # Signatures of packages are checked without asking whether certificates were revoked, which not every network lets through.
  buildah config --env DOTNET_ROOT=/usr/share/dotnet --env NUGET_CERT_REVOCATION_MODE=offline --env PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet --rm "$container" "localhost/$name:local"
}

step "dotnet-sdk"
debootstrap --variant=minbase --include=ca-certificates,libicu-dev,libssl3 "$release" "$work/sdk" >"$work/log" || { tail "$work/log"; exit 1; }
cp -L /etc/ssl/certs/ca-certificates.crt "$work/sdk/etc/ssl/certs/"
image dotnet-sdk "$work/sdk" ""

# Libraries, certificates and time zones, and nothing that can be run but .NET: as mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled.
step "dotnet-aspnet"
icu=$(chroot "$work/sdk" dpkg-query -W -f '${Package}\n' 'libicu[0-9]*')
(cd "$work" && apt-get download -qq -o APT::Sandbox::User=root libc6 libgcc-s1 libstdc++6 libssl3 zlib1g "$icu" tzdata)
mkdir -p "$work/runtime/tmp" "$work/runtime/etc/ssl/certs"
for package in "$work"/*.deb; do dpkg -x "$package" "$work/runtime"; done
chmod 1777 "$work/runtime/tmp"
cp "$work/sdk/etc/ssl/certs/ca-certificates.crt" "$work/runtime/etc/ssl/certs/"
printf 'root:x:0:0:root:/:\napp:x:1654:1654:app:/tmp:\n' >"$work/runtime/etc/passwd"
image dotnet-aspnet "$work/runtime" host shared
