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
  test(`four jobs at ${width} px: headings, tables, what failed, mistakes`, async () => {
    const page = await chromium.newPage({ viewport: { width, height: 900 } });
    await page.setContent(summary.page(texts));
    assert.equal(await page.locator("h3").count(), 4);
    assert.equal(await page.locator("h3 a").count(), 3);
    assert.deepEqual(await page.locator("tbody tr td:last-child").allTextContents(), [
      "accepted",
      "accepted",
      "accepted",
      "⚠️ kept in the outbox",
    ]);
    const said = await page.locator("li").allTextContents();
    assert.equal(said.length, 3);
    assert.match(said[0], /^mobile: Compass could not take the event now: /);
    assert.doesNotMatch(await page.locator("body").innerText(), /[|`]/);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    await page.close();
  });
}
