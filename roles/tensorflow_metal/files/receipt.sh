#!/bin/sh
# Writes what comes in as FOLDER/receipt.json, once all that it speaks of is on the disk, and is on it
# itself when this is over: receipt.sh FOLDER
# A Mac that loses its power keeps names and loses what was not yet written.
set -eu
PATH=/bin:/usr/bin
export PATH
umask 022
sync
cat > "$1/receipt.unfinished"
mv "$1/receipt.unfinished" "$1/receipt.json"
sync
