"""Histories: what CI hosts do, and what our program is told of it, beside the truth.

`write(random, runs)` makes up the life of many repositories on five hosts and returns every report
that their pipelines make, in order of time. Each report holds the environment as the host sets it
and the thing (the build or deployment of the real world) that it is about. The chance is a
`random.Random`: a seeded one for a long history, hypothesis's own for many short ones.

    truth.py     what exists in the world: hosts, repositories, pipelines, things, reports
    hosts.py     the environments, as each host's variable reference has them
    world.py     which repositories there are, and how their pipelines run and are run again
    playing.py   the pure half of the program, fed with a history

What a host's rules make impossible does not happen here either, and with it what the invariants
take for granted:

- An id is counted up: GitHub's runs and check runs and GitLab's pipelines and jobs over the whole
  host, Bitbucket's builds over the repository, GitHub's run numbers over the workflow. All hosts
  begin with the same numbers, so that an id without its host would collide.
- On GitHub a run attempt is a new build and a new deployment. On Bitbucket and GitLab no attempt of
  the whole pipeline is counted: there, in `scope: run`, what is run again updates the same run.
- "Later" is what the host's own numbers say. A re-run of an old GitHub run, or of a step of an old
  Bitbucket build, after newer ones is still older than those: its place is (run number, attempt,
  leg). Where GitHub has no such place, in a workflow that is called by another one, the check run's
  id is the place, and that is the order of creation.
- On Bitbucket, an environment is deployed to once in a pipeline.
- GitHub Enterprise Server tells neither `job.check_run_id` nor `job.workflow_ref`, so that a workflow
  which is called twice in one run happens on github.com alone. (On a server, `pipeline-id` is needed.)
- The clock steps back between the stages of one job; the clocks of different machines agree.
"""

from tests.histories.playing import Sent, play
from tests.histories.truth import Report, Thing
from tests.histories.world import histories, write

__all__ = ["Report", "Sent", "Thing", "histories", "play", "write"]
