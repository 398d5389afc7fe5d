#!/usr/bin/env bash
# OGGM itself reads what the filler laid on a volume, and on a real hub in somebody's first minute. Arguments go to pytest.
# GLACIOCLOUD_SAMPLE_DATA=DIR: archives of OGGM's and salem's sample data. Exit code 75 without: nothing was tested then.
# OGGM is installed once, outside the repository.
set -euo pipefail
cd "$(dirname "$0")"
data=${GLACIOCLOUD_SAMPLE_DATA:-}
for name in oggm salem; do
  [ -f "$data/$name-sample-data.tar.xz" ] || { echo "NOTHING WAS TESTED: GLACIOCLOUD_SAMPLE_DATA has to name the archives of sample data." >&2; exit 75; }
done
python=${PYTHON:-python3}
cache=${GLACIOCLOUD_CACHE:-$HOME/.cache/glaciocloud}
proxy_version=$(sed -n 's/^proxy_version=//p' ../hub/run.sh)
key=$({ cat requirements.txt ../hub/requirements.txt; "$python" --version; echo "$proxy_version"; } | sha256sum | cut -c1-12)
venv=$cache/oggm-venv-$key
if [ ! -e "$venv/complete" ]; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
  npm install --silent --no-audit --no-fund --prefix "$venv/proxy" "configurable-http-proxy@$proxy_version"
  touch "$venv/complete"
fi
# A home as in an image with baked samples; only OGGM's own reading of data is tried here.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$home/.oggm" "$home/.salem_cache"
tar xJf "$data/oggm-sample-data.tar.xz" -C "$home/.oggm"
tar xJf "$data/salem-sample-data.tar.xz" -C "$home/.salem_cache"
mv "$home/.oggm/oggm-sample-data" "$home/.oggm/oggm-sample-data-8af40f89620c6bd72f3485a777a018dcacb99d94"
mv "$home/.salem_cache/salem-sample-data" "$home/.salem_cache/salem-sample-data-454bf696324000d198f574a1bf5bc56e3e489051"
# Whatever wants to download something fails: there is loopback, and no other network.
apart=(unshare --net)
[ "$(id -u)" = 0 ] || apart+=(--map-root-user)
HOME=$home PATH=$venv/bin:$venv/proxy/node_modules/.bin:$PATH "${apart[@]}" sh -c 'ip link set lo up && exec "$@"' sh \
  "$venv/bin/python" -m pytest -p no:cacheprovider "$@"
