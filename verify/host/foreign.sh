#!/bin/sh
# What an environment that this role did not make holds: foreign.sh PATH PROGRAM
# PATH is an environment's or its interpreter's, and may begin with ~/.
set -eu
path=$1
case $path in
    \~/*) path=$HOME/${path#\~/} ;;
esac
[ ! -d "$path" ] || path=$path/bin/python
exec "$path" -I -B -c "$2"
