#!/bin/sh
# Serves the repositories of a folder until the folder goes: serve.sh FOLDER ADDRESS
set -eu
git daemon --reuseaddr --export-all --base-path="$1" --listen="$2" &
daemon=$!
trap 'kill $daemon' EXIT
while [ -d "$1" ] && kill -0 $daemon; do sleep 1; done
