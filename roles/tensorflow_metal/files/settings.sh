#!/bin/sh
# Lays out FOLDER: a program of this text, python, and beside it what comes in, settings.sh, which OWNER
# alone can read: settings.sh FOLDER OWNER TEXT
set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH
umask 077
mkdir -p "$1"
printf '%s\n' "$3" > "$1/python"
cat > "$1/settings.sh"
chmod 755 "$1" "$1/python"
# Root hands it over.
[ "$(id -un)" = "$2" ] || chown "$2" "$1" "$1/python" "$1/settings.sh"
