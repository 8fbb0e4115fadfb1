#!/bin/sh
# The lab's standalone Pythons: archives.sh FOLDER, run inside the image.
# Archives laid out as python-build-standalone's install_only ones, and the list of them in the form
# that uv reads. The Python in them is Debian's, which answers to the version it is shipped as.
set -eu
folder=$1
major=3 minor=11 patch=18
version=$major.$minor.$patch
work=$(mktemp -d)
mkdir -p "$folder"
cp -R /usr/libexec/lab/payloads/python "$work/python"
ln -s python3.11 "$work/python/bin/python"

archive() {
    archive=cpython-$version-$1-apple-darwin-install_only.tar.gz
    printf 'ARCHITECTURES="%s"\nVERSION="%s"\n' "$2" $version > "$work/python/lib/python3.11/lab-build"
    bsdtar --uid 0 --gid 0 --options gzip:compression-level=1 -czf "$folder/$archive" -C "$work" python
    cat <<TEXT
  "cpython-$version-darwin-$1-none": {
    "name": "cpython", "arch": {"family": "$1", "variant": null}, "os": "darwin", "libc": "none",
    "major": $major, "minor": $minor, "patch": $patch, "prerelease": "", "variant": null, "build": null,
    "url": "file:///Volumes/Lab/python/$archive",
    "sha256": "$(shasum -a 256 "$folder/$archive" | cut -d' ' -f1)"
  }
TEXT
}
{
    echo '{'
    archive aarch64 arm64
    echo ','
    archive x86_64 x86_64
    echo '}'
} > "$folder/downloads.json"
rm -rf "$work"
