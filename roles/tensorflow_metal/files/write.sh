#!/bin/sh
# Writes what comes in as FILE: at once, once it and all that it speaks of are on the disk, and it is
# FILE there too when this is over: write.sh FILE
# A Mac that loses its power keeps names and loses what was not yet written.
set -eu
PATH=/usr/bin:/bin
export PATH
umask 022
cat > "$1.unfinished"
sync
mv "$1.unfinished" "$1"
sync
