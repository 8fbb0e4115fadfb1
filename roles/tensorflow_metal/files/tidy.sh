#!/bin/sh
# Takes PATHs away and prints the KiB that FOLDER has then: tidy.sh FOLDER PATH...
set -eu
PATH=/usr/bin:/bin
export PATH
folder=$1
shift
rm -rf "$@"
du -sk "$folder"
