// Pictures for the docs: `make screenshots`, which names the folder they go to, and what to take.
import { mkdir, writeFile } from "node:fs/promises";
import { browser, running, story } from "./running.mjs";
import * as summary from "./summary.mjs";

const folder = process.argv[2];
const wanted = process.argv[3] ? process.argv[3].split(",") : ["feed"];
const paths = { feed: "/", metrics: "/metrics", problems: "/problems", connect: "/connect", event: "event" };
await mkdir(folder, { recursive: true });
const chromium = await browser();

// Take one picture for each width and colour scheme; `show` brings the page to where it is taken.
async function take(name, show, options = {}) {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await chromium.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
      await show(page);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, ...options });
      await page.close();
    }
  }
}

if (wanted.includes("summary")) {
  const texts = await summary.summaries();
  await take("step-summary", (page) => page.setContent(summary.page(texts)), { fullPage: true });
  await writeFile(`${folder}/step-summary.json`, `${JSON.stringify(texts, null, 2)}\n`);
}

const pages = wanted.filter((name) => name !== "summary");
if (pages.length) {
  const names = Object.entries(story.components).flatMap(([name, ari]) => ["--name", `${ari}=${name}`]);
  const sandbox = await running(["--rate-limit=0", ...names]);
  await story.send(sandbox.url);
  for (const name of pages) {
    await take(`sandbox-${name}`, async (page) => {
      let path = paths[name];
      if (path === "event") {
        await page.goto(`${sandbox.url}/?search=Invoices`);
        path = await page.locator(".what h3 a").first().getAttribute("href");
      }
      await page.goto(sandbox.url + path);
      await page.locator("#live:not([hidden])").waitFor();
    });
  }
  sandbox.end();
}
await chromium.close();
