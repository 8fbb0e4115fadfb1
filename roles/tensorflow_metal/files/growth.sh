#!/bin/sh
# Says again and again how much there is in these folders, in KiB: growth.sh SECONDS FOLDER...
PATH=/usr/bin:/bin
export PATH
every=$1
shift
for folder in "$@"; do
    shift
    # shellcheck disable=SC2088  # comes as it is, and means the home of whoever this runs as
    case $folder in "~/"*) folder=$HOME/${folder#??} ;; esac
    set -- "$@" "$folder"
done
# Nobody listens any more where this cannot be said.
while sleep "$every"; do
    du -sk "$@" 2> /dev/null | awk '{ sum += $1 } END { print sum + 0 }' || exit 0
done
