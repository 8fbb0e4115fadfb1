#!/bin/sh
# Runs the on-host program from a private folder and leaves nothing behind:
# send.sh PYTHON PROGRAM EXPECTED   (PROGRAM: a zipapp in base64; EXPECTED: JSON)
# Python decodes it: base64 takes -D on an older macOS and -d elsewhere.
set -eu
PATH=/usr/bin:/bin
export PATH
folder=$(mktemp -d "${TMPDIR:-/tmp}/verify.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
printf '%s' "$2" | "$1" -I -c 'import base64, sys
sys.stdout.buffer.write(base64.b64decode(sys.stdin.read()))' > "$folder/onhost.pyz"
"$1" -I -B "$folder/onhost.pyz" "$3"
