#!/bin/sh
# Turns a Debian into what a Mac looks like from a shell. Runs as root inside the image.
set -eu
here=$(dirname "$0")
lab=/usr/libexec/lab
mkdir -p $lab/gnu $lab/payloads $lab/python/bin $lab/python/lib

# The Debian Python goes where no Mac would look; copies of it, disguised, are what a Mac installs.
mv /usr/bin/python3.11 $lab/python/bin/
mv /usr/lib/python3.11 $lab/python/lib/
ln -s python3.11 $lab/python/bin/python3
rm -rf $lab/python/lib/python3.11/sitecustomize.py $lab/python/lib/python3.11/lib2to3
export LAB_DISGUISE=off
# Apple's is another, with libraries that only it asks for.
mv /apple/wheels /apple/usr/
"$here/python.sh" $lab/payloads/CommandLineTools/usr "arm64 x86_64" /apple/usr 3.9.6
for library in libcrypto.so.1.1 libffi.so.7 libssl.so.1.1; do
    cp -L /apple/usr/lib/*/$library /usr/lib/*-linux-gnu/
done
cp /usr/bin/make $lab/payloads/CommandLineTools/usr/bin/
rm -r /apple
"$here/python.sh" $lab/payloads/python arm64
cp -R "$here/command_line_tools/." $lab/payloads/CommandLineTools/
mkdir -p $lab/payloads/CommandLineTools/SDKs/MacOSX.sdk
cp -L /usr/lib/*/libomp.so.5 $lab/payloads/libomp.dylib
rm -rf /usr/lib/llvm-14 /usr/lib/*/libomp*
mv /usr/bin/git /usr/lib/git-core/git
# Every Mac has this locale.
cp -R /usr/lib/locale/C.utf8 /usr/lib/locale/en_US.utf8

# What a Mac does not have goes.
cp --remove-destination -L /usr/bin/original-awk /usr/bin/awk
cp --remove-destination -L /usr/bin/which.debianutils /usr/bin/which
cp --remove-destination -L /usr/bin/bsdtar /usr/bin/tar
ln -sf dash /usr/bin/sh
# pivot_root is what a Mac's own boot needs before it is one, and not every host has it.
mv /usr/sbin/pivot_root $lab/
tools=" $(tr '\n' ' ' < "$here/tools.txt") "
for tool in /usr/bin/* /usr/sbin/*; do
    case $tools in
        *" ${tool##*/} "*) ;;
        *) gone="${gone-} $tool" ;;
    esac
done
rm -rf /etc/apt /etc/debian_version /etc/dpkg /etc/os-release /etc/python3* /usr/games /usr/include \
    /usr/lib/apt /usr/lib/dpkg /usr/lib/gcc /usr/lib/os-release /usr/lib/python3 /usr/share/doc /usr/share/locale \
    /usr/share/man /usr/share/python-wheels /var/cache/apt /var/cache/debconf /var/lib/apt /var/lib/dpkg \
    /usr/lib/*/*.a /usr/lib/*/*.o /usr/lib/*/lib*san.so.*
# shellcheck disable=SC2086  # a list of words
rm -f $gone

# macOS' own tools, folders and users.
cp -R "$here/root/." /
cp -R "$here/../recordings" $lab/
mkdir -p /Applications /Library/Developer /Library/LaunchDaemons /System/Library/CoreServices /Users/admin/.ssh \
    /Users/labadmin /Users/student /Volumes/Lab /private /run/sshd /var/db/receipts /var/empty /var/log/lab /var/root
for folder in etc tmp var; do
    ln -sfn /$folder /private/$folder
done
# Debian's shells read elsewhere what macOS' read in /etc.
rm -rf /etc/zsh /etc/profile.d /etc/bash.bashrc
mkdir -p /etc/paths.d /etc/zsh
for file in zprofile zshenv zshrc; do
    ln -s ../$file /etc/zsh/$file
done
for tool in clang git make python3; do
    ln -sf $lab/stub.sh /usr/bin/$tool
done
chown -R root:wheel /etc/sudoers /etc/ssh /usr/bin /usr/sbin /usr/libexec/lab
chown -R admin:staff /Users/admin
chown -R student:staff /Users/student
chown -R labadmin:staff /Users/labadmin
chmod u+s /usr/bin/sudo /usr/bin/su
rm -f /etc/ssh/ssh_host_*
chmod 440 /etc/sudoers
chmod 700 /Users/admin/.ssh
chmod 640 /etc/shadow
chmod 1777 /var/log/lab

# GNU tools step behind fronts that take BSD options only: last, since this script uses them.
for tool in $($lab/bsd.sh --tools); do
    fronts="${fronts-} /usr/bin/$tool"
done
# shellcheck disable=SC2086  # a list of words
mv $fronts $lab/gnu/
for front in $fronts; do
    $lab/gnu/ln -s $lab/bsd.sh "$front"
done
