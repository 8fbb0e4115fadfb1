#!/bin/sh
# The first process of a fresh machine: start.sh ROOT NAME HOW [PATH...]
# Begins in namespaces of its own, which end with it. Each PATH of this machine is shown there, read-only.
# HOW is "machine", whose root is a mount as a machine's is, or "chroot", whose root is a folder only.
set -eu
root=$1 name=$2 how=$3
shift 3

hostname "$name"
[ "$how" = chroot ] || mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
# The kernel's own, where loop devices appear as they are asked for.
mount -t devtmpfs dev "$root/dev"
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t tmpfs -o mode=755 run "$root/run"
mkdir "$root/run/lock"
for path in "$@"; do
    if [ -d "$path" ]; then
        mkdir -p "$root$path"
    else
        mkdir -p "$(dirname "$root$path")"
        touch "$root$path"
    fi
    mount --bind "$path" "$root$path"
    mount -o remount,ro,bind "$root$path"
done
cd "$root"
if [ "$how" = machine ]; then
    pivot_root . mnt
    umount -l /mnt
fi
# Nobody waits for what outlives its parent here, so the kernel is told to clear it away. What holds the
# other end of this one's input ends it, and so all that runs here.
exec chroot . python3 -c '
import signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
sys.stdin.read()
'
