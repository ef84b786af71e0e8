// How the scripts of this folder tell what GitHub's parsers found.

/** "file:line:column: message" for each error that the parser left in its context. */
export function listProblems(file, context) {
  return context.errors.getErrors().map(error => {
    const at = error.range?.start;
    return at ? `${file}:${at.line}:${at.column}: ${error.rawMessage}` : `${file}: ${error.message}`;
  });
}

/** Print one report as JSON and fail when any of its problems is left. */
export function tell(report, problems) {
  console.log(JSON.stringify(report, null, 2));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length ? 1 : 0;
}
