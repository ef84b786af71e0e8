#!/usr/bin/env bash
# push.sh stage|publish VERSION: push what commit.sh has made.
#
# stage    the commit, to a branch that nobody names: if the host refuses it, nothing is public yet
# publish  the tags that users name, all or none: vX.Y.Z, X.Y.Z, and vX unless there is a newer release
#
# Tags of a release never move: where one is there already, it has to be this very commit. Works as well
# by hand, with a maintainer's own credentials, after `git fetch release.bundle 'refs/tags/*:refs/tags/*'`.
set -euo pipefail
cd "$(dirname "$0")/../.."
step=$1 version=$2 major=v${2%%.*}
commit=$(git rev-parse "refs/tags/v$version^{commit}")

case $step in
stage)
    git push --force origin "$commit:refs/heads/releases/$version"
    ;;
publish)
    refs=("refs/tags/v$version" "refs/tags/$version")
    newest=$({
        git ls-remote --tags --refs origin "refs/tags/$major.*" | sed 's|.*refs/tags/v||'
        echo "$version"
    } | grep -xE '[0-9]+\.[0-9]+\.[0-9]+' | sort -V | tail -1)
    if [[ $newest == "$version" ]]; then
        refs+=("+$commit:refs/tags/$major")
    else
        echo "$major stays at $newest, which is newer."
    fi
    git push --atomic origin "${refs[@]}"
    git push origin --delete "refs/heads/releases/$version" || true # it has done its duty
    ;;
*)
    echo "$step is not stage or publish." >&2
    exit 2
    ;;
esac
