#!/bin/sh
# shellcheck disable=SC2154  # from what is sourced
# uname of the Mac in /etc/lab/mac; under Rosetta it says x86_64, as there.
. /etc/lab/mac
. /usr/libexec/lab/architecture.sh
case $architecture in arm64) processor=arm ;; *) processor=i386 ;; esac
host=$(/usr/libexec/lab/gnu/uname -n)
version="Darwin Kernel Version $DARWIN; simulated"

[ $# -gt 0 ] || set -- -s
line=
letters=$(echo "$*" | /usr/libexec/lab/gnu/tr -d ' -')
[ "$letters" != a ] || {
    echo "Darwin $host $DARWIN $version $architecture"
    exit 0
}
while [ -n "$letters" ]; do
    letter=${letters%"${letters#?}"}
    letters=${letters#?}
    case $letter in
        s | o) word=Darwin ;;
        n) word=$host ;;
        r) word=$DARWIN ;;
        v) word=$version ;;
        m) word=$architecture ;;
        p) word=$processor ;;
        *)
            echo "uname: illegal option -- $letter" >&2
            exit 1
            ;;
    esac
    line="$line${line:+ }$word"
done
echo "$line"
