#!/bin/sh
# Is this formula whole? formula.sh PREFIX NAME
# Of what a killed or torn pour left, the names may be there and not what is in them.
PATH=/usr/bin:/bin
export PATH
keg=$1/opt/$2
case $2 in
    python@*)
        [ "$("$keg/bin/python${2#python@}" -I -c 'import platform, ssl, venv; print(platform.python_version())')" != "" ]
        ;;
    libomp) [ -s "$keg/lib/libomp.dylib" ] ;;
    *) [ -d "$keg" ] ;;
esac
