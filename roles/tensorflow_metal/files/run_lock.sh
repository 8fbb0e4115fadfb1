#!/bin/sh
# One run at a time works on a Mac: run_lock.sh take HOME OWNER RUN SAYS DEAD | release HOME RUN
#   SAYS  who holds it from where, for others to read
#   DEAD  a run that its own controller knows to be dead, or nothing
# The lock is a link: it is made in one step with all that it says, RUN|SAYS|since|boot. A run's
# folder beside it has the process groups that work for it, in `running`, whose age is the time since
# its last sign of life. take ends with 0 and the lock held, or with 75, a sentence on that sign, and
# what the lock says.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
umask 022
verb=$1 home=$2
lock=$home/tools/lock
# The minutes without a sign of life after which another controller's run counts as dead.
patience=60

boot() { sysctl -n kern.bootsessionuuid 2> /dev/null || echo unknown; }

# Processes of the groups that the file names; not whoever was given such a number a day later.
working() {
    [ -s "$1" ] || return 0
    ps -axo pid=,pgid=,etime=,stat= | awk -v now="$(date +%s)" -v self="$$" '
        FNR == NR { began[$1] = $2; next }
        $2 in began && $1 != self && $4 !~ /^Z/ {
            n = split($3, part, /[-:]/)
            start = now - part[n] - 60 * part[n - 1]
            if (n > 2) start -= 3600 * part[n - 2]
            if (n > 3) start -= 86400 * part[n - 3]
            if (start > began[$2] - 5 && start < began[$2] + 86400) print $1
        }' "$1" -
}

# A run without a folder has the age of its lock.
dead() {
    [ "$1" != "$known_dead" ] || return 0
    [ "${says##*|}" = "$(boot)" ] || return 0
    sign=$home/tools/run-$1/running
    [ -e "$sign" ] || sign=$lock
    [ -z "$(find "$sign" -mmin -"$patience")" ] && [ -z "$(working "$home/tools/run-$1/running")" ]
}

silence() {
    awk -v now="$(date +%s)" 'END {
        if (NR) print "It last began something there " int((now - $2) / 60) " minutes ago."
        else print "It has not begun anything there."
    }' "$home/tools/run-$1/running" 2> /dev/null || echo "It has not begun anything there."
}

# What a run that was broken off left working here would write under the hands of this one.
end_others() {
    for folder in "$home"/tools/run-*; do
        [ -d "$folder" ] && [ "$folder" != "$home/tools/run-$run" ] || continue
        for signal in TERM TERM TERM KILL KILL none; do
            pids=$(working "$folder/running")
            [ -n "$pids" ] && [ "$signal" != none ] || break
            # shellcheck disable=SC2086  # several
            kill -"$signal" $pids 2> /dev/null
            sleep 1
        done
        [ -z "$pids" ] || {
            echo "Processes of a run that was broken off could not be ended: $(echo "$pids" | paste -s -d ' ' -)." >&2
            exit 1
        }
        rm -rf "$folder"
    done
}

# Whether somebody else was faster; anything else that was said, such as that the disk is full, ends this.
faster() {
    case $1 in
        *"File exists"*) ;;
        *)
            echo "$home/tools cannot be written to: $1" >&2
            exit 1
            ;;
    esac
}

# Of several that find the same run dead, one takes its lock away: the others look again. A taker that
# was itself broken off is dead when it has been silent for a minute.
take_over() {
    taker=$lock.of-$holder
    [ -z "$(find "$taker" -mmin +1 2> /dev/null)" ] || rmdir "$taker"
    said=$(mkdir "$taker" 2>&1) || {
        faster "$said"
        return 1
    }
    [ "$(readlink "$lock")" != "$says" ] || rm -f "$lock"
    rmdir "$taker"
}

take() {
    owner=$1 run=$2 mine="$2|$3|$(date -u '+%Y-%m-%d %H:%M:%S')|$(boot)" known_dead=$4
    if [ ! -d "$home/tools" ]; then
        mkdir -p "$home/tools" || exit 1
        [ "$(id -u)" != 0 ] || chown "$owner" "$home" "$home/tools" || exit 1
    fi
    until said=$(ln -s "$mine" "$lock" 2>&1); do
        faster "$said"
        says=$(readlink "$lock") || continue
        holder=${says%%|*}
        [ "$holder" != "$run" ] || break
        if ! dead "$holder"; then
            silence "$holder"
            echo "$says"
            exit 75
        fi
        take_over || sleep 1
    done
    end_others
    mkdir -p "$home/tools/run-$run" && : > "$home/tools/run-$run/running" || exit 1
    [ "$(id -u)" != 0 ] || chown -hR "$owner" "$lock" "$home/tools/run-$run"
}

release() {
    run=$1
    rm -rf "$home/tools/run-$run"
    case $(readlink "$lock") in "$run|"*) rm -f "$lock" ;; esac
}

shift 2
"$verb" "$@"
