#!/bin/sh
# The Debian under every simulated Mac, fetched once and kept: base.sh FOLDER
set -eu
# What it makes is read by every account of a simulated Mac, whatever the umask of who starts this.
umask 022
folder=$1
suite=bookworm
packages=ca-certificates,curl,file,git,libarchive-tools,libgomp1,libomp5,openssh-server,original-awk
packages=$packages,procps,python3,python3-venv,sudo,tini,zsh
# The compiler of what is built for a simulated Mac, against its own C library; image.sh leaves it out.
packages=$packages,gcc,libc6-dev

# On Debian the mirror is the one this machine already uses; elsewhere debootstrap knows its own.
mirror=
if grep -q '^ID=debian' /etc/os-release; then
    # shellcheck disable=SC2016  # apt's own placeholder
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)
fi
rm -rf "$folder.unfinished"
# shellcheck disable=SC2086  # an empty mirror is no argument at all
if ! debootstrap --variant=minbase --include="$packages" "$suite" "$folder.unfinished" $mirror \
    > "$folder.log" 2>&1; then
    tail -n 5 "$folder.log" >&2
    echo "Debian $suite could not be fetched; the log is $folder.log. Nothing was started." >&2
    exit 1
fi
rm -rf "$folder.unfinished"/var/cache/apt/archives/*.deb "$folder.unfinished"/var/lib/apt/lists/*
mv "$folder.unfinished" "$folder"
