#!/bin/sh
# Makes the two locks anew from pyproject.toml: what ./run demo needs, and everything for development.
# Every package is fixed by hash for all platforms; no address of any index is written. Needs uv (or UV=/path/to/uv).
# Extras stay in the lock: without them pip looks for the newest version of a package with its extra, and refuses the
# whole lock on the day a newer one appears.
#
#   tools/lock.sh              keep the versions already locked where they still fit
#   tools/lock.sh --upgrade    take the newest that fit
set -eu
cd "$(dirname "$0")/.."
UV=${UV:-uv}

lock() {
  out=$1
  shift
  "$UV" pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes \
    --no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet --output-file "$out"
  if grep -n '://' "$out"; then
    echo "$out carries an address; it must not" >&2
    exit 1
  fi
}

lock requirements-demo.lock --extra build --extra demo "$@"
lock requirements-dev.lock --extra build --extra demo --extra office --extra dev "$@"
