# One image for every host: GitHub and Bitbucket run its ENTRYPOINT; GitLab empties that and feeds a
# script to a shell, which finds `compass-event` on PATH.
#
# A job waits while this is pulled, so the last stage holds only what runs. What that is, image/gather.py
# finds in the base: Python's official image, or another of Debian's family with Python 3.11 or newer and
# pip, such as an organisation's own: --build-arg BASE=registry.acme.example/python:3.13

# A release pins the base: --build-arg PYTHON_DIGEST=sha256:...
ARG PYTHON_TAG=3.13-slim
ARG PYTHON_DIGEST=
ARG BASE=python:${PYTHON_TAG}${PYTHON_DIGEST:+@$PYTHON_DIGEST}

# hadolint ignore=DL3006
FROM ${BASE} AS build
WORKDIR /build

# The libraries come before the program, for they change less often; without their own tests.
COPY requirements.txt .
RUN python -m pip install --quiet --require-hashes --only-binary :all: --no-cache-dir --no-compile \
        --disable-pip-version-check --root-user-action ignore \
        --target program/opt/compass-event --requirement requirements.txt \
    && rm -rf program/opt/compass-event/bin program/opt/compass-event/*/tests program/opt/compass-event/*/benchmarks

# The commands are Python, for `sh` drops every variable with a hyphen in its name when it starts a
# process, and GitHub sends INPUT_COMPONENT-ID. GitHub gives `post-entrypoint` no argument of its
# own, hence the second one. Isolated (-I), Python looks neither into the workspace nor at PYTHONPATH
# for modules; without `site` (-S) it starts sooner, and the libraries lie beside the program.
COPY entrypoint.py LICENSE README.md program/opt/compass-event/
COPY bitbucket-pipe.yml program/opt/compass-event/pipe.yml
COPY compass_action program/opt/compass-event/compass_action
RUN mkdir -p program/usr/local/bin \
    && printf '%s\n' '#!/usr/local/bin/python -IS' 'import sys' \
        'sys.dont_write_bytecode = True' 'sys.path.insert(0, "/opt/compass-event")' \
        'from entrypoint import console' 'console()' > program/usr/local/bin/compass-event \
    && sed 's/^console/sys.argv.insert(1, "post")\n&/' program/usr/local/bin/compass-event \
        > program/usr/local/bin/compass-event-post

# Bytecode alone, which nothing has to be compared with, and which is not made anew at each start: a
# job's container is thrown away. The modes are set, for a checkout's umask is anybody's.
COPY image/gather.py .
RUN python gather.py program \
    && python -m compileall -q -b --invalidation-mode unchecked-hash -s program -p / program \
    && find program -name '*.py' ! -path program/opt/compass-event/entrypoint.py -delete \
    && chmod -R u=rwX,go=rX program/opt program/usr/local/bin \
    && chmod 755 program/usr/local/bin/compass-event program/usr/local/bin/compass-event-post

# The image is not made unless the demo's events arrive. Tried here, it leaves no layer behind.
RUN chroot program compass-event demo

FROM scratch
COPY --from=build /build/program /
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
# Root stays: on GitHub's runners the files for outputs, state and summary belong to another user,
# and only root may write to them.
ENTRYPOINT ["/usr/local/bin/python", "-IS", "/opt/compass-event/entrypoint.py"]
CMD []

ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Compass Event" \
      org.opencontainers.image.description="Tell Atlassian Compass what a CI pipeline built and deployed." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
