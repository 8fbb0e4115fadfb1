#!/bin/sh
# Runs checks of the on-host program, each in an interpreter of its own:
# each.sh PYTHON PROGRAM EXPECTED PASSED CHECK...   (PROGRAM: a zipapp in base64; EXPECTED, PASSED: JSON)
set -eu
PATH=/usr/bin:/bin
export PATH
python=$1 program=$2 expected=$3 passed=$4
shift 4
folder=$(mktemp -d "${TMPDIR:-/tmp}/each.XXXXXX")
trap 'rm -rf "$folder"' EXIT
printf '%s' "$program" | "$python" -I -c 'import base64, sys
sys.stdout.buffer.write(base64.b64decode(sys.stdin.read()))' > "$folder/onhost.pyz"
for check; do
    printf '%s' "{\"checks\":[\"$check\"],\"passed\":$passed}" |
        "$python" -I -B "$folder/onhost.pyz" --child 1 "$expected" "$check"
done
