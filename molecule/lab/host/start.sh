#!/bin/sh
# Starts one simulated Mac: start.sh FOLDER IMAGE WHEELS ADDRESS
# FOLDER holds its facts (mac), its keys and its disk; what it writes stays on the disk, so that a
# Mac that is stopped and started again is the same Mac. While it runs, FOLDER/disk leads to what is
# on the disk.
set -eu
umask 022
folder=$1 image=$2 wheels=$3 address=$4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/data" "$folder/root"

setsid unshare --mount --propagation "$LAB_PROPAGATION" --pid --fork --kill-child=KILL --uts --ipc \
    "$here/boot.sh" "$folder" "$image" "$wheels" "$address" < /dev/null > "$folder/log" 2>&1 &
# With the time it started, since a number alone may be another process' after a reboot.
echo "$! $(cut -d' ' -f22 "/proc/$!/stat")" > "$folder/pid"
ln -sfn "/proc/$!/root/dev/lab-disk" "$folder/disk"
