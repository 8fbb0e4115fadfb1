#!/bin/sh
# The inside of a simulated Mac, up to its sshd: boot.sh FOLDER IMAGE WHEELS ADDRESS
# Runs as the first process of its own namespaces.
set -eu
folder=$1 image=$2 wheels=$3 address=$4
. "$folder/mac"
hostname "$NAME"

root=$folder/root
below=$image/root
[ -z "${LIKE-}" ] || below=$folder/../$LIKE/disk/upper:$below
mount -t overlay overlay -o "lowerdir=$below,upperdir=$folder/disk/upper,workdir=$folder/disk/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/Volumes/Lab"
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
pivot_root . .outside
umount -l /.outside
rmdir /.outside
mkdir -p /run/sshd

/usr/libexec/lab/start.sh
exec env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin LAB_DISGUISE=off /usr/bin/tini -s -- \
    /usr/libexec/lab/python/bin/python3 /usr/libexec/lab/launchd.py "$address" 2222 "${NETWORK:-open}"
