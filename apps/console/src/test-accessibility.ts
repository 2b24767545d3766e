import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

declare const axe: { run(context: object, options: RunOptions): Promise<AxeResults> };

const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
/** WCAG 2.2, levels A and AA (contrast is among them), and what the field agrees on besides. */
const options: RunOptions = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] };

/** The addresses of pages that show themselves to operators, with their headings. */
const pages: ReadonlyArray<readonly [string, string]> = [
  ['', 'Call'], ['calls', 'Calls'], ['network', 'Network test'], ['usage', 'Relay usage'], ['telephony', 'Telephony'], ['telephony/policy', 'Limits and dialing policy'], ['telephony/subscriptions', 'Event subscriptions'],
  ['rooms', 'Rooms'], ['operator', 'Operator'], ['about', 'About and help'], ['groups/7f3b2a52-8f3e-4a54-9a6f-0b6b7f2f5a11', 'Group call'],
];

/** Fails with every rule that what is shown now breaks, and where. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(`${source};0`);
  const violations = await page.evaluate(async (run) => {
    // Half way from one color to the other nothing has its contrast.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.allSettled(document.getAnimations().filter((animation) => animation instanceof CSSTransition).map(({ finished }) => finished));
    // Fluent's focus traps: the focus passes through them and never stays.
    const { violations: found } = await axe.run({ exclude: ['[data-tabster-dummy]'] }, run);
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('; ')}`);
  }, options);
  assert.deepEqual(violations, [], what);
}

/** Every page that is there without a call, light and dark. */
export async function assertPagesAccessible(page: Page): Promise<void> {
  for (const [path, heading] of pages) {
    await page.evaluate((fragment) => window.location.assign(fragment), `#/${path}`);
    await page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor();
    await page.waitForFunction(() => document.querySelector('main [role=progressbar]') === null);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForFunction((scheme) => getComputedStyle(document.querySelector('.fui-FluentProvider') ?? document.body).colorScheme === scheme, colorScheme);
      await assertAccessible(page, `${heading}, ${colorScheme}`);
    }
  }
}
