#!/bin/sh
# fetch_assets.sh SOURCE OUT: puts the documentation page's parts into OUT, by npm, exactly as the lock file says. Without npm or the network OUT
# gets empty files, the gateway then serves a plain page, and one line says so; OUT/complete is not there then, so the next build tries again.
set -u
source=$1 out=$2 patience=
mkdir -p "$out"
if [ -s "$out/swagger-ui-bundle.js" ] && [ -s "$out/swagger-ui.css" ] && cmp -s "$source/package-lock.json" "$out/package-lock.json"; then
  : >"$out/complete"
  exit 0
fi
rm -f "$out/complete"
# Who had no network at the last build does not wait for it at each one.
[ -e "$out/package-lock.json" ] && patience=--fetch-retries=0
cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$out/"
if command -v npm >/dev/null 2>&1 && (cd "$out" && npm ci --ignore-scripts --no-audit --no-fund $patience >npm.log 2>&1); then
  cp "$out/node_modules/swagger-ui-dist/swagger-ui-bundle.js" "$out/node_modules/swagger-ui-dist/swagger-ui.css" "$out/"
  : >"$out/complete"
  exit 0
fi
echo "gateway: npm cannot install the documentation page's parts; /docs will be a plain page until a build finds npm and the network" >&2
for part in swagger-ui-bundle.js swagger-ui.css; do
  if [ ! -e "$out/$part" ] || [ -s "$out/$part" ]; then : >"$out/$part"; fi  # what is empty already is not compiled anew
done
