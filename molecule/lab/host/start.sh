#!/bin/sh
# Starts one simulated Mac: start.sh FOLDER IMAGE WHEELS ADDRESS
# FOLDER holds its facts (mac), its keys and its disk; what it writes stays on the disk, so that a
# Mac that is stopped and started again is the same Mac.
set -eu
folder=$1 image=$2 wheels=$3 address=$4
here=$(cd "$(dirname "$0")" && pwd)
. "$folder/mac"

image_file=$folder/disk.img
# xfs refuses a copy of a disk while that one is in use, unless it is told not to ask.
attach() {
    mount -o loop,discard,nouuid "$image_file" "$folder/disk" 2> /dev/null ||
        mount -o loop,discard "$image_file" "$folder/disk" 2> /dev/null
}
# Where another Mac's disk is what this one begins with, nobody writes to that one any more.
lend() {
    [ ! -e "$1.img" ] || mountpoint -q "$1" || mount -o loop,ro "$1.img" "$1"
    [ -d "$1/upper" ] || {
        echo "$LIKE has no disk that $NAME could begin with." >&2
        exit 1
    }
}
format() {
    truncate -s "${DISK_GB}G" "$image_file"
    case $1 in
        xfs) mkfs.xfs -q -f "$image_file" ;;
        ext4) mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1 "$image_file" ;;
    esac 2> /dev/null
}

# A disk of the size the Mac has, sparse: with xfs, whose files share blocks as APFS' do, where this
# machine has it; a folder where the kernel has no loop devices to give.
mkdir -p "$folder/disk"
[ -z "${LIKE-}" ] || lend "$folder/../$LIKE/disk"
if [ -e "$image_file" ]; then
    attach || {
        echo "$NAME cannot start: its disk $image_file cannot be mounted. Nothing was changed." >&2
        exit 1
    }
elif [ ! -e "$folder/disk/upper" ]; then
    { format xfs && attach; } || { format ext4 && attach; } || rm "$image_file"
fi
mkdir -p "$folder/disk/upper" "$folder/disk/work" "$folder/root"

setsid unshare --mount --propagation private --pid --fork --kill-child=KILL --uts --ipc \
    "$here/boot.sh" "$folder" "$image" "$wheels" "$address" < /dev/null > "$folder/log" 2>&1 &
# With the time it started, since a number alone may be another process' after a reboot.
echo "$! $(cut -d' ' -f22 "/proc/$!/stat")" > "$folder/pid"
