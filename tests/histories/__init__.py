"""Histories: what CI hosts do, and what our program is told of it, beside the truth.

`write(random, runs)` makes up the life of many repositories on five hosts and returns every report
that their pipelines make, in order of time. Each report holds the environment as the host sets it
and the thing (the build or deployment of the real world) that it is about. The chance is a
`random.Random`: a seeded one for a long history, hypothesis's own for many short ones.

    truth.py     what exists in the world: hosts, repositories, pipelines, things, reports
    hosts.py     the environments, as each host's variable reference has them
    world.py     which repositories there are, and how their pipelines run and are run again
    runs.py      the runs of the world in the making, and what is kept to run them again
    reporting.py what the jobs of a run report
    playing.py   the pure half of the program, fed with a history

What a host's rules make impossible does not happen here either, and with it what the invariants
take for granted:

- An id is counted up: GitHub's runs and check runs and GitLab's pipelines and jobs over the whole
  host, Bitbucket's builds over the repository, GitHub's run numbers over the workflow. All hosts
  begin with the same numbers, so that an id without its host would collide.
- On GitHub a run attempt is a new build and a new deployment. On Bitbucket and GitLab no attempt of
  the whole pipeline is counted: there, in `scope: run`, what is run again updates the same run.
- "Later" is what the host's own numbers say. On GitHub that is the check run's id, which rises with
  the creation of jobs. On a server that does not tell it, and on Bitbucket, a re-run of an old run
  after newer ones is still older than those.
- On Bitbucket, an environment is deployed to once in a pipeline, by one step (with its legs) or by one
  stage, whose steps report the same deployment; what is run again is a new one. The pipes' shared
  storage lasts as long as the pipeline.
- GitHub Enterprise Server tells neither `job.check_run_id` nor `job.workflow_ref`: there a workflow
  that is called twice in one run has its calls' `pipeline-id` given. Where the first alone is told,
  nothing has to be given.
- In a monorepo a step reports for all components, for one of them, or there are several such steps.
- The clock steps back between the stages of one job; the clocks of different machines agree.
"""

from tests.histories.playing import Sent, play
from tests.histories.truth import Report, Thing
from tests.histories.world import histories, write

__all__ = ["Report", "Sent", "Thing", "histories", "play", "write"]
