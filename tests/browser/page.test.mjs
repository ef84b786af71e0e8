// The sandbox's page in a real browser. Needs Chromium, and what package.json names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { browser, running, story } from "./running.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = ["/", "/?state=FAILED", "/metrics", "/problems", "/connect", "/events/1", "/events/999999"];
let chromium;
let sandbox;

before(async () => {
  chromium = await browser();
  const names = Object.entries(story.components).flatMap(([name, ari]) => ["--name", `${ari}=${name}`]);
  sandbox = await running(["--rate-limit=0", ...names]);
  await story.send(sandbox.url, 72);
});
after(async () => {
  await chromium.close();
  assert.equal(await sandbox.end(), 0);
});

// Open a page, and fail the test on an error in the console or a request to elsewhere.
async function open(context, path, { url = sandbox.url, ...options } = {}) {
  const page = await chromium.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  const wrong = [];
  page.on("console", (said) => ["error", "warning"].includes(said.type()) && wrong.push(said.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => request.url().startsWith(`${url}/`) || wrong.push(`asks ${request.url()}`));
  page.on("dialog", (dialog) => wrong.push(`dialog ${dialog.message()}`) && dialog.dismiss());
  context.after(() => {
    assert.deepEqual(wrong.filter((text) => !text.includes("404 (Not Found)") || !path.includes("999999")), []);
    return page.close();
  });
  await page.goto(url + path);
  return page;
}

const titles = (page) => page.locator(".feed .what h3 a").allTextContents();

test("the story's events appear, the newest first", async (t) => {
  const page = await open(t, "/");
  const found = await titles(page);
  assert.match(found[0], /^Smaller image #\d+$/);
  assert.equal(await page.locator("#timeline .lane h3").count(), 4);
  assert.ok((await page.locator("#timeline .mark").count()) > 30);
});

test("filters work by choice, by search, and together", async (t) => {
  const page = await open(t, "/");
  await page.getByLabel("State").selectOption({ label: "Failed" });
  await page.waitForURL(/\?state=FAILED$/);
  for (const badge of await page.locator(".feed .badge").allTextContents()) assert.equal(badge.trim(), "Failed");
  await page.getByLabel("State").selectOption("");
  await page.waitForURL(/\/\??$/);
  await page.getByLabel("Component").selectOption({ label: "billing" });
  await page.waitForURL(/component=/);
  await page.getByRole("searchbox").fill("invoices pdf");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/search=invoices/);
  assert.ok((await titles(page)).length > 0);
  for (const title of await titles(page)) assert.match(title, /^Invoices as PDF/);
  await page.getByRole("link", { name: "Clear" }).click();
  await page.waitForURL(/\/$/);
});

test("an event opens, with its JSON, its identity, and what became of each request", async (t) => {
  const page = await open(t, "/?search=invoices");
  await page.locator(".feed .what h3 a").first().click();
  await page.waitForURL(/events\/\d+$/);
  const history = page.locator(".history > li");
  assert.deepEqual((await history.locator("h3 .badge").allTextContents()).map((text) => text.trim()), ["Ignored", "Overwritten", "Created"]);
  assert.match(await history.first().textContent(), /does not rise above/);
  const shown = JSON.parse(await page.locator("details[open] pre").textContent());
  assert.equal(shown.event.build.buildProperties.state, "SUCCESSFUL");
  assert.match(await page.locator("dl").nth(1).textContent(), new RegExp(shown.event.build.buildProperties.pipeline.pipelineId));
  await history.last().locator("summary").click();
  assert.equal(JSON.parse(await history.last().locator("pre").textContent()).event.build.buildProperties.state, "FAILED");
});

test("metrics and problems are shown", async (t) => {
  const page = await open(t, "/metrics");
  assert.equal(await page.locator(".metric").count(), 20);
  assert.ok((await page.locator(".chart rect").count()) > 100);
  await page.goto(`${sandbox.url}/problems`);
  const found = await page.locator("#problems h2").allTextContents();
  assert.ok(found.includes("An outcome was overwritten") && found.includes("Request rejected"), found.join());
  assert.ok((await page.locator(".paths code").allTextContents()).includes("event.build.buildProperties.state"));
});

const build = (name, number, changes = {}) => ({
  cloudId: "a5fd7e86-1037-4957-88e1-656b1179d617",
  componentId: story.components.shop,
  event: {
    build: {
      displayName: name, description: name, url: "https://ci.acme.example/1", lastUpdated: new Date().toISOString(),
      updateSequenceNumber: number, externalEventSourceId: "https://github.com/acme/live",
      buildProperties: { state: "IN_PROGRESS", startedAt: new Date().toISOString(), pipeline: { pipelineId: name, displayName: "CI" }, ...changes },
    },
  },
});
const send = async (body, url = sandbox.url) => {
  const answer = await fetch(`${url}/compass/v1/events`, {
    method: "POST", body: JSON.stringify(body), headers: { Authorization: `Basic ${btoa("a@acme.example:token")}` },
  });
  assert.equal(answer.status, 202);
};

test("the demo's pipelines appear while it plays them", async (t) => {
  const demo = await running(["--keep"], ["demo"]);
  t.after(() => demo.end());
  const page = await open(t, "/", { url: demo.url });
  for (const name of ["production: billing #218", "CI / test #7421 (attempt 2)", "CI / test #7421"]) {
    await page.getByRole("link", { name, exact: true }).waitFor();
  }
  await page.locator(".feed > li").filter({ hasText: "search #901" }).nth(2).waitFor();
  await page.locator(".badge.bad").nth(1).waitFor();
});

test("what is new arrives by itself, and what is open stays open", async (t) => {
  const fresh = await running(["--rate-limit=0"]);
  t.after(() => fresh.end());
  const page = await open(t, "/", { url: fresh.url });
  await page.locator("#live:not([hidden])").waitFor();
  await send(build("First", 1), fresh.url);
  await page.getByRole("link", { name: "First", exact: true }).waitFor();
  await send(build("Second", 1), fresh.url);
  await page.locator(".feed .new").getByRole("link", { name: "Second", exact: true }).waitFor();
  await page.getByRole("link", { name: "First", exact: true }).click();
  await page.locator("#live:not([hidden])").waitFor();
  await page.locator("summary").last().click();
  await send(build("First", 2, { state: "SUCCESSFUL", completedAt: new Date().toISOString() }), fresh.url);
  await page.locator("header.event .badge.good").waitFor();
  assert.equal(await page.locator(".history > li").count(), 2);
  assert.equal(await page.locator(".history > li").last().locator("details").getAttribute("open"), null);
});

test("a filter keeps its choice while events arrive", async (t) => {
  const page = await open(t, "/?type=deployment");
  await page.locator("#live:not([hidden])").waitFor();
  const before = await titles(page);
  await page.getByRole("searchbox").fill("half a wo");
  await send(build("Live beside a filter", 1));
  await page.waitForResponse((answer) => answer.url().includes("type=deployment"));
  await page.waitForTimeout(200);
  assert.deepEqual(await titles(page), before);
  assert.equal(await page.getByRole("searchbox").inputValue(), "half a wo");
  assert.equal(await page.getByLabel("Type").inputValue(), "deployment");
});

test("a script in a branch's name stays text", async (t) => {
  const hostile = '<script>alert("x")</script><img src=x onerror=alert(1)>';
  await send(build(hostile, 1, { pipeline: { pipelineId: hostile, displayName: hostile } }));
  const page = await open(t, "/");
  assert.equal((await titles(page))[0], hostile);
  await page.locator(".feed .what h3 a").first().click();
  await page.waitForURL(/events/);
  assert.equal(await page.locator("h1").textContent(), hostile);
});

test("a page of another origin can neither read nor send", async (t) => {
  const other = await running([]);
  t.after(() => other.end());
  const page = await chromium.newPage();
  t.after(() => page.close());
  await page.goto(`${other.url}/static/icon.svg`); // without the page's own policy
  const tried = await page.evaluate(async (url) => {
    const told = [];
    for (const [path, method] of [["/activity", "GET"], ["/faults", "POST"], ["/activity", "DELETE"]]) {
      told.push(await fetch(url + path, { method, body: method === "POST" ? '{"status": 503}' : undefined }).then(() => "read", () => "refused"));
    }
    await fetch(`${url}/faults`, { method: "POST", mode: "no-cors", body: '{"status": 503}' }).catch(() => {});
    return told;
  }, sandbox.url);
  assert.deepEqual(tried, ["refused", "refused", "refused"]);
  assert.deepEqual(await (await fetch(`${sandbox.url}/faults`)).json(), []);
});

test("without script everything is there", async (t) => {
  const page = await open(t, "/", { javaScriptEnabled: false });
  assert.ok((await titles(page)).length > 10);
  await page.getByLabel("State").selectOption({ label: "Failed" });
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/state=FAILED/);
  for (const badge of await page.locator(".feed .badge").allTextContents()) assert.equal(badge.trim(), "Failed");
  assert.equal(await page.locator("#live").isVisible(), false);
});

test("the keyboard reaches the content, the filters and an event", async (t) => {
  const page = await open(t, "/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const reached = new Set();
  for (let step = 0; step < 24; step += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement.name || document.activeElement.closest("li")?.className || document.activeElement.closest("ol")?.className || ""));
  }
  for (const name of ["search", "component", "type", "environment", "state"]) assert.ok(reached.has(name), name);
  await page.locator(".feed .what h3 a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/events/);
});

const violations = async (page) => {
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join("\n")}`);
};

describe("axe-core finds nothing, wide and narrow, light and dark", () => {
  for (const path of pages) {
    test(path, async (t) => {
      const page = await open(t, path, { bypassCSP: true });
      await page.evaluate(axe);
      for (const width of [1280, 360]) {
        for (const colorScheme of ["light", "dark"]) {
          await page.setViewportSize({ width, height: 800 });
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await violations(page), [], `at ${width}, ${colorScheme}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(wide, 0, `it scrolls sideways at ${width}`);
        }
      }
    });
  }

  test("but it would", async (t) => {
    const page = await open(t, "/connect", { bypassCSP: true });
    await page.evaluate(axe);
    await page.evaluate(() => document.getElementById("main").insertAdjacentHTML("beforeend", "<input>"));
    assert.match((await violations(page)).join(), /label/);
  });
});
