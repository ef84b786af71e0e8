// node dist/parse-workflow.cjs FILE...
//
// Prints, for each workflow file, what GitHub's own parser finds wrong: [{file, jobs, problems}].
// Exit code 1 where there is anything.

import {readFileSync} from "node:fs";
import {convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow} from "@actions/workflow-parser";
import {listProblems, tell} from "./problems.mjs";

async function report(file) {
  const content = readFileSync(file, "utf8");
  const {context, value} = parseWorkflow({name: file, content}, new NoOperationTraceWriter());
  const workflow = value ? await convertWorkflowTemplate(context, value) : null;
  const jobs = (workflow?.jobs ?? []).map(job => job.id.toString());
  return {file, jobs, problems: listProblems(file, context)};
}

Promise.all(process.argv.slice(2).map(report)).then(reports =>
  tell(reports, reports.flatMap(one => one.problems))
);
