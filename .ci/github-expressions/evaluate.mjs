// node dist/evaluate.cjs              lines of {expression, contexts} on stdin → lines of {value} or
//                                     {error} on stdout, each at once, by GitHub's own evaluator
// node dist/evaluate.cjs --check FILE every case of FILE, {contexts, cases: [{expression, value} or
//                                     {expression, error}]}; exit code 1 where GitHub differs
//
// An expression is written without its braces. Contexts that are not given are unknown names.
// The functions of a job's status read contexts.job.status.

import {readFileSync} from "node:fs";
import {createInterface} from "node:readline";
import {isDeepStrictEqual} from "node:util";
import {data, Evaluator, Lexer, Parser} from "@actions/expressions";
import {replacer} from "@actions/expressions/data/replacer";
import {reviver} from "@actions/expressions/data/reviver";

function statusFunctions(status) {
  const define = (name, holds) => [
    name,
    {name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(holds)}
  ];
  return new Map([
    define("always", true),
    define("success", status === "success"),
    define("failure", status === "failure"),
    define("cancelled", status === "cancelled")
  ]);
}

function evaluate({expression, contexts}) {
  const functions = statusFunctions(contexts.job?.status);
  const {tokens} = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  if (!tree) throw new Error("the expression is empty");
  const known = JSON.parse(JSON.stringify(contexts), reviver);
  const value = new Evaluator(tree, known, functions).evaluate();
  return JSON.parse(JSON.stringify(value, replacer));
}

function answer(question) {
  try {
    return {value: evaluate(question)};
  } catch (error) {
    return {error: error.message};
  }
}

const [option, file] = process.argv.slice(2);
if (option === "--check") {
  const {contexts, cases} = JSON.parse(readFileSync(file, "utf8"));
  for (const {expression, value, error} of cases) {
    const got = answer({expression, contexts});
    const agrees = error === undefined ? isDeepStrictEqual(got, {value}) : got.error?.includes(error);
    if (!agrees) {
      console.error(`${expression}: expected ${JSON.stringify(error ?? value)}, GitHub says`, got);
      process.exitCode = 1;
    }
  }
  console.log(`${cases.length} expressions put to GitHub's evaluator`);
} else {
  createInterface({input: process.stdin}).on("line", line => {
    console.log(JSON.stringify(answer(JSON.parse(line))));
  });
}
