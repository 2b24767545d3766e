import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PictureTile } from './media/remote-video-stream.ts';
import { TestBrowser, withoutBrowser } from './test-browser.ts';
import type { Views } from './test-views-page.ts';

declare const views: Views;

let browser: TestBrowser;
before(async () => {
  browser = await TestBrowser.launch();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
});

type Places = ReadonlyArray<readonly [number, number]>;
const upperRight: PictureTile = { x: 0.5, y: 0, width: 0.5, height: 0.5 };
const lowerLeft: PictureTile = { x: 0, y: 0.5, width: 0.5, height: 0.5 };
const wholeLeft: PictureTile = { x: 0, y: 0, width: 0.5, height: 1 };

async function openViews(): Promise<Page> {
  const { page } = await browser.open({ entry: join(import.meta.dirname, 'test-views-page.ts') });
  await page.waitForFunction(() => 'views' in globalThis);
  return page;
}

/** The page shows these colours at these places, within a hundred looks. */
async function shows(page: Page, places: Places, expected: readonly string[]): Promise<void> {
  let seen: string[] = [];
  for (let looks = 0; looks < 100 && seen.join() !== expected.join(); looks += 1) {
    const png = (await page.screenshot()).toString('base64');
    seen = await page.evaluate(([picture, at]) => views.colours(picture as string, at as Places), [png, places]);
  }
  assert.deepEqual(seen, expected);
}

test('a tile of a composed picture is shown like a picture of its own, in every scaling mode', { skip: withoutBrowser }, async () => {
  const page = await openViews();
  // The tile has 320 by 180 pixels; the view is twice as wide as high, and so a little wider than that.
  await page.evaluate((tile) => views.compose(tile), upperRight);
  await page.evaluate(() => views.show(400, 200, 'Fit'));
  const edge: Places = [[2, 100], [200, 100], [398, 100], [200, 2], [200, 198]];
  await shows(page, edge, ['black', 'green', 'black', 'green', 'green']);
  await page.evaluate(() => views.scale('Crop'));
  await shows(page, edge, ['green', 'green', 'green', 'green', 'green']);
  await page.evaluate((tile) => views.compose(tile), lowerLeft);
  await shows(page, edge, ['blue', 'blue', 'blue', 'blue', 'blue']);
  // Red above blue: stretched, each has half of the view; cropped, the middle of the tile fills it.
  await page.evaluate((tile) => views.compose(tile), wholeLeft);
  await page.evaluate(() => views.scale('Stretch'));
  await shows(page, [[10, 10], [390, 90], [10, 110], [390, 190]], ['red', 'red', 'blue', 'blue']);
  await page.evaluate(() => views.scale('Fit'));
  await shows(page, [[100, 10], [200, 10], [200, 190], [300, 190]], ['black', 'red', 'blue', 'black']);
});

test('a picture that moves to another track stays until there is something to show on that', { skip: withoutBrowser }, async () => {
  const page = await openViews();
  const middle: Places = [[200, 100]];
  await page.evaluate(() => views.forward());
  await page.evaluate(() => views.show(400, 200, 'Crop'));
  await shows(page, middle, ['magenta']);
  assert.deepEqual(await page.evaluate(() => views.demand()), { size: { width: 400, height: 200 } });
  await page.evaluate(() => views.forwardNothing());
  await shows(page, middle, ['magenta']);
  await page.evaluate((tile) => views.compose(tile), lowerLeft);
  await shows(page, middle, ['blue']);
  await page.evaluate(() => views.forward());
  await shows(page, middle, ['magenta']);
});

test('an application that takes the MediaStream gets its part of the composed picture, and goes on with the same stream', { skip: withoutBrowser }, async () => {
  const page = await openViews();
  await page.evaluate((tile) => views.compose(tile), upperRight);
  assert.equal(await page.evaluate(() => views.raw(320)), '320 x 180, green');
  await page.evaluate((tile) => views.compose(tile), wholeLeft);
  assert.equal(await page.evaluate(() => views.raw(320)), '320 x 360, red');
});
