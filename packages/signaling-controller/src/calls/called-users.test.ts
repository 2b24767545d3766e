import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import type { CalledUserAudience, OfferedCall, OfferListener } from '@dialplane/applications-api';
import type { ApplicationSurroundings } from '../applications/applications.ts';
import { TestServer, type TestClient } from '../test-server.ts';

/** Applications that are interested in every call, and speak when a test says so. */
class TestAudience implements CalledUserAudience {
  readonly withdrawn: string[] = [];
  private readonly told: Array<{ readonly call: OfferedCall; readonly listener: OfferListener }> = [];
  private readonly arrivals = new EventEmitter();

  isInterested(): boolean {
    return true;
  }

  tell(call: OfferedCall, listener: OfferListener): void {
    this.told.push({ call, listener });
    this.arrivals.emit('told');
  }

  withdraw(offerId: string): void {
    this.withdrawn.push(offerId);
  }

  /** The next call that it is told of. */
  async next(): Promise<{ readonly call: OfferedCall; readonly listener: OfferListener }> {
    for (;;) {
      const one = this.told.shift();
      if (one !== undefined) return one;
      await once(this.arrivals, 'told');
    }
  }

  get surroundings(): ApplicationSurroundings {
    return {
      calledUsers: this,
      delivery: { refusal: () => undefined, deliver: async () => ({ isTaken: true, sentence: '' }) },
      incomingCalls: { find: () => undefined, answer: async () => ({ ok: false, code: 'INCOMING_CALL_NOT_FOUND' }) },
      sounds: { fetch: async () => ({ kind: 'unreachable', sentence: 'There are none.' }) },
    };
  }
}

async function called(alice: TestClient, callee: string): Promise<string> {
  const { body } = await alice.ask('startCall', { body: { endpointId: alice.endpointId, targets: [callee] } });
  return body.callId;
}

test('an offer is withdrawn when the callee answers, and a word that comes later finds no call', async () => {
  const audience = new TestAudience();
  await using server = await TestServer.start({ applications: audience.surroundings });
  const [alice, bob] = [await server.client('Alice'), await server.client('Bob')];
  const callId = await called(alice, bob.identifier);
  const { call, listener } = await audience.next();
  assert.deepEqual([call.callId, call.from, call.to, call.displayName], [callId, alice.identifier, bob.identifier, 'Alice']);
  await bob.next('incomingCall');
  await bob.ask('acceptCall', { params: { callId }, body: { endpointId: bob.endpointId } });
  await alice.next('callStateChanged', ({ state }) => state === 'Connected');
  assert.deepEqual(audience.withdrawn, [call.offerId]);
  assert.deepEqual(await listener.decided({ kind: 'reject', reason: 'busy' }), { ok: false, code: 'INCOMING_CALL_NOT_FOUND' });
  alice.disconnect();
  bob.disconnect();
});

test('a call that still waits for a word after a restart is offered again, and the word is carried out', async () => {
  const audience = new TestAudience();
  const before = await TestServer.start({ applications: audience.surroundings });
  const alice = await before.client('Alice');
  const { identifier } = await before.token(['voip']);
  const callId = await called(alice, identifier);
  const first = await audience.next();
  await before.stop();

  await using after = await TestServer.start({ dataDir: before.dataDir, clock: before.clock, applications: audience.surroundings });
  const again = alice.at(after.url);
  await again.connect();
  const { call, listener } = await audience.next();
  assert.equal(call.callId, callId);
  assert.notEqual(call.offerId, first.call.offerId);
  assert.deepEqual(await listener.decided({ kind: 'reject', reason: 'forbidden' }), { ok: true, value: undefined });
  const { endReason } = await again.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.deepEqual([endReason?.code, endReason?.subCode], [403, 0]);
  again.disconnect();
});
