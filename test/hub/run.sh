#!/usr/bin/env bash
# Tests of the code that runs in the hub, on a real JupyterHub with a real proxy. Arguments go to pytest.
# Python packages and the proxy are installed once, outside the repository.
set -euo pipefail
cd "$(dirname "$0")"
cache=${GLACIOCLOUD_CACHE:-$HOME/.cache/glaciocloud}
proxy_version=5.2.0
axe_version=4.14.1
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one in PYTHON." >&2; exit 2; }
key=$({ cat requirements.txt; "$python" --version; echo "$proxy_version $axe_version"; } | sha256sum | cut -c1-12)
venv=$cache/hub-venv-$key
if [ ! -e "$venv/complete" ]; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
  npm install --silent --no-audit --no-fund --prefix "$venv/proxy" "configurable-http-proxy@$proxy_version" "axe-core@$axe_version"
  touch "$venv/complete"
fi
# Python of the repository is formatted and linted with the same tools everywhere.
python_files=(../../charts ../../test ../../images ../../image-tests)
"$venv/bin/ruff" check --quiet --no-cache "${python_files[@]}"
"$venv/bin/ruff" format --quiet --no-cache --check "${python_files[@]}" || { echo "Run: $venv/bin/ruff format" >&2; exit 1; }
# JupyterHub finds the proxy and single-user servers on PATH.
export PATH=$venv/bin:$venv/proxy/node_modules/.bin:$PATH
memory=$(mktemp -d)
trap 'rm -rf "$memory"' EXIT
pytest=("$venv/bin/python" -m pytest -o "cache_dir=$memory")
code=0
"${pytest[@]}" -n 2 --dist loadfile "$@" || code=$?
[ "$code" = 1 ] || exit "$code"
# Real hubs on a busy machine are late now and then: what failed runs once more, alone, and that is said.
echo 'FAILED, see above. Once more, one at a time:' >&2
"${pytest[@]}" --last-failed --last-failed-no-failures none "$@" || { echo 'FAILED TWICE' >&2; exit 1; }
echo 'Passed at the second try.' >&2
