// The documentation's site in a real browser, as `make docs` has built it. Needs Chromium, and what
// package.json names.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { browser, root } from "./running.mjs";

const site = `${root}/build/docs`;
const pages = readdirSync(site, { recursive: true })
  .filter((file) => /(^|\/)index\.html$/.test(file))
  .map((file) => `/${file.replace(/index\.html$/, "")}`);
const types = { html: "text/html", css: "text/css", js: "text/javascript", json: "application/json", svg: "image/svg+xml", png: "image/png" };
let chromium;
let server;
let url;

before(async () => {
  server = createServer(async (asked, answer) => {
    const path = decodeURIComponent(asked.url.split("?")[0]).replace(/\/$/, "/index.html");
    try {
      const body = await readFile(site + path);
      answer.writeHead(200, { "Content-Type": types[path.split(".").pop()] ?? "application/octet-stream" }).end(body);
    } catch {
      answer.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  url = `http://127.0.0.1:${server.address().port}`;
  chromium = await browser();
});
after(async () => {
  await chromium.close();
  server.close();
});

// Open a page, and fail the test on an error in the console, an answer that is none, a request to elsewhere.
async function open(context, path, width, colorScheme = "light") {
  const page = await chromium.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
  const wrong = [];
  page.on("console", (said) => ["error", "warning"].includes(said.type()) && wrong.push(said.text()));
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => request.url().startsWith(`${url}/`) || wrong.push(`asks ${request.url()}`));
  page.on("response", (response) => response.ok() || wrong.push(`${response.status()} ${response.url()}`));
  context.after(() => {
    assert.deepEqual(wrong, [], path);
    return page.close();
  });
  await page.goto(url + path);
  return page;
}

// Type a word into the box of the search, as a reader does.
async function search(page, width, word) {
  if (width < 600) await page.locator("label.md-header__button[for=__search]").click();
  else await page.getByRole("textbox", { name: "Search" }).click();
  await page.getByRole("textbox", { name: "Search" }).pressSequentially(word);
}

for (const width of [1280, 390]) {
  test(`the search answers at ${width} px`, async (t) => {
    const page = await open(t, "/", width);
    await search(page, width, "outbox");
    const results = page.locator(".md-search-result__item");
    await results.first().waitFor();
    assert.ok((await results.count()) > 1);
    await results.locator('a[href$="/reliability/?h=outbox#the-outbox"]').click();
    await page.waitForURL(/\/reliability\/\?h=outbox#the-outbox$/);
    assert.match(await page.locator("article mark").first().textContent(), /outbox/i);
  });

  test(`a word that is nowhere finds nothing at ${width} px`, async (t) => {
    const page = await open(t, "/", width);
    await search(page, width, "xylophone");
    await page.getByText("No matching documents").waitFor();
  });

  test(`every page fits ${width} px, and shows its pictures`, async (t) => {
    assert.ok(pages.length > 20);
    const page = await open(t, "/", width, "dark");
    for (const path of pages) {
      await page.goto(url + path);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, path);
      for (const image of await page.locator("article img").all()) {
        await image.scrollIntoViewIfNeeded();
        assert.ok(await image.evaluate((it) => it.decode().then(() => it.naturalWidth > 0)), path);
      }
    }
  });
}

for (const [width, colours] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
  test(`a screenshot suits a screen of ${width} px in ${colours} colours`, async (t) => {
    const page = await open(t, "/getting-started/", width, colours);
    const shown = await page.locator("picture img").evaluate((it) => it.currentSrc);
    assert.ok(shown.endsWith(`/images/step-summary-${width}-${colours}.png`), shown);
  });
}
