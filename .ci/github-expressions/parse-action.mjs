// node dist/parse-action.cjs FILE
//
// Prints an action.yml as GitHub's own parser reads it, {action, problems}. Its schema is the strict
// one: unknown keys, a wrong icon or colour and an expression where none is allowed are problems.
// Exit code 1 where there are any.

import {readFileSync} from "node:fs";
import {NoOperationTraceWriter} from "@actions/workflow-parser";
import {parseAction} from "@actions/workflow-parser/actions/action-parser";
import {convertActionTemplate} from "@actions/workflow-parser/actions/action-template";
import {listProblems, tell} from "./problems.mjs";

const [file] = process.argv.slice(2);
const {context, value} = parseAction(
  {name: file, content: readFileSync(file, "utf8")},
  new NoOperationTraceWriter()
);
const action = value ? convertActionTemplate(context, value) : null;
// A default is a token of the parser; what people want to see is its source.
for (const part of [...(action?.inputs ?? []), ...(action?.outputs ?? [])]) {
  if (part.default) part.default = part.default.toString();
  if (part.value) part.value = part.value.toString();
}
const problems = listProblems(file, context);
tell({action, problems}, problems);
