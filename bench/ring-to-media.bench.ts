/**
 * From `accept()` to the first decoded sound of the other side: two Chromium pages and the server on this machine, over
 * loopback, audio only, microphones opened by the client library as in any application. See README.md for how to read it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, openLabPage, thisMachine, type LabPage, type Person, type StopwatchPage } from '@dialplane/lab';
import { post } from './json-client.ts';
import { startServer } from './server-process.ts';

const calls = 20;
const goalMs = 250;

const folder = await mkdtemp(join(tmpdir(), 'dialplane-bench-'));
try {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer(join(folder, 'data')));
  const anna = await openPhone(stack, server.base, 'anna');
  const boris = await openPhone(stack, server.base, 'boris');
  const answering: number[] = [];
  const calling: number[] = [];
  // The first call opens connections and compiles code: it is not counted.
  for (let call = 0; call <= calls; call += 1) {
    const [{ acceptedAt, heardAt }, caller] = await Promise.all([boris.page.call('answerAndHear'), anna.page.call('callAndHear', boris.rawId)]);
    await anna.page.call('finish');
    await boris.page.call('finish');
    if (call === 0) continue;
    answering.push(heardAt - acceptedAt);
    calling.push(caller.heardAt - acceptedAt);
  }
  console.log(`${calls} calls, from accept() to the first decoded sound of the other side, in milliseconds; goal: median at the answering side <= ${goalMs}`);
  console.table([row('answering side hears the caller', answering), row('calling side hears the answerer', calling)]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Phone {
  readonly rawId: string;
  readonly page: LabPage<StopwatchPage>;
}

async function openPhone(stack: AsyncDisposableStack, base: string, person: Person): Promise<Phone> {
  const { context } = stack.use(await launchBrowser(thisMachine, { person, tone: 'steady' }));
  const page = await openLabPage<StopwatchPage>(context, 'stopwatch', `${base}/bench/stopwatch`);
  const { identifier, accessToken } = JSON.parse(await post(base, '/v1/sign-in', undefined, { displayName: person })) as { identifier: string; accessToken: string };
  await page.call('signIn', { token: accessToken, displayName: person, endpoint: base });
  return { rawId: identifier, page };
}

function row(measured: string, values: readonly number[]): Record<string, string | number> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
  return { measured, fastest: at(0), median: at(0.5), '90th percentile': at(0.9), slowest: at(1) };
}
