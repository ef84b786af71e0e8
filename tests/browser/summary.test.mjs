// A step summary through a real renderer of Markdown: what the program writes becomes what it means.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser } from "./running.mjs";
import * as summary from "./summary.mjs";

let chromium;
let texts;

before(async () => {
  [chromium, texts] = await Promise.all([browser(), summary.summaries()]);
});
after(() => chromium.close());

for (const width of [1280, 390]) {
  test(`four jobs at ${width} px: a heading each, three tables, one list of mistakes`, async () => {
    const page = await chromium.newPage({ viewport: { width, height: 900 } });
    await page.setContent(summary.page(texts));
    assert.equal(await page.locator("h3").count(), 4);
    assert.equal(await page.locator("h3 a").count(), 3);
    assert.deepEqual(await page.locator("tbody tr td:last-child").evaluateAll((cells) => cells.map((cell) => cell.textContent.split(":")[0])), [
      "accepted",
      "accepted",
      "accepted",
      "⚠️ kept in the outbox",
    ]);
    assert.equal(await page.locator("li code").count(), 2);
    assert.doesNotMatch(await page.locator("body").innerText(), /[|`]/);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    await page.close();
  });
}
