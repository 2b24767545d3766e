import type { Page } from 'playwright-core';

/** Bars, limits and prices, each seen to hold for the next number that is asked about. */
export async function changePolicy(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Limits and dialing policy' }).click();
  const why = async (number: string, sentence: RegExp): Promise<void> => {
    await page.getByLabel('Number to call').fill(number);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('table', { name: 'Rules' }).getByText(sentence).first().waitFor();
  };
  await why('+12025550101', /^No limit is reached/);
  await page.getByLabel('Never numbers that begin with').fill('+44 0049');
  await page.getByText('“0049” is no beginning of a number').waitFor();
  await page.getByLabel('Never numbers that begin with').fill('+44 +12025550101');
  await page.getByRole('button', { name: 'Save the rules' }).click();
  await page.getByRole('button', { name: 'Save the rules' }).and(page.locator(':disabled')).waitFor();
  await why('+12025550101', /begin with \+12025550101 are barred/);
  await page.getByLabel('Each person: Calls at a time').fill('0');
  await page.getByRole('button', { name: 'Save the limits: Each person' }).click();
  await page.getByRole('button', { name: 'Save the limits: Each person' }).and(page.locator(':disabled')).waitFor();
  await page.getByRole('group', { name: 'New limit' }).getByLabel('Numbers that begin with').fill('+12025550102');
  await page.getByLabel('Calls at a time', { exact: true }).fill('0');
  await page.getByRole('button', { name: 'Add the limit' }).click();
  await page.getByRole('table', { name: 'Limits', exact: true }).getByText('Numbers that begin with +12025550102').waitFor();
  await why('+12025550102', /^Calls to \+12025550102… together may have 0 telephone calls at a time/);
  await page.getByLabel('A minute costs').fill('0,02');
  await page.getByRole('group', { name: 'New rate' }).getByLabel('Numbers that begin with').fill('+1');
  await page.getByRole('button', { name: 'Add the rate' }).click();
  await page.getByRole('table', { name: 'Rates' }).getByRole('row', { name: '+1 0.02 USD' }).waitFor();
  await page.getByRole('table', { name: 'Options' }).getByRole('row', { name: /^--sip-strangers silent/ }).waitFor();
}
