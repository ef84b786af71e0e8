#!/usr/bin/env bash
# commit.sh VERSION GITHUB_IMAGE HUB_IMAGE DIGEST: make the commit that users name, and its tags.
#
# Local, nothing is pushed. On top of the tagged commit, which is checked out, action.yml names the
# image in the code host's own registry, the pipe and the template the one on Docker Hub, both by the
# digest. main itself keeps `image: Dockerfile`.
#
# .github/workflows is left out: a workflow's own token may not push a ref on which workflow files were
# created or changed, and every later move of the major tag would be such a push. Nobody misses them
# there: a workflow runs from the branch or tag that triggers it, and nothing triggers these.
#
# The same arguments give the same commit, so that a job that failed later can be run again.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$1 github=$2 hub=$3 digest=$4

fail() {
    echo "$1" >&2
    exit 1
}

[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "$digest is not a digest."

replace() { # replace FILE PATTERN LINE: exactly one line of the file becomes another one
    [[ $(grep -cE "$2" "$1") == 1 ]] || fail "$1: not exactly one line matches $2."
    sed -i -E "s|$2|$3|" "$1"
    grep -qxF "$3" "$1" || fail "$1: the line was not written."
}
replace action.yml '^  image: Dockerfile$' "  image: docker://$github@$digest"
for pipe in bitbucket-pipe.yml pipe.yml; do
    replace "$pipe" "^image: $hub:$version$" "image: $hub:$version@$digest"
done
replace templates/compass-event.yml "^      default: $hub:$version$" "      default: $hub:$version@$digest"

export GIT_AUTHOR_NAME='github-actions[bot]'
export GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
GIT_AUTHOR_DATE=$(git show --no-patch --format=%cI HEAD)
export GIT_AUTHOR_DATE
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
export GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
git rm -r --quiet .github/workflows
git commit --quiet --all --no-gpg-sign --message "Release $version" \
    --message "Made of $(git rev-parse HEAD), with the image $digest."

# What was committed, looked up in the tree and not in the working copy.
expected=$'M\taction.yml\nM\tbitbucket-pipe.yml\nM\tpipe.yml\nM\ttemplates/compass-event.yml'
changed=$(git diff-tree -r --no-commit-id --name-status HEAD)
[[ $(grep -v $'^D\t\.github/workflows/' <<<"$changed") == "$expected" ]] ||
    fail "The commit changes something else: $changed"
[[ -z $(git ls-tree -r HEAD .github/workflows) ]] || fail 'The commit has workflows.'
[[ $(git rev-parse HEAD:pipe.yml) == $(git rev-parse HEAD:bitbucket-pipe.yml) ]] || fail 'The pipes differ.'

for tag in "v$version" "$version" "v${version%%.*}"; do
    git tag --force --no-sign "$tag" >/dev/null
done
git rev-parse HEAD
