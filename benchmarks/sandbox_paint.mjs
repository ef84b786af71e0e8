// How fast the page is with 10,000 events, in a real browser: first contentful paint, median of five.
//
//   (cd tests/browser && npm ci) && node benchmarks/sandbox_paint.mjs [EVENTS]
import { readFileSync } from "node:fs";
import { browser, running } from "../tests/browser/running.mjs";

const count = Number(process.argv[2] ?? 10_000);
const sample = (name) => JSON.parse(readFileSync(new URL(`../tests/events/valid/${name}-full.json`, import.meta.url), "utf8"));
const samples = [sample("build"), sample("deployment")];
const sandbox = await running(["--rate-limit=0"]);

async function send(number) {
  const body = structuredClone(samples[number % 2]);
  const [[kind, event]] = Object.entries(body.event);
  const component = (number % 20).toString(16).padStart(12, "0");
  body.componentId = body.componentId.slice(0, -12) + component;
  event.externalEventSourceId += `#${component}`;
  event[`${kind}Properties`].pipeline.pipelineId += `/${number}`;
  if (kind === "deployment") event.deploymentProperties.sequenceNumber = number; // JavaScript rounds the largest
  const answer = await fetch(`${sandbox.url}/compass/v1/events`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { Authorization: `Basic ${btoa("ada@acme.example:token")}` },
  });
  if (answer.status !== 202) throw new Error(`a request was answered ${answer.status}`);
}
let next = 0;
await Promise.all(Array.from({ length: 8 }, async () => { while (next < count) await send(next++); }));

const firstPaint = () => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName("first-contentful-paint")) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
});
const chromium = await browser();
for (const path of ["/", "/metrics", "/problems"]) {
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    const page = await chromium.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(sandbox.url + path);
    times.push(await page.evaluate(firstPaint));
    await page.close();
  }
  times.sort((one, other) => one - other);
  console.log(`${count} events, ${path.padEnd(9)}  first paint after ${times[2].toFixed(0).padStart(5)} ms (${times[0].toFixed(0)} to ${times[4].toFixed(0)})`);
}
await chromium.close();
await sandbox.end();
