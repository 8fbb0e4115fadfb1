#!/bin/sh
# The Debian under every simulated Mac, fetched once and kept: base.sh FOLDER PYTHON
set -eu
# What it makes is read by every account of a simulated Mac, whatever the umask of who starts this.
umask 022
folder=$1 python=$2
here=$(dirname "$0")
suite=bookworm
packages=ca-certificates,curl,file,git,libarchive-tools,libgomp1,libomp5,openssh-server,original-awk
packages=$packages,procps,python3,python3-venv,sudo,tini,zsh
# Apple's, among the Command Line Tools.
packages=$packages,make
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

# Apple's Python is a 3.9, which the Debian before this one has: unpacked beside, with what it needs of that one, and
# with Apple's pip, which PYTHON fetches.
apple=$folder.unfinished/apple
mkdir -p "$apple/wheels"
sed "s/ $suite / bullseye /${LAB_OLD_DEBIAN:+; s| [^ ]*//[^ ]* | $LAB_OLD_DEBIAN |}" \
    "$folder.unfinished/etc/apt/sources.list" > "$folder.unfinished/etc/apt/sources.list.d/older.list"
# shellcheck disable=SC2016  # expanded inside
if ! chroot "$folder.unfinished" /bin/sh -euc 'cd /apple && apt-get -q update && apt-get -q download \
    libffi7 libpython3.9-minimal libpython3.9-stdlib libssl1.1 python3-distutils/bullseye python3.9-minimal \
    python3.9-venv && for package in *.deb; do dpkg-deb -x "$package" . && rm "$package"; done' \
    >> "$folder.log" 2>&1; then
    tail -n 5 "$folder.log" >&2
    echo "Python 3.9, which plays Apple's, could not be fetched from Debian bullseye; the log is $folder.log. Nothing" \
        "was started. If this mirror has bullseye no more, name one that does: export LAB_OLD_DEBIAN=URL" >&2
    exit 1
fi
"$python" -I -m pip --disable-pip-version-check download --quiet --quiet --no-deps --require-hashes --only-binary :all: \
    --dest "$apple/wheels" --requirement "$here/apple.txt" || {
    echo "Apple's pip could not be fetched; why is above. Nothing was started." >&2
    exit 1
}
rm -rf "$folder.unfinished"/var/cache/apt/archives/*.deb "$folder.unfinished"/var/lib/apt/lists/*
mv "$folder.unfinished" "$folder"
