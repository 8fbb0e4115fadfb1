#!/bin/sh
# Pulls the project and makes this Mac right with it, then reports: pull.sh, started by launchd.
# settings.sh beside it says from where and to whom. Ends with what ansible-pull ended with, or with 3
# where that went well and the report did not arrive.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
# launchd tells a daemon neither this nor where its home is, and Ansible works in nothing but UTF-8.
LC_ALL=en_US.UTF-8
export PATH LC_ALL
here=${0%/*}
name='' environment='' url='' branch='' playbook='' spread=0 reports=''
. "$here/settings.sh"
HOME=${HOME:-$(eval "echo ~$(id -un)")}
# shellcheck disable=SC2089,SC2090  # git hands it to a shell
GIT_SSH_COMMAND="/usr/bin/ssh -o UserKnownHostsFile='$here/known_hosts' -o StrictHostKeyChecking=yes"
# shellcheck disable=SC2090
export HOME GIT_SSH_COMMAND

[ ! -e "$here/log/pull.log" ] || mv "$here/log/pull.log" "$here/log/pull.log.before"
exec > "$here/log/pull.log" 2>&1
echo "pull: begun $(date -u '+%Y-%m-%d %H:%M:%S') UTC"
: > "$here/began"

# As an option, ansible-pull would fetch on every host of it that has this Mac's name, at once.
ANSIBLE_INVENTORY=$here/inventory.json
export ANSIBLE_INVENTORY
set -- --url "$url" --checkout "$branch" --directory "$here/checkout" --clean --private-key "$here/key" \
    --limit "localhost,$name"
[ "$spread" = 0 ] || set -- "$@" --sleep "$spread"
if [ -s "$here/signers" ] && grep -q '[^[:space:]]' "$here/signers"; then
    # Of git's settings this one alone, wherever else the owner has some.
    GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=gpg.ssh.allowedSignersFile GIT_CONFIG_VALUE_0=$here/signers
    export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
    set -- "$@" --verify-commit
fi
"$environment/bin/ansible-pull" "$@" "$playbook" < /dev/null
code=$?
echo "pull: ansible-pull ended with $code"

# Of an older run, what is there was reported by that one.
verdict=$here/checkout/report/macs/$name.json
if [ -n "$reports" ] && [ -n "$(find "$verdict" -newer "$here/began" 2> /dev/null)" ]; then
    for pause in 10 60 0; do
        /usr/bin/ssh -T -i "$here/key" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=20 \
            -o UserKnownHostsFile="$here/known_hosts" -o StrictHostKeyChecking=yes "$reports" < "$verdict" &&
            sent=yes && break
        sleep $pause
    done
    [ -n "${sent-}" ] || echo "pull: the report could not be sent to $reports"
    [ -n "${sent-}" ] || [ $code != 0 ] || code=3
fi
echo "pull: ended with $code $(date -u '+%Y-%m-%d %H:%M:%S') UTC"
exit $code
