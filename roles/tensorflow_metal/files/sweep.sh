#!/bin/sh
# Takes a folder away where a program in it has nothing to say, and one that was never finished beside it:
# sweep.sh FOLDER PROGRAM ARGUMENT
# After a loss of power a program may be there and empty; started by a shell, that succeeds.
PATH=/usr/bin:/bin
export PATH
[ -n "$("$1/$2" "$3" 2> /dev/null < /dev/null)" ] || rm -rf "$1"
rm -rf "$1.unfinished"
