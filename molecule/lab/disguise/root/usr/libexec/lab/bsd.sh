#!/bin/sh
# The front of a GNU tool on a simulated Mac: it takes what the BSD tool of macOS takes, translates
# it, and refuses the rest in BSD's words, so that shell written for Linux fails here and not later.
# Not every BSD option is known: an option that GNU does not have fails too.
gnu=/usr/libexec/lab/gnu
tools='base64 cat chmod chown cp cut date df du find grep head id ln ls mkdir mktemp mv readlink rm
    rmdir sed stat sync tail touch tr uname wc xargs'
tool=${0##*/}
[ "${1-}" != --tools ] || [ "$tool" != bsd.sh ] || {
    echo "$tools"
    exit 0
}

refuse() {
    echo "$tool: illegal option -- $1" >&2
    echo "usage: $tool: see the BSD manual; this Mac has no GNU tools" >&2
    exit 64
}

# GNU's short options that BSD lacks or reads otherwise.
case $tool in
    base64) gnu_only=w ;;
    cp) gnu_only=Tdtu ;;
    date) gnu_only=dIs ;;
    du) gnu_only=bB ;;
    grep) gnu_only=PT ;;
    head | tail) gnu_only=z ;;
    ln) gnu_only=Tbrt ;;
    ls) gnu_only=INQXZ ;;
    mv) gnu_only=Tbtu ;;
    readlink) gnu_only=emz ;;
    sed) gnu_only=sz ;;
    stat) gnu_only=c ;;
    xargs) gnu_only=ad ;;
    *) gnu_only= ;;
esac

for word in "$@"; do
    case $word in
        --) break ;;
        --*) [ "$tool" = grep ] || [ "$tool" = find ] || refuse - ;;
        -printf | -fprintf | -regextype | -executable | -readable | -daystart)
            [ "$tool" != find ] || {
                echo "find: $word: unknown primary or operator" >&2
                exit 1
            }
            ;;
        -[!-]*)
            letters=${word#-}
            while [ -n "$letters" ] && [ "$tool" != find ]; do
                letter=${letters%"${letters#?}"}
                letters=${letters#?}
                case $gnu_only in *"$letter"*) refuse "$letter" ;; esac
            done
            ;;
    esac
done

case $tool in
    base64)
        case ${1-} in -D) shift && set -- -d "$@" ;; esac
        case ${2-} in -i) set -- "$1" "$3" ;; esac
        ;;
    cp) case ${1-} in -c) shift ;; esac ;;
    date)
        case "${1-} ${2-}" in
            "-u -r") seconds=$3 && shift 3 && set -- -u -d "@$seconds" "$@" ;;
            "-r "*) seconds=$2 && shift 2 && set -- -d "@$seconds" "$@" ;;
            -[jv]*) exec /usr/libexec/lab/python/bin/python3 -E /usr/libexec/lab/date.py "$@" ;;
        esac
        ;;
    df)
        case " $* " in
            *P*) ;;
            *)
                "$gnu/df" "$@" --output=source,size,used,avail,pcent,iused,iavail,ipcent,target |
                    sed 's/^Filesystem.*/Filesystem 1024-blocks Used Available Capacity iused ifree %iused Mounted on/'
                exit
                ;;
        esac
        ;;
    find)
        case ${1-} in
            '' | -name | -type | -maxdepth)
                echo "usage: find [-H | -L | -P] [-EXdsx] [-f path] path ... [expression]" >&2
                exit 1
                ;;
        esac
        ;;
    ln) case ${1-} in -*h*) set -- "$(echo "$1" | tr h n)" "$2" "$3" ;; esac ;;
    mktemp)
        case ${1-} in
            -d) directory=-d && shift ;;
            *) directory= ;;
        esac
        case ${1-} in
            -t) set -- "${TMPDIR:-/tmp}/$2.XXXXXXXX" ;;
            '') set -- "${TMPDIR:-/tmp}/tmp.XXXXXXXX" ;;
        esac
        exec "$gnu/mktemp" ${directory:+"$directory"} "$@"
        ;;
    mv) case ${1-} in -*h*) set -- -T "$2" "$3" ;; esac ;;
    readlink)
        case " $* " in
            *" -f "*) . /etc/lab/mac && case $MACOS in 1[01].* | 12.[012]*) refuse f ;; esac ;;
        esac
        ;;
    sed)
        case ${1-} in
            -i)
                suffix=$2 && shift 2
                set -- "-i$suffix" "$@"
                ;;
        esac
        exec "$gnu/sed" --posix "$@"
        ;;
    stat)
        # Without Python what each reading of a Mac asks several times: a real stat costs nothing.
        if [ $# = 3 ] && [ -e "$3" ]; then
            case "$1 $2" in
                '-f %Su') exec "$gnu/stat" -c %U "$3" ;;
                '-f %Lp')
                    mode=$("$gnu/stat" -c %a "$3")
                    # The fourth is for Python to leave out.
                    case $mode in ????) ;; *) echo "$mode" && exit ;; esac
                    ;;
            esac
        fi
        exec /usr/libexec/lab/python/bin/python3 -ES /usr/libexec/lab/stat.py "$@"
        ;;
    # A Mac waits for its own disk; the kernel here would wait for those of all that it runs.
    sync) set -- -f / ;;
    uname) exec /usr/libexec/lab/uname.sh "$@" ;;
    wc)
        "$gnu/wc" "$@" | awk '{ for (i = 1; i <= NF; i++)
            printf($i ~ /^[0-9]+$/ ? "%8s" : " %s", $i); print "" }'
        exit
        ;;
esac
exec "$gnu/$tool" "$@"
