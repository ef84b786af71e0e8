"""Repositories and their pipelines, with names as awkward as the hosts allow."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.histories.truth import Host, Job, Pipeline, Repository

PATHS = {
    "github": ("acme/shop", "acme/shop-api", "acme/Shop.web"),
    "bitbucket": ("acme/shop", "acme/shop-api", "acme/shop.web"),
    "gitlab": ("acme/shop", "acme/web/shop", "acme/web/runs"),
}
FILES = {
    "github": tuple(
        f".github/workflows/{name}.yml"
        for name in ("deploy", "Deploy", "de ploy", "de%20ploy", "deploy~1", "déploiement", "a@b")
    ),
    "bitbucket": ("bitbucket-pipelines.yml",),
    "gitlab": (".gitlab-ci.yml", "ci/main.yml", "ci.yml@acme/shared:refs/heads/main"),
}
NAMES = {  # GitHub's job keys take letters, digits, - and _; Bitbucket does not name its steps
    "github": ("test", "deploy", "_test", "test-1", "test_1", "runs"),
    "bitbucket": ("step 1", "step 2", "step 3", "step 4"),
    "gitlab": (
        "deploy", "Deploy", "deploy/eu", "deploy%2Feu", "deploy: [eu, prod]", "deploy:eu",
        "d\N{LATIN SMALL LETTER E WITH ACUTE}ploie 🚀", "de\N{COMBINING ACUTE ACCENT}ploie 🚀",
        "jobs/deploy", "~deploy", "deploy 1/3", 'deploy "it"',
    ),
}  # fmt: skip
ENVIRONMENTS = (
    "production", "prod-eu", "prod_eu", "prod eu", "prod/eu", "prod.eu", "review/größe",
    "review/grösse", "review/groesse", "生产", "-", "x" * 70, "x" * 71,
)  # fmt: skip
CLOUD = "a1b2c3d4-0000-4000-8000-00000000c10d"
COMPONENTS = tuple(
    f"ari:cloud:compass:{CLOUD}:component/a1b2c3d4-0000-4000-8000-000000000001/"
    f"a1b2c3d4-0000-4000-8000-00000000000{n}"
    for n in range(4)
)


def make(random: Random, host: Host, path: str) -> Repository:
    """Make up a repository with its pipelines."""
    system = host.system
    count = random.randrange(1, 3) if system == "github" else 1
    pipelines = [_pipeline(random, host, file) for file in random.sample(FILES[system], count)]
    components = tuple(random.sample(COMPONENTS, random.choice((1, 1, 2, 3))))
    if len(components) > 1:  # a monorepo
        pipelines = [_divide(random, pipeline, components) for pipeline in pipelines]
    return Repository(host, path, components, tuple(pipelines))


def _divide(random: Random, pipeline: Pipeline, components: tuple[str, ...]) -> Pipeline:
    """Let some jobs report for one of the components, or for each of them in a step of its own."""
    if pipeline.scope != "job":
        return pipeline
    each = tuple((component,) for component in components)
    ways = ((), each, (random.choice(each),))
    return replace(
        pipeline,
        jobs=tuple(replace(job, calls_of_us=random.choice(ways)) for job in pipeline.jobs),
    )


def _pipeline(random: Random, host: Host, file: str) -> Pipeline:
    free = list(ENVIRONMENTS)
    random.shuffle(free)
    if random.randrange(4) == 0:
        names = random.sample(NAMES[host.system], 2)
        environment = free.pop() if random.randrange(2) == 0 else None
        return Pipeline(file, "CI", "run", tuple(map(Job, names)), environment)
    if host.system == "bitbucket" and random.randrange(3) == 0:
        steps = random.sample(NAMES["bitbucket"], random.choice((1, 2, 3)))
        environment = free.pop()
        stage = tuple(Job(step, environments=(environment,)) for step in steps)
        return Pipeline(file, "CI", "stage", stage, environment)
    jobs: list[Job] = []
    for name in random.sample(NAMES[host.system], random.choice((1, 1, 2, 3))):
        legs = random.choice((1, 1, 1, 1, 2, 3))
        environments: tuple[str, ...] = ()
        if random.randrange(2) == 0:
            # On Bitbucket each leg has an environment of its own; elsewhere they may share one.
            count = legs if host.system == "bitbucket" else random.randrange(1, legs + 1)
            environments = tuple(free.pop() for _ in range(count))
        jobs.append(Job(name, legs, 0, environments, tracked=random.randrange(3) == 0))
    if host.system == "github" and random.randrange(3) == 0:
        # Its name may well be that of one of the caller's own jobs, and its environment too.
        jobs.append(replace(random.choice(jobs), calls=random.randrange(1, 4)))
    return Pipeline(file, "CI", "job", tuple(jobs))
