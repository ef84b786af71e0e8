// A job's step summary as GitHub would show it. The Markdown is the program's own (summary.py); the frame
// around it is imitated.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import MarkdownIt from "markdown-it";
import { python, root } from "./running.mjs";

const style = readFileSync(createRequire(import.meta.url).resolve("github-markdown-css/github-markdown.css"), "utf8");
const markdown = new MarkdownIt({ html: false });
const frame = `
  :root { color-scheme: light dark }
  body { margin: 0; padding: 24px; background: light-dark(#f6f8fa, #010409); font-family: "Noto Sans", Helvetica, Arial, sans-serif }
  section { border: 1px solid light-dark(#d1d9e0, #3d444d); border-radius: 6px; margin: 0 auto 16px; max-width: 1100px; overflow: hidden }
  section:last-child { margin-bottom: 0 }
  h2 { margin: 0; padding: 12px 16px; font-size: 14px; font-weight: 400; color: light-dark(#1f2328, #f0f6fc); background: light-dark(#fff, #0d1117) }
  h2 b { font-weight: 600 }
  .markdown-body { padding: 8px 16px 16px; font-family: inherit }
  .markdown-body > :last-child { margin-bottom: 0 !important }
  @media (max-width: 600px) { body { padding: 12px } }
`;

// The job's name → its Markdown.
export async function summaries() {
  const { stdout } = await promisify(execFile)(python, ["-m", "tests.browser.summary"], { cwd: root });
  return JSON.parse(stdout);
}

export function page(texts) {
  const sections = Object.entries(texts).map(
    ([job, text]) => `<section><h2><b>${job}</b> summary</h2><div class="markdown-body">${markdown.render(text)}</div></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Step summaries</title>
    <meta name="viewport" content="width=device-width"><style>${style}${frame}</style>${sections.join("")}</html>`;
}
