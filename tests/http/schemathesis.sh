#!/bin/sh
# schemathesis.sh URL [TOKEN] [argument...]: throws generated requests at a running gateway, by its own OpenAPI description.
# Fails on server errors (5xx) and on answers the description does not have. Installs schemathesis (PyPI) into .cache/ at first
# use; exit code 77 where PyPI cannot be reached.
set -eu
version=4.4.1
hypothesis=6.140.0  # hypothesis-jsonschema does not know later ones
root=$(cd "$(dirname "$0")/../.." && pwd)
url=${1:?usage: schemathesis.sh URL [TOKEN] [argument...]}
token=${2:-}
[ $# -ge 1 ] && shift
[ $# -ge 1 ] && shift
venv=$root/.cache/schemathesis-$version
if [ ! -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  if ! "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version" "hypothesis==$hypothesis"; then
    rm -rf "$venv"
    echo "schemathesis.sh: PyPI cannot be reached; nothing was tested" >&2
    exit 77
  fi
fi
if [ -n "$token" ]; then set -- --header "Authorization: Bearer $token" "$@"; fi
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
# Endless answers are not for it. Its coverage phase takes minutes on contracts of this size (give --phases to have it).
exec "$venv/bin/schemathesis" run "$url/openapi.json" --url "$url" --exclude-path /v1/stream --seed 1 --no-color \
  --checks "$checks" --phases examples,fuzzing --max-examples 25 "$@"
