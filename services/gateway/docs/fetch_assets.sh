#!/bin/sh
# fetch_assets.sh SOURCE OUT: puts the documentation page's parts into OUT, by npm, exactly as the lock file says. Without npm or the network OUT
# gets empty files, the gateway then serves a plain page, and one line says so.
set -u
source=$1 out=$2
mkdir -p "$out"
if [ -s "$out/swagger-ui-bundle.js" ] && cmp -s "$source/package-lock.json" "$out/package-lock.json"; then exit 0; fi
cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$out/"
if command -v npm >/dev/null 2>&1 && (cd "$out" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then
  cp "$out/node_modules/swagger-ui-dist/swagger-ui-bundle.js" "$out/node_modules/swagger-ui-dist/swagger-ui.css" "$out/"
  exit 0
fi
echo "gateway: npm cannot install the documentation page's parts; /docs will be a plain page" >&2
: >"$out/swagger-ui-bundle.js"
: >"$out/swagger-ui.css"
