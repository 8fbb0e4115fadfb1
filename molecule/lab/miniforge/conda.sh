#!/bin/sh
# conda (simulated): create --quiet --yes --override-channels --channel conda-forge --prefix P python=V
set -eu
[ "${1-} ${5-} ${6-} ${7-}" = "create --channel conda-forge --prefix" ] || {
    echo "conda: error: unrecognized arguments: $* (simulated conda)" >&2
    exit 2
}
[ "${9-}" = python=3.11 ] || {
    echo "PackagesNotFoundError: The following packages are not available: ${9-}" >&2
    exit 1
}
cp -R /usr/libexec/lab/payloads/python "$8"
case ${CONDA_SUBDIR-} in
    osx-arm64) architectures=arm64 ;;
    *) architectures=x86_64 ;;
esac
echo "ARCHITECTURES=\"$architectures\"" > "$8/lib/python3.11/lab-build"
