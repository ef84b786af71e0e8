# One image for every host: GitHub and Bitbucket run its ENTRYPOINT; GitLab empties that and feeds a
# script to `sh`, which finds `compass-event` on PATH.

# A release pins the base: --build-arg PYTHON_DIGEST=sha256:...
ARG PYTHON_TAG=3.13-slim
ARG PYTHON_DIGEST=

FROM python:${PYTHON_TAG}${PYTHON_DIGEST:+@$PYTHON_DIGEST} AS build
WORKDIR /build

# The libraries come before the program, for they change less often. They go into a tree of their
# own, so nothing else that pip writes comes along, and without their own tests. Their bytecode is
# not compared with the source, so that new time stamps on a copied file cost nothing where the file
# system cannot be written.
COPY requirements.txt .
RUN pip install --quiet --require-hashes --only-binary :all: --no-cache-dir --no-compile \
        --disable-pip-version-check --root-user-action ignore \
        --prefix libraries --requirement requirements.txt \
    && rm -rf libraries/bin libraries/lib/python*/site-packages/*/tests \
        libraries/lib/python*/site-packages/*/benchmarks \
    && python -m compileall -q --invalidation-mode unchecked-hash \
        -s /build/libraries -p /usr/local /build/libraries \
    && chmod -R u=rwX,go=rX libraries

# The commands are Python, for `sh` drops every variable with a hyphen in its name when it starts a
# process, and GitHub sends INPUT_COMPONENT-ID. GitHub gives `post-entrypoint` no argument of its
# own, hence the second one. The modes are set, for a checkout's umask is anybody's.
COPY entrypoint.py LICENSE README.md program/opt/compass-event/
COPY bitbucket-pipe.yml program/opt/compass-event/pipe.yml
COPY compass_action program/opt/compass-event/compass_action
RUN python -m compileall -q --invalidation-mode unchecked-hash \
        -s /build/program -p / /build/program/opt/compass-event/compass_action \
    && mkdir -p program/usr/local/bin \
    && printf '%s\n' '#!/usr/local/bin/python -I' \
        'import runpy' \
        'runpy.run_path("/opt/compass-event/entrypoint.py", run_name="__main__")' \
        > program/usr/local/bin/compass-event \
    && sed 's/^import runpy$/import runpy, sys\nsys.argv.insert(1, "post")/' \
        program/usr/local/bin/compass-event > program/usr/local/bin/compass-event-post \
    && chmod -R u=rwX,go=rX program \
    && chmod 755 program/usr/local/bin/*

FROM python:${PYTHON_TAG}${PYTHON_DIGEST:+@$PYTHON_DIGEST}
COPY --from=build /build/libraries /usr/local
COPY --from=build /build/program /
# The official slim image has no bytecode of the standard library, and a job's container could not
# keep what it compiles: some 0.2 s at each start. Python writes it here for the modules that an
# event needs. The image is not made unless the demo's events arrive.
RUN ["compass-event", "demo"]
# Root stays: on GitHub's runners the files for outputs, state and summary belong to another user,
# and only root may write to them.
# Isolated (-I), Python looks neither into the workspace nor at PYTHONPATH for modules.
ENTRYPOINT ["/usr/local/bin/python", "-I", "/opt/compass-event/entrypoint.py"]
CMD []

ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Compass Event" \
      org.opencontainers.image.description="Tell Atlassian Compass what a CI pipeline built and deployed." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
