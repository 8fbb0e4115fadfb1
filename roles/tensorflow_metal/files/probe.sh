#!/bin/sh
# What this Mac is, as one JSON object on one line: probe.sh HOME FORMULAE PYTHONS UV OWNER FILES
#   HOME      where the environments live
#   FORMULAE  Homebrew formulae to look for, separated by blanks
#   PYTHONS   paths of interpreters to look at, a line each
#   UV        the version of uv that would be used
#   OWNER     the account that is to own the home; empty: who we log in as
#   FILES     paths of small files to read, a line each; the commands and kernels that are there are read too
# Read-only. Runs on a bare Mac: nothing that needs Python or the Command Line Tools is started
# before xcode-select has named a developer folder, since Apple's stubs open a window.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
# Over a terminal, what a tool complains of would stand in the middle of the reading.
exec 2> /dev/null
home=$1 formulae=$2 pythons=$3 uv=$4 owner=$5 files=$6
kernels=/usr/local/share/jupyter/kernels
lines='
'
said=$lines

# The inside of a JSON string, with all that one must escape. Most have nothing of it, and awk costs more
# than all else here.
text() {
    case $1 in
        *[!-\ A-Za-z0-9._/:,@+=\(\)]*) escaped "$1" ;;
        *) printf '%s' "$1" ;;
    esac
}

escaped() {
    printf '%s' "$1" | awk '
        BEGIN { ORS = "" }
        NR > 1 { print "\\n" }
        {
            gsub(/\\/, "&&"); gsub(/"/, "\\\""); gsub(/\t/, "\\t"); gsub(/[\001-\037]/, "?")
            print
        }'
}

truth() { if "$@" > /dev/null 2>&1; then printf true; else printf false; fi; }

named() {
    printf '"%s":"' "$1"
    text "$2"
    printf '"'
}

# What the kernel says, a line each, in one call: -i leaves out what it does not know. Where that is no
# option, the last name, which every kernel knows, is missing, and each is asked by itself.
known() {
    names='hw.optional.arm64 sysctl.proc_translated kern.hv_vmm_present machdep.cpu.brand_string'
    names="$names kern.bootsessionuuid hw.memsize"
    # shellcheck disable=SC2086  # a list of words
    all=$(sysctl -i $names)
    case $all in
        *hw.memsize:*) printf '%s' "$all" ;;
        *) for name in $names; do sysctl "$name"; done ;;
    esac
}

fact() {
    case $kernel_says in *"$lines$1: "*) ;; *) return 1 ;; esac
    value=${kernel_says#*"$lines$1: "}
    printf '%s' "${value%%"$lines"*}"
}

machine() {
    kernel=$(uname -s)
    hardware=$(uname -m)
    kernel_says=$lines$(known)$lines
    [ "$(fact hw.optional.arm64)" != 1 ] || hardware=arm64
    printf '"schema":1,"simulated":%s,' "$(truth test -e /proc/self)"
    printf '"kernel":"%s","machine":"%s",' "$kernel" "$hardware"
    printf '"rosetta":%s,' "$(truth test "$(fact sysctl.proc_translated)" = 1)"
    printf '"virtual":%s,' "$(truth test "$(fact kern.hv_vmm_present)" = 1)"
    named macos "$(sw_vers -productVersion)"
    printf ,
    named build "$(sw_vers -buildVersion)"
    printf ,
    named chip "$(fact machdep.cpu.brand_string)"
    printf ',"memory_bytes":%s,' "$(fact hw.memsize || printf 0)"
    folder=$home/envs
    while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
    printf '"free_bytes":%s,' "$(df -Pk "$folder" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')"
}

people() {
    sudo=asks
    uid=$(id -u)
    if [ "$uid" = 0 ]; then
        sudo=root
    elif sudo -n true 2> /dev/null; then
        sudo=free
    fi
    named user "$(id -un)"
    printf ',"owner_there":%s' "$(if [ -z "$owner" ]; then printf true; else truth id -u "$owner"; fi)"
    case " $(id -Gn) " in *' admin '*) admin=true ;; *) admin=false ;; esac
    printf ',"uid":%s,"admin":%s,"sudo":"%s",' "$uid" "$admin" "$sudo"
}

# An empty program, as a loss of power leaves it, succeeds and says nothing.
tools_work() {
    xcrun --find clang && xcrun --sdk macosx --show-sdk-path && [ -n "$(clang --version)" ] &&
        [ -n "$(/usr/bin/python3 -V)" ]
}

# The version in a package's receipt.
received() {
    receipt=$lines$(pkgutil --pkg-info="$1")$lines
    case $receipt in *"${lines}version: "*) ;; *) return ;; esac
    receipt=${receipt#*"${lines}version: "}
    printf '%s' "${receipt%%"$lines"*}"
}

command_line_tools() {
    path=$(xcode-select -p 2> /dev/null)
    works=false version=
    if [ -n "$path" ]; then
        # That the folder is there proves nothing after an update of macOS: clang must run, and say so.
        works=$(truth tools_work)
        version=$(received com.apple.pkg.CLTools_Executables)
    fi
    printf '"command_line_tools":{'
    named path "$path"
    printf ,
    named version "$version"
    printf ',"works":%s},' "$works"
}

# Which of its folders the one who logs in may not write is no matter where another owns it.
homebrew() {
    prefix=/usr/local
    [ "$hardware" != arm64 ] || prefix=/opt/homebrew
    whole='' half='' version='' owner=''
    if [ -e "$prefix.unfinished" ]; then
        : # of the role's own installation, which goes on
    elif [ -x "$prefix/bin/brew" ]; then
        whole=$prefix
        owner=$(stat -f %Su "$prefix/bin/brew")
        version=$(received sh.brew.homebrew)
    else
        # On Intel /usr/local is there without Homebrew, too.
        for half in "$prefix/Homebrew" /opt/homebrew ''; do
            [ ! -d "$half" ] || [ -z "$(ls -A "$half")" ] || break
        done
        [ -z "$half" ] || owner=$(stat -f %Su "$half")
    fi
    locked=''
    for path in "$prefix" "$prefix/Cellar" "$prefix/opt" "$prefix/bin"; do
        # Homebrew's folders in it are its owner's, but /usr/local itself is root's on every Mac.
        [ "$path" != /usr/local ] || continue
        [ -z "$whole" ] || [ ! -d "$path" ] || [ -w "$path" ] || locked=$path
    done
    printf '"homebrew":{"prefix":"%s","half":"%s","locked":"%s",' "$whole" "$half" "$locked"
    named version "$version"
    printf ,
    named owner "$owner"
    printf '},"formulae":{'
    comma=''
    for formula in $formulae; do
        keg=$(readlink "$prefix/opt/$formula" 2> /dev/null) || continue
        case $formula in
            libomp) part=lib/libomp.dylib ;;
            python@*) part=bin/python${formula#python@} ;;
            *) part=. ;;
        esac
        printf '%s"%s":{"version":"%s","whole":%s}' "$comma" "$formula" "${keg##*/}" \
            "$(truth test -s "$prefix/opt/$formula/$part")"
        comma=,
    done
    printf '},'
}

# -B: it may be one that we may write to, and has no bytecode yet.
interpreter() {
    "$1" -I -B -c 'import os, sys; print("%d.%d.%d" % sys.version_info[:3], os.uname().machine)'
}

interpreters() {
    printf '"pythons":['
    comma=''
    IFS=$lines
    for path in $pythons; do
        [ -x "$path" ] || continue
        case $path in /usr/bin/*) [ "$works" = true ] || continue ;; esac
        answer=$(interpreter "$path") || continue
        printf '%s{' "$comma"
        named path "$path"
        printf ',"version":"%s","machine":"%s"}' "${answer% *}" "${answer#* }"
        comma=,
    done
    unset IFS
    printf '],'
}

# The text of each file that is there, without the end of its last line, and what it allows to whom.
texts() {
    printf '"files":{'
    comma=''
    IFS=$lines
    for path in $files "$home"/bin/* "$kernels"/tensorflow*/kernel.json; do
        case $said in *"$lines$path$lines"*) continue ;; esac
        [ -f "$path" ] || continue
        said=$said$path$lines
        printf '%s' "$comma"
        printf '"%s":{' "$(text "$path")"
        named text "$(head -c 4096 "$path")"
        printf ,
        named mode "$(stat -f %Lp "$path")"
        printf '}'
        comma=,
    done
    unset IFS
    printf '},'
}

# Every file that came, went or changed since the receipt leaves something newer than it. Bytecode
# does not count: it was compiled before the receipt, and Python may write more of it.
changed() {
    find "$1" -name __pycache__ -prune -o -newer "$2" ! -name '*.pyc' -print | {
        said_of=0
        while [ "$said_of" -lt 20 ] && IFS= read -r path; do
            [ "$path" != "$1" ] || path='site-packages'
            printf '%s"%s"' "${separator-}" "$(text "${path#"$1"/}")"
            separator=, said_of=$((said_of + 1))
        done
    }
}

environment() {
    folder=$1
    receipt=''
    [ ! -f "$folder/receipt.json" ] || receipt=$(cat "$folder/receipt.json")
    answer=$(interpreter "$folder/bin/python")
    # A finished one's receipt says it, and this takes a while.
    kib=0
    [ -n "$receipt" ] || kib=$(du -sk "$folder" | awk '{ print $1 }')
    printf '{'
    named name "${folder##*/}"
    printf ,
    named receipt "$receipt"
    printf ',"kib":%s,"python":"%s","packages":{' "${kib:-0}" "${answer% *}"
    for site in "$folder"/lib/python*/site-packages; do
        find "$site" -maxdepth 1 -name '*.dist-info' | awk '{
            sub(/.*\//, ""); sub(/\.dist-info$/, ""); at = index($0, "-")
            name = tolower(substr($0, 1, at - 1)); gsub(/[_.]/, "-", name)
            printf "%s\"%s\":\"%s\"", (NR > 1 ? "," : ""), name, substr($0, at + 1)
        }'
    done
    printf '},"changed":['
    for site in "$folder"/lib/python*/site-packages; do
        [ -z "$receipt" ] || changed "$site" "$folder/receipt.json"
    done
    printf ']}'
}

environments() {
    whose=''
    # With the slash a link to a folder is that folder.
    if [ -d "$home" ]; then
        whose=$(stat -f %Su "$home/")
    elif [ -e "$home" ]; then
        whose=$(stat -f %Su "$home")
    fi
    printf '"home":{'
    named path "$home"
    printf ,
    named owner "$whose"
    printf ',"taken":['
    comma=''
    [ ! -e "$home" ] || [ -d "$home" ] || printf '"."'
    for path in "$home"/*; do
        [ -e "$path" ] && [ ! -h "$path" ] || continue
        printf '%s"%s"' "$comma" "$(text "${path##*/}")"
        comma=,
    done
    printf ']},"links":{'
    comma=''
    for link in "$home"/*; do
        [ -h "$link" ] || continue
        target=$(readlink "$link") || continue
        target=${target#"$home/"}
        printf '%s' "$comma"
        named "${link##*/}" "${target#envs/}"
        comma=,
    done
    printf '},"environments":['
    comma=''
    for folder in "$home"/envs/*/; do
        [ -d "$folder" ] || continue
        printf '%s' "$comma"
        environment "${folder%/}"
        comma=,
    done
    found=''
    case $("$home/tools/uv-$uv/bin/uv" --version) in "uv $uv" | "uv $uv "*) found=$uv ;; esac
    printf '],"tools":{"uv":"%s"},"lock":{' "$found"
    says=''
    [ ! -h "$home/tools/lock" ] || says=$(readlink "$home/tools/lock")
    named says "$says"
    printf ,
    named boot "$(fact kern.bootsessionuuid || printf unknown)"
    printf '},'
}

# Who runs from an environment: since when, and what of the home their command names. A framework's
# Python names none, wherever it was started from. Nothing else of a command is told: it may be secret.
running() {
    printf '"now":%s,"running":[' "$(date +%s)"
    ps -axo etime=,command= | awk -v home="$home/" '
        BEGIN { ORS = "" }
        {
            where = ""
            if (at = index($0, home)) {
                rest = substr($0, at + length(home)); sub(/^envs\//, "", rest)
                if (match(rest, /^[A-Za-z0-9._-]+/)) where = substr(rest, 1, RLENGTH)
            } else if (!index($0, "/Python.app/Contents/MacOS/Python")) next
            print (said++ ? "," : "") "{\"where\":\"" where "\",\"elapsed\":\"" $1 "\"}"
        }'
    printf '],'
}

# What others put there, which is left alone: in every home, since TensorFlow loads a plugin that
# lies in the site-packages of the user who runs it.
seen() {
    printf '"seen":['
    separator=''
    [ "$prefix" = /usr/local ] || [ ! -x /usr/local/bin/brew ] || found_by_others homebrew /usr/local ''
    for plugin in /Users/*/Library/Python/*/lib/python/site-packages/tensorflow-plugins/*.dylib; do
        [ ! -f "$plugin" ] || found_by_others plugin "$plugin" ''
    done
    for config in /Users/*/pyvenv.cfg /Users/*/*/pyvenv.cfg; do
        [ -f "$config" ] || continue
        folder=${config%/*}
        packages=$(find "$folder"/lib/python*/site-packages -maxdepth 1 -name 'tensorflow*.dist-info' 2> /dev/null |
            sed 's/.*\///; s/\.dist-info$//; s/_/-/; s/-\([0-9]\)/ \1/' | sort | paste -s -d , -)
        [ -z "$packages" ] || found_by_others environment "$folder" "$packages"
    done
    printf ']'
}

found_by_others() {
    printf '%s{' "$separator"
    named kind "$1"
    printf ,
    named path "$2"
    printf ,
    named packages "$3"
    printf '}'
    separator=,
}

printf '{'
machine
people
command_line_tools
homebrew
interpreters
texts
environments
running
seen
printf '}\n'
