// Screenshots of the page for the docs: `make screenshots`, which names the folder they go to.
import { mkdir } from "node:fs/promises";
import { browser, running, story } from "./running.mjs";

const folder = process.argv[2];
const pages = process.argv[3] ? process.argv[3].split(",") : ["feed"];
const paths = { feed: "/", metrics: "/metrics", problems: "/problems", connect: "/connect", event: "event" };
await mkdir(folder, { recursive: true });
const names = Object.entries(story.components).flatMap(([name, ari]) => ["--name", `${ari}=${name}`]);
const sandbox = await running(["--rate-limit=0", ...names]);
await story.send(sandbox.url);
const chromium = await browser();
for (const name of pages) {
  for (const width of [1280, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await chromium.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
      let path = paths[name];
      if (path === "event") {
        await page.goto(`${sandbox.url}/?search=Invoices`);
        path = await page.locator(".what h3 a").first().getAttribute("href");
      }
      await page.goto(sandbox.url + path);
      await page.locator("#live:not([hidden])").waitFor();
      await page.screenshot({ path: `${folder}/sandbox-${name}-${width}-${colorScheme}.png` });
      await page.close();
    }
  }
}
await chromium.close();
sandbox.end();
