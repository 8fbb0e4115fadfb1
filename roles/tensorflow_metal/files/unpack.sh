#!/bin/sh
# Unpacks FOLDER.tar as FOLDER, and takes away what other archives left beside it: unpack.sh FOLDER
set -eu
PATH=/usr/bin:/bin
export PATH
folder=$1
umask 077
for other in "${folder%/*}"/*; do
    [ "$other" = "$folder.tar" ] || rm -rf "$other"
done
mkdir "$folder.unfinished"
tar -xf "$folder.tar" -C "$folder.unfinished"
# A Mac that loses its power keeps names and loses what was not yet written.
sync
mv "$folder.unfinished" "$folder"
rm "$folder.tar"
