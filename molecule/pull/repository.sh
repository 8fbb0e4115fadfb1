#!/bin/sh
# The project as it stands here, as a repository that a lab would have: repository.sh FOLDER signed|unsigned
set -eu
folder=$1 how=$2
project=$(cd "$(dirname "$0")/../.." && pwd)
GIT_DIR=$folder/project.git
export GIT_DIR GIT_AUTHOR_NAME=lab GIT_AUTHOR_EMAIL=lab@example GIT_COMMITTER_NAME=lab GIT_COMMITTER_EMAIL=lab@example
mkdir -p "$folder"
[ -e "$folder/signer" ] || ssh-keygen -q -t ed25519 -N '' -C lab@example -f "$folder/signer"
[ -d "$GIT_DIR" ] || git init -q --bare -b main "$GIT_DIR"
sign=--gpg-sign
[ "$how" = signed ] || sign=--no-gpg-sign
git --work-tree="$project" add -A
git -c core.bare=false -c gpg.format=ssh -c "user.signingkey=$folder/signer" --work-tree="$project" \
    commit -q "$sign" --allow-empty -m "As it stands, $how"
