import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** The webhook of an application: it wants to be called, and then takes what it is told or, with 410, nothing. */
async function startWebhook(): Promise<{ readonly url: string; answerWith(status: number): void; readonly server: Server }> {
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [event] = JSON.parse(Buffer.concat(chunks).toString()) as [{ readonly data: { readonly validationCode?: string } }];
      response.writeHead(status).end(JSON.stringify({ validationResponse: event.data.validationCode }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, answerWith: (next) => (status = next), server };
}

/** An operator subscribes an application to calls to herself, sees what becomes of two, pauses it and deletes it. */
export async function subscribeApplication(operator: Page, caller: Page): Promise<void> {
  const webhook = await startWebhook();
  await operator.getByRole('link', { name: 'Telephony' }).click();
  await operator.getByRole('link', { name: 'Event subscriptions' }).click();
  await operator.getByLabel('Name', { exact: true }).fill('reception');
  await operator.getByLabel('URL of the application’s webhook').fill('http://127.0.0.1:1/nowhere');
  await operator.getByRole('button', { name: 'Subscribe' }).click();
  await operator.getByRole('alert').getByText(/^The webhook cannot be reached/).waitFor();
  await operator.getByLabel('URL of the application’s webhook').fill(webhook.url);
  await operator.getByLabel('Is told of').selectOption('to');
  await operator.getByLabel('Names, separated by commas').fill('Olga Nowak');
  await operator.getByRole('button', { name: 'Subscribe' }).click();
  const row = operator.getByRole('table', { name: 'Subscriptions' }).getByRole('row', { name: /^reception/ });
  assert.match(await row.innerText(), /calls to Olga Nowak\s+active\s+said yes [^\n]+\s+none since the server started/);

  for (const [status, seen] of [[200, /^taken$/], [410, /: it answered with 410\.$/]] as const) {
    webhook.answerWith(status);
    await caller.getByRole('button', { name: 'Call Olga Nowak', exact: true }).and(caller.locator(':enabled')).click();
    await operator.getByRole('alertdialog', { name: 'Ben' }).waitFor();
    await row.getByText(seen).waitFor();
    await caller.getByRole('button', { name: 'Hang up' }).click();
    await operator.getByRole('alertdialog').waitFor({ state: 'detached' });
  }
  await operator.getByRole('switch', { name: 'Tell reception of calls' }).click();
  await row.getByText('paused').waitFor();
  await operator.getByRole('button', { name: 'Delete reception' }).click();
  await operator.getByRole('button', { name: 'Delete', exact: true }).click();
  await operator.getByText(/^No application is told of calls yet/).waitFor();
  webhook.server.close();
}
