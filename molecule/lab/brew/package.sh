#!/bin/sh
# The lab's Homebrew package: package.sh VERSION FILE, run inside the image.
# A real archive of the kind that macOS installs (xar), with its signature as text; it is signed by
# nobody, and its team, SIMULATED0, can be no team of Apple's.
set -eu
version=$1 file=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
prefix=$folder/root/opt/homebrew
mkdir -p "$folder/Scripts" "$prefix/Cellar" "$prefix/opt"
for part in bin etc include lib sbin share var; do
    mkdir -p "$prefix/$part"
done
cp "$here/brew" "$prefix/bin/brew"
echo "$version" > "$prefix/VERSION"
cp "$here/preinstall" "$here/postinstall" "$folder/Scripts/"
chmod +x "$folder/Scripts/"* "$prefix/bin/brew"
echo "sh.brew.homebrew $version" > "$folder/PackageInfo"
cat > "$folder/Signature" <<'TEXT'
   Status: signed by a developer certificate issued by Apple for distribution (simulated)
   Notarization: trusted by the Apple notary service (simulated)
   Signed with a trusted timestamp on: 2026-11-01 12:00:00 +0000
   Certificate Chain:
    1. Developer ID Installer: The Simulated Lab (SIMULATED0)
       Expires: 2031-02-01 22:12:15 +0000
TEXT
bsdtar --uid 0 --gid 0 -czf "$folder/Payload" -C "$folder/root" opt
bsdtar --format xar -cf "$file" -C "$folder" PackageInfo Signature Payload Scripts
rm -rf "$folder"
