import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openStore, type Store } from '@dialplane/store';
import { createLogger } from '@dialplane/telemetry';
import type { CallbackDelivery } from './callback-delivery.ts';
import { CallConnectionStore } from './call-connection-store.ts';
import { cloudEvent } from './cloud-event.ts';
import { EventOutbox } from './event-outbox.ts';

const connection = { connectionId: 'one', identifier: '8:acs:r_one', callId: 'call', resourceId: 'r', origin: 'created', callbackUri: 'https://application.example/', targets: [], createdAt: 0 } as const;

function outbox(store: Store, deliver: CallbackDelivery['deliver'], outcomes: string[] = []): EventOutbox {
  return new EventOutbox({
    store: new CallConnectionStore(store), delivery: { refusal: () => undefined, deliver }, logger: createLogger({ level: 'silent' }), metrics: { applicationTold: (outcome) => outcomes.push(outcome) }, retryAfterMs: [],
  });
}

async function opened(t: TestContext): Promise<Store> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-outbox-'));
  const store = await openStore({ dataDir });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return store;
}

function tell(box: EventOutbox, connectionId: string, isLast = false): void {
  const event = cloudEvent({ ...connection, connectionId }, { kind: 'connected' }, 0) ?? assert.fail();
  box.put({ connectionId, resourceId: 'r', url: connection.callbackUri, event }, isLast);
}

test('an application that takes nothing costs a bounded number of events, and still hears the last; others wait for nobody', async (t) => {
  const store = await opened(t);
  const outcomes: string[] = [];
  const tried: string[] = [];
  const arrived = Promise.withResolvers<void>();
  const box = outbox(store, async ({ body, signal }) => {
    const [{ subject }] = body as [{ readonly subject: string }];
    tried.push(subject.slice(-3));
    if (subject.endsWith('two')) arrived.resolve();
    else await new Promise((stopped) => signal.addEventListener('abort', stopped));
    return { isTaken: subject.endsWith('two'), sentence: '' };
  }, outcomes);
  for (let count = 0; count < 510; count += 1) tell(box, 'one');
  tell(box, 'one', true);
  tell(box, 'two');
  await arrived.promise;
  await box.close();
  assert.deepEqual(outcomes, [...Array.from({ length: 10 }, () => 'dropped'), 'taken']);
  assert.deepEqual(tried, ['one', 'two'], 'one at a time');
  assert.equal((await new CallConnectionStore(store).loadEvents()).length, 501);
});

test('what is given up is not told again, and what a crash has interrupted is', async (t) => {
  const store = await opened(t);
  const outcomes: string[] = [];
  const first = outbox(store, async () => ({ isTaken: false, sentence: 'it answered with 404.' }), outcomes);
  tell(first, 'one');
  await first.settled();
  assert.deepEqual([outcomes, await new CallConnectionStore(store).loadEvents()], [['givenUp'], []]);
  const events = new CallConnectionStore(store);
  await events.putEvent({ sequence: 7, connectionId: 'one', resourceId: 'r', url: connection.callbackUri, event: cloudEvent(connection, { kind: 'connected' }, 0) ?? assert.fail() }, true);
  const second = outbox(store, async () => ({ isTaken: true, sentence: '' }), outcomes);
  await second.restore();
  await second.settled();
  assert.deepEqual([outcomes, await events.loadEvents()], [['givenUp', 'taken'], []]);
});
