#!/bin/sh
# schemathesis.sh URL [TOKEN] [argument...]: throws generated requests at a running gateway, by its own OpenAPI description.
# Fails on server errors (5xx) and on answers the description does not have. Installs schemathesis (PyPI) into .cache/ at first use.
set -eu
version=4.4.1
root=$(cd "$(dirname "$0")/../.." && pwd)
url=${1:?usage: schemathesis.sh URL [TOKEN] [argument...]}
token=${2:-}
[ $# -ge 1 ] && shift
[ $# -ge 1 ] && shift
venv=$root/.cache/schemathesis-$version
if [ ! -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  if ! "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version" "hypothesis==6.140.0"; then  # hypothesis-jsonschema does not know later ones
    rm -rf "$venv"
    echo "schemathesis.sh: PyPI cannot be reached; nothing was tested" >&2
    exit 77
  fi
fi
if [ -n "$token" ]; then set -- --header "Authorization: Bearer $token" "$@"; fi
# Endless answers are not for it.
exec "$venv/bin/schemathesis" run "$url/openapi.json" --url "$url" --exclude-path /v1/stream --seed 1 --max-examples 25 \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance --no-color "$@"
