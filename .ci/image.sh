#!/usr/bin/env bash
# Build the image of this checkout for real, from nothing but Debian's packages and the Python packages
# of requirements.txt: no image registry is asked.
#
#   .ci/image.sh [IMAGE [BASE]] && python -m pytest tests/image
#
# Needs root and Debian where Podman is not installed yet. A base of that name that is there already, the
# official one or ours of an earlier run, is used. Unless told: compass-event:ci, and the Dockerfile's base.
set -euo pipefail
cd "$(dirname "$0")/.."
export CONTAINERS_CONF=$PWD/.ci/containers.conf

tag=$(sed -n 's/^ARG PYTHON_TAG=//p' Dockerfile)
image=${1:-compass-event:ci}
base=${2:-python:$tag}
suite=trixie # its python3 must be the version that $tag names; the import below checks that
authorities=/etc/ssl/certs/ca-certificates.crt

took() { # say how long something took: took SECONDS_AT_ITS_START WHAT
    printf 'image: %3d s  %s\n' "$((SECONDS - $1))" "$2"
}

install_tools() {
    local tool missing=
    for tool in podman runc mmdebstrap; do
        command -v "$tool" >/dev/null || missing=yes
    done
    [[ $missing ]] || return 0
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends \
        podman runc iptables netavark aardvark-dns catatonit mmdebstrap >/dev/null
}

# The official slim image in what matters here: python and pip in /usr/local, first on PATH, Debian's
# shells, tools and certificates, its packages' licences but no manuals, and a standard library that
# comes without its bytecode.
# Podman files an image without a registry's name under localhost/, where an unqualified FROM looks
# first.
import_base() {
    local excluded=()
    for part in doc man locale; do
        excluded+=(--dpkgopt="path-exclude=/usr/share/$part/*")
    done
    excluded+=(--dpkgopt='path-include=/usr/share/doc/*/copyright')
    # shellcheck disable=SC2016  # mmdebstrap's own shell sets $1, the root it fills
    mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates "${excluded[@]}" \
        --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io \
        --customize-hook='chroot "$1" python3 -m venv /usr/local' \
        --customize-hook='find "$1/usr" -name "*.pyc" -delete' \
        "$suite" - |
        podman import --quiet --change 'CMD ["python3"]' \
            --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' \
            - "localhost/$base" >/dev/null
    [[ $(podman run --rm --network host "$base" python --version) == "Python ${tag//[!0-9.]/}."* ]] || {
        podman rmi "localhost/$base" >/dev/null
        echo "image: Debian's $suite does not have the Python of $tag" >&2
        return 1
    }
}

build() {
    local trust=() log pip=
    log=$(mktemp)
    # Where a proxy signs the traffic, pip must know the machine's authorities. They are mounted for pip
    # alone, so that the Dockerfile stays as everybody else builds it, and they are not in the image.
    if [[ -e $authorities ]]; then
        pip=$(mktemp)
        printf '[global]\ncert = /build-authorities.crt\n' >"$pip"
        trust=(--volume "$authorities:/build-authorities.crt:ro" --volume "$pip:/etc/pip.conf:ro")
    fi
    podman build --pull=never --layers=false --network host "${trust[@]}" \
        --build-arg "VERSION=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' compass_action/__init__.py)" \
        --build-arg "REVISION=$(git rev-parse --verify --quiet HEAD 2>/dev/null || echo unknown)" \
        --build-arg "BASE=$base" --tag "$image" . >"$log" 2>&1 || {
        cat "$log" >&2
        return 1
    }
    rm -f "$log" ${pip:+"$pip"}
    podman image prune --force --filter 'label=org.opencontainers.image.title=Compass Event' >/dev/null
}

start=$SECONDS
install_tools
took "$start" 'podman and mmdebstrap'

# One that an earlier version of this script made may lack the licences, which the image takes along.
is_usable() {
    podman image exists "$base" &&
        podman run --rm --network host --entrypoint= "$base" test -e /usr/share/doc/bash/copyright
}

start=$SECONDS
if is_usable; then
    took "$start" "$base was there"
else
    import_base
    took "$start" "$base made of Debian's $suite"
fi

start=$SECONDS
build
took "$start" "$image built"
