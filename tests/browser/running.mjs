// What the browser's tests need: a sandbox in a process of its own, the story, Chromium.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const python = process.env.PYTHON ?? `${root}/.venv/bin/python`;
const site = "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/30307f94-33fc-4613-b40d-651fee166c5e";

export const story = {
  components: {
    shop: `${site}/c34578a8-98c2-43e3-8b47-ee9b4fe598e4`,
    billing: `${site}/7d0f2a51-66b1-4c0e-9a43-0b1d5c8e2f67`,
    search: `${site}/e91b6c3d-2f84-4a7b-b5d0-93c7a1f84e20`,
    mobile: `${site}/4f2b9d10-77aa-4e51-8c3e-5d2a90b6c7f1`,
  },
  send: (url, hours = 672) => promisify(execFile)(python, ["tests/browser/story.py", url, String(hours)], { cwd: root }),
};

// Start `compass-event COMMAND` and wait until it says where it listens.
export async function running(options = [], command = ["sandbox", "--port=0"], env = {}) {
  const child = spawn(python, ["entrypoint.py", ...command, ...options], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = [];
  const url = await new Promise((resolve, reject) => {
    child.on("exit", (code) => reject(new Error(`it ended with ${code}\n${lines.join("\n")}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      const found = /listens at (http:\/\/[^\s;]+)/.exec(line) ?? /(http:\/\/127\S+)$/.exec(line);
      if (found) resolve(found[1]);
    });
  });
  return {
    url,
    lines,
    async end() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}

export const browser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
