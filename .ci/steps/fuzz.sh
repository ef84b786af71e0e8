# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# Random mixtures of what has stung loggers before; the tool that plants faults; and the benchmarks,
# which must at least run.
step "fuzz: log safety" "$bin/python" fuzz/log_safety.py --runs 5000
step "fuzz: token leaks" "$bin/python" fuzz/token_leaks.py --runs 3000
step "fuzz: verdicts" "$bin/python" fuzz/verdicts.py --runs 50000
step "faults, planted" "$bin/python" -m pytest tests/benchmarks
step "benchmarks" "$bin/python" -m benchmarks --rounds 1 --print
step "benchmark: fleet" "$bin/python" benchmarks/fleet.py
