#!/bin/sh
# Starts one simulated Mac: start.sh FOLDER IMAGE WHEELS ADDRESS
# FOLDER holds its facts (mac), its keys and its disk; what it writes stays on the disk, so that a
# Mac that is stopped and started again is the same Mac.
set -eu
folder=$1 image=$2 wheels=$3 address=$4
here=$(cd "$(dirname "$0")" && pwd)
. "$folder/mac"

# A disk of the size the Mac has, sparse; a folder where the kernel has no loop devices to give.
mkdir -p "$folder/disk"
if [ ! -e "$folder/disk.img" ] && [ ! -e "$folder/disk/upper" ]; then
    truncate -s "${DISK_GB}G" "$folder/disk.img"
    mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1 "$folder/disk.img"
    mount -o loop,discard "$folder/disk.img" "$folder/disk" 2> /dev/null || rm "$folder/disk.img"
elif [ -e "$folder/disk.img" ]; then
    mount -o loop,discard "$folder/disk.img" "$folder/disk"
fi
mkdir -p "$folder/disk/upper" "$folder/disk/work" "$folder/root"

setsid unshare --mount --propagation private --pid --fork --kill-child=KILL --uts --ipc \
    "$here/boot.sh" "$folder" "$image" "$wheels" "$address" < /dev/null > "$folder/log" 2>&1 &
# With the time it started, since a number alone may be another process' after a reboot.
echo "$! $(cut -d' ' -f22 "/proc/$!/stat")" > "$folder/pid"
