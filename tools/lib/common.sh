# Shared by tools/run, tools/test and tools/bench. Source it; it changes to the source root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ROOT=$PWD
CACHE=$ROOT/.cache

say() { printf '\033[1m· %s\033[0m\n' "$*" >&2; }
fail() { printf '\033[31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# What it takes to build and run, and what the tests need on top. Debian 12.
BUILD_PACKAGES="build-essential cmake ninja-build ccache pkg-config python3 curl ca-certificates tzdata
  libgrpc++-dev libprotobuf-dev libprotoc-dev protobuf-compiler protobuf-compiler-grpc libabsl-dev librdkafka-dev libhiredis-dev prometheus-cpp-dev
  libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev libboost-dev libssl-dev zlib1g-dev libbz2-dev libexpat1-dev
  libyaml-cpp-dev libsimdjson-dev libosmium2-dev libxapian-dev libicu-dev libcurl4-openssl-dev golang-github-gogo-googleapis-dev redis-server npm"
MESH_PACKAGES="maven default-jdk-headless"
TEST_PACKAGES="$MESH_PACKAGES clang clang-format libclang-rt-14-dev git golang-go python3-venv chromium"
BENCH_PACKAGES="$MESH_PACKAGES nginx-light wrk python3-venv"

# ensure_packages NAME...: installs what dpkg does not know yet, as root or through sudo. Services that come with a package are
# not started: every server of stadtmesh is its own, on its own port.
ensure_packages() {
  local missing=() installed package
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" {print $2}')
  for package in "$@"; do
    grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
  done
  # A Java, Go or Maven that did not come from Debian is as good.
  local needed=()
  for package in "${missing[@]}"; do
    case $package in
      maven) command -v mvn >/dev/null && continue ;;
      default-jdk-headless) command -v java >/dev/null && continue ;;
      golang-go) command -v go >/dev/null && continue ;;
      npm) command -v npm >/dev/null && continue ;;
    esac
    needed+=("$package")
  done
  [ ${#needed[@]} -eq 0 ] && return 0
  say "installing ${#needed[@]} Debian packages: ${needed[*]}"
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing and neither root nor sudo is at hand: ${needed[*]}"
    sudo=sudo
  fi
  $sudo apt-get update -qq
  # RUNLEVEL=1 keeps Debian's maintainer scripts from starting redis-server or nginx on their default ports.
  $sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needed[@]}" >"${TMPDIR:-/tmp}/stadtmesh-apt.log" 2>&1 ||
    { tail -20 "${TMPDIR:-/tmp}/stadtmesh-apt.log" >&2; fail "apt-get could not install them"; }
}

# configure DIR [cmake arguments]: a Ninja build below build/, with ccache. Eight files are compiled as one: most of the time of a C++ build
# goes into headers, and a first build takes less than half as long.
configure() {
  local directory=$1; shift
  export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache} CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
  [ -f "$directory/build.ninja" ] && return 0
  say "configuring $directory"
  cmake -S . -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8 \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" >"$directory.log" 2>&1 ||
    { mkdir -p build; tail -30 "$directory.log" >&2; fail "cmake failed; the whole log is in $directory.log"; }
}

# build DIR TARGET...: shows ninja's own progress line on a terminal.
build() {
  local directory=$1; shift
  export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache} CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
  if [ -t 1 ]; then ninja -C "$directory" "$@"; else ninja -C "$directory" --quiet "$@"; fi || fail "the build failed"
}

# forget_town DATA: removes what a town has stored and the map that was made for it, under the lock that every running town holds. The lock
# itself stays: a new file of that name would be another lock.
forget_town() {
  mkdir -p "$1/redis"
  (
    flock -n 9 || fail "a town runs on $1, or is just ending: --fresh would destroy it"
    rm -rf -- "$1/kafka" "$1/musterstadt.osm"
    find "$1/redis" -mindepth 1 ! -name redis.lock -delete
  ) 9>>"$1/redis/redis.lock"
}
