#!/bin/sh
# What all simulated Macs share: image.sh BASE FOLDER
# FOLDER/root is a Debian in disguise; FOLDER/share has the lab's bottles, its Homebrew package, its
# standalone Pythons and its Miniforge.
set -eu
umask 022
base=$1 folder=$2
here=$(dirname "$0")
root=$folder.unfinished/root
rm -rf "$folder.unfinished"
mkdir -p "$folder.unfinished/share"
cp -a --reflink=auto "$base" "$root"
# Every account of a Mac reads them, however the clone's umask left them.
for name in disguise brew standalone miniforge recordings; do
    cp -R "$here/$name" "$root/"
    chmod -R a+rX "$root/$name"
done
chroot "$root" /bin/sh /disguise/apply.sh
chroot "$root" /bin/sh /brew/bottles.sh /brew/share/bottles
chroot "$root" /bin/sh /standalone/archives.sh /brew/share/python
chroot "$root" /bin/sh /miniforge/installers.sh /brew/share/miniforge
chroot "$root" /bin/sh /brew/package.sh 7.0.1 /brew/share/Homebrew-7.0.1.pkg
mv "$root"/brew/share/* "$folder.unfinished/share/"
mkdir "$folder.unfinished/share/wheelhouse"
rm -rf "$root/disguise" "$root/brew" "$root/standalone" "$root/miniforge" "$root/recordings"
mv "$folder.unfinished" "$folder"
