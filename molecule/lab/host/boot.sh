#!/bin/sh
# The inside of a simulated Mac, up to its sshd: boot.sh FOLDER IMAGE WHEELS ADDRESS
# Runs as the first process of its own namespaces. Its disk is mounted here, where no other process
# of this machine sees it, so that nothing holds the disk when the Mac is gone.
set -eu
umask 022
folder=$1 image=$2 wheels=$3 address=$4
. "$folder/mac"
hostname "$NAME"

# xfs refuses a copy of a disk while that one is in use, unless it is told not to ask.
attach() {
    mount -o "loop,$2,nouuid" "$1/disk.img" "$1/data" 2> /dev/null ||
        mount -o "loop,$2" "$1/disk.img" "$1/data" 2> /dev/null
}
# Where another Mac's disk is what this one begins with, nobody writes to that one any more.
borrow() {
    [ ! -e "$1/disk.img" ] || attach "$1" ro || true
    [ -d "$1/data/upper" ] || {
        echo "$LIKE has no disk that $NAME could begin with." >&2
        exit 1
    }
}
format() {
    truncate -s "${DISK_GB}G" disk.img
    case $1 in
        xfs) mkfs.xfs -q -f disk.img ;;
        ext4) mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1 disk.img ;;
    esac 2> /dev/null
}

# Relative names, since overlay's options give commas, colons and backslashes meanings of their own.
cd "$folder"
# A disk of the size the Mac has, sparse: with xfs, whose files share blocks as APFS' do, where this
# machine has it; a folder where the kernel has no loop devices to give.
if [ -e disk.img ]; then
    attach . discard || {
        echo "$NAME cannot start: its disk $folder/disk.img cannot be mounted. Nothing was changed." >&2
        exit 1
    }
elif [ ! -e data/upper ]; then
    { format xfs && attach . discard; } || { format ext4 && attach . discard; } || rm disk.img
fi
mkdir -p data/upper data/work
ln -sfn "$image/root" image
below=image
[ -z "${LIKE-}" ] || {
    borrow "../$LIKE"
    below=../$LIKE/data/upper:$below
}
mount -t overlay overlay -o "lowerdir=$below,upperdir=data/upper,workdir=data/work" root

root=$folder/root
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/Volumes/Lab"
mkdir -m 700 "$root/dev/lab-disk"
mount --bind "$folder/data" "$root/dev/lab-disk"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=4 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for share in "$image/share:" "$wheels/wheelhouse:/wheelhouse"; do
    mount --bind "${share%%:*}" "$root/Volumes/Lab${share#*:}"
    mount -o remount,ro,bind "$root/Volumes/Lab${share#*:}"
done

mkdir -p "$root/etc/lab"
cp "$folder/mac" "$root/etc/lab/mac"
cat /proc/sys/kernel/random/uuid > "$root/etc/lab/boot"
cp "$folder/host_key" "$root/etc/ssh/ssh_host_ed25519_key"
chmod 600 "$root/etc/ssh/ssh_host_ed25519_key"
cp "$folder/../key.pub" "$root/Users/admin/.ssh/authorized_keys"
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$NAME" > "$root/etc/hosts"
: > "$root/etc/resolv.conf"
cat > "$root/System/Library/CoreServices/SystemVersion.plist" <<TEXT
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>ProductBuildVersion</key><string>$BUILD</string>
<key>ProductName</key><string>macOS</string>
<key>ProductUserVisibleVersion</key><string>$MACOS</string>
<key>ProductVersion</key><string>$MACOS</string>
</dict></plist>
TEXT

mkdir -p "$root/.outside"
cd "$root"
# A root that is no mount, as a mere chroot's, has no other put in its place.
enter=
if usr/libexec/lab/pivot_root . .outside 2> /dev/null; then
    umount -l /.outside
else
    enter='chroot .'
fi
rmdir .outside
mkdir -p run/sshd

$enter /usr/libexec/lab/start.sh
exec $enter env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin LAB_DISGUISE=off /usr/bin/tini -s -- \
    /usr/libexec/lab/python/bin/python3 /usr/libexec/lab/launchd.py "$address" 2222 "${NETWORK:-open}"
