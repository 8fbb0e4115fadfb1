#!/bin/sh
# Makes folders that are there, OWNER's and writable by nobody else, and prints those that were not:
# home.sh OWNER FOLDER...
set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH
umask 022
owner=$1
shift
for folder; do
    # With the slash a link to a folder is that folder.
    if [ ! -d "$folder" ] || [ "$(stat -f %Su "$folder/") $(stat -f %Lp "$folder/")" != "$owner 755" ]; then
        mkdir -p "$folder"
        chown "$owner" "$folder/"
        chmod 755 "$folder/"
        echo "$folder"
    fi
done
