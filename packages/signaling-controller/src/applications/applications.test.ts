import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import type { CallConnectionControl } from '@dialplane/applications-api';
import { openStore } from '@dialplane/store';
import { TestMedia } from '../test-media.ts';
import { testDescription, TestServer, type TestClient } from '../test-server.ts';
import { TestTelephony } from '../test-telephony.ts';
import type { CallbackDelivery } from './callback-delivery.ts';
import type { WaitingCalls } from './call-connections.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { SoundFetcher } from './connection-media.ts';

const callbackUri = 'https://application.example/callbacks';
type Message = Parameters<CallbackDelivery['deliver']>[0];

/** An application that takes events when a test says so. */
class TestReceiver implements CallbackDelivery {
  readonly taken: Array<{ readonly url: string; readonly event: CloudEvent }> = [];
  /** Takes nothing while it is set: what is delivered waits. */
  isDeaf = false;
  private readonly arrivals = new EventEmitter();

  refusal(url: string): string | undefined {
    return url.startsWith('https:') ? undefined : 'Not there.';
  }

  async deliver({ url, body, signal }: Message): Promise<{ readonly isTaken: boolean; readonly sentence: string }> {
    this.arrivals.emit('tried');
    if (this.isDeaf) {
      await Promise.race([once(this.arrivals, 'hears'), once(signal, 'abort')]);
      if (signal.aborted) return { isTaken: false, sentence: 'it was stopped.' };
    }
    this.taken.push({ url, event: (body as [CloudEvent])[0] });
    this.arrivals.emit('taken');
    return { isTaken: true, sentence: 'it answered with 200.' };
  }

  hear(): void {
    this.isDeaf = false;
    this.arrivals.emit('hears');
  }

  /** Something was tried to be delivered. */
  async tried(): Promise<void> {
    await once(this.arrivals, 'tried');
  }

  /** Resolves when an event of this name has come. */
  async told(name: string): Promise<CloudEvent> {
    for (;;) {
      const found = this.taken.find(({ event }) => event.type === `Microsoft.Communication.${name}`);
      if (found !== undefined) return found.event;
      await once(this.arrivals, 'taken');
    }
  }

  get names(): string[] {
    return this.taken.map(({ event: { type } }) => type.replace('Microsoft.Communication.', ''));
  }
}

const noCalls: WaitingCalls = { find: () => undefined, answer: async () => ({ ok: false, code: 'INCOMING_CALL_NOT_FOUND' }) };
const noSounds: SoundFetcher = { fetch: async () => ({ kind: 'unreachable', sentence: 'There are none.' }) };

interface Scene {
  readonly server: TestServer;
  readonly connections: CallConnectionControl;
  readonly resourceId: string;
}

async function started(options: Parameters<typeof TestServer.start>[0]): Promise<Scene> {
  const server = await TestServer.start(options);
  return { server, connections: server.controller.connections ?? assert.fail('there are no applications'), resourceId: server.identity.resources.default.id };
}

async function join(client: TestClient, groupId: string): Promise<void> {
  const { body: { callId, mediaSessions: [session] } } = await client.ask('joinCall', { body: { endpointId: client.endpointId, locator: { groupId } } });
  await client.ask('sendDescription', { params: { callId, mediaSessionId: session?.mediaSessionId ?? '' }, body: { endpointId: client.endpointId, description: testDescription('offer') } });
  await client.next('callStateChanged', ({ state }) => state === 'Connected');
}

test('a connection goes on after a restart, and its events where they stopped', async () => {
  const receiver = new TestReceiver();
  const media = new TestMedia();
  const groupId = randomUUID();
  const before = await started({ media, applications: { delivery: receiver, incomingCalls: noCalls, sounds: noSounds } });
  const [alice, bob, carol] = [await before.server.client('Alice'), await before.server.client('Bob'), await before.server.client('Carol')];
  for (const client of [alice, bob, carol]) await join(client, groupId);
  const request = { resourceId: before.resourceId, callbackUri, operationContext: 'watch', requestId: 'one', locator: { groupId } };
  const attached = await before.connections.attach(request);
  assert.ok(attached.ok);
  const { connectionId, serverCallId, callId } = attached.value;
  await receiver.told('ParticipantsUpdated');
  assert.deepEqual(await before.connections.attach(request), { ok: true, value: { ...attached.value, state: 'connected' } }, 'the same request again');
  receiver.isDeaf = true;
  const tried = receiver.tried();
  await carol.ask('hangUp', { params: { callId }, body: { endpointId: carol.endpointId } });
  await tried;
  await before.server.stop();

  const { server, connections } = await started({ dataDir: before.server.dataDir, media: new TestMedia(), clock: before.server.clock, applications: { delivery: receiver, incomingCalls: noCalls, sounds: noSounds } });
  await using _ = server;
  assert.deepEqual(connections.get(before.resourceId, connectionId)?.serverCallId, serverCallId);
  const [alice2, bob2] = [alice.at(server.url), bob.at(server.url)];
  await Promise.all([alice2.connect(), bob2.connect()]);
  const added = await connections.perform(before.resourceId, connectionId, { kind: 'removeParticipant', target: '4:+15550100', operation: { operationId: 'remove', operationContext: 'nobody', callbackUri: `${callbackUri}/own` } });
  assert.deepEqual(added, { ok: true, value: undefined });
  receiver.hear();
  await receiver.told('RemoveParticipantFailed');
  await bob2.ask('hangUp', { params: { callId }, body: { endpointId: bob.endpointId } });
  await alice2.ask('hangUp', { params: { callId }, body: { endpointId: alice.endpointId } });
  await receiver.told('CallDisconnected');
  assert.deepEqual(receiver.names, ['CallConnected', 'ParticipantsUpdated', 'ParticipantsUpdated', 'RemoveParticipantFailed', 'ParticipantsUpdated', 'CallDisconnected']);
  assert.deepEqual(receiver.taken.map(({ url }) => url.slice(callbackUri.length)), ['', '', '', '/own', '', '']);
  const rosters = receiver.taken.flatMap(({ event: { data } }) => ('sequenceNumber' in data ? [[data['sequenceNumber'], (data['participants'] as unknown[]).length]] : []));
  assert.deepEqual(rosters, [[1, 3], [2, 2], [3, 1]]);
  assert.deepEqual(receiver.taken.map(({ event: { data } }) => data['operationContext']), ['watch', 'watch', 'watch', 'nobody', 'watch', 'watch']);
  assert.equal(connections.get(before.resourceId, connectionId), undefined);
  assert.deepEqual(await server.store.database.selectFrom('call_connection').selectAll().execute(), []);
  alice2.disconnect();
  bob2.disconnect();
});

test('who came to another call just before the server died is in that one only', async () => {
  const receiver = new TestReceiver();
  const options = { media: new TestMedia(), applications: { delivery: receiver, incomingCalls: noCalls, sounds: noSounds } };
  const { server, connections, resourceId } = await started(options);
  const [alice, bob, carol] = [await server.client('Alice'), await server.client('Bob'), await server.client('Carol')];
  const [left, entered] = [randomUUID(), randomUUID()];
  await join(alice, left);
  await join(bob, left);
  await join(carol, entered);
  const attach = async (groupId: string) => {
    const attached = await connections.attach({ resourceId, callbackUri, requestId: groupId, locator: { groupId } });
    return attached.ok ? attached.value : assert.fail();
  };
  const [from, to] = [await attach(left), await attach(entered)];
  const { database } = server.store;
  const row = await database.selectFrom('call').select('snapshot').where('id', '=', from.callId).executeTakeFirstOrThrow();
  const parts = await database.selectFrom('call_snapshot_part').selectAll().where('call_id', '=', from.callId).execute();
  assert.deepEqual(await connections.move(resourceId, to.connectionId, { targets: [bob.identifier], fromConnectionId: from.connectionId, operation: { operationId: 'move' } }), { ok: true, value: undefined });
  await bob.next('incomingCall');
  const { body: { mediaSessions: [session] } } = await bob.ask('acceptCall', { params: { callId: to.callId }, body: { endpointId: bob.endpointId } });
  await bob.ask('sendDescription', { params: { callId: to.callId, mediaSessionId: session?.mediaSessionId ?? '' }, body: { endpointId: bob.endpointId, description: testDescription('offer') } });
  await bob.next('callStateChanged', ({ callId, state }) => callId === from.callId && state === 'Disconnected');
  await server.stop();
  // As it is when the server is killed before the call that was left has been stored.
  const store = await openStore({ dataDir: server.dataDir });
  await store.write([
    store.database.deleteFrom('call_snapshot_part').where('call_id', '=', from.callId), ...parts.map((part) => store.database.insertInto('call_snapshot_part').values(part)),
    store.database.updateTable('call').set(row).where('id', '=', from.callId),
  ]);
  await store.close();
  const next = await started({ ...options, media: new TestMedia(), dataDir: server.dataDir, clock: server.clock });
  await using _ = next.server;
  const bob2 = bob.at(next.server.url);
  await bob2.connect();
  const { calls } = await bob2.next('sync');
  assert.deepEqual(calls.map(({ callId }) => callId), [to.callId]);
  bob2.disconnect();
});

test('a telephone is lost with the server, and the application that has answered it is told by the next one', async () => {
  const receiver = new TestReceiver();
  const telephony = new TestTelephony();
  const lineId = randomUUID();
  const incomingCalls: WaitingCalls = {
    find: () => ({ offerId: lineId, callId: lineId, from: '4:+15550100', to: '4:+15550199' }),
    answer: async (_context, { connectionId, identifier }) => {
      telephony.ring({ kind: 'application', connectionId, identifier }, { lineId });
      return { ok: true, value: undefined };
    },
  };
  const media = new TestMedia();
  const { server, connections, resourceId } = await started({ media, telephony, applications: { delivery: receiver, incomingCalls, sounds: noSounds } });
  const answered = await connections.answer({ resourceId, callbackUri, incomingCallContext: 'context', requestId: 'one' });
  assert.deepEqual([answered.ok && answered.value.callId, answered.ok && answered.value.source], [lineId, '4:+15550100']);
  const { conferenceId, legId } = await telephony.take('connect');
  media.tell({ kind: 'legDescribed', conferenceId, legId, description: testDescription('answer') });
  await receiver.told('ParticipantsUpdated');
  assert.deepEqual(await connections.perform('another', answered.ok ? answered.value.connectionId : '', { kind: 'hangUp', forEveryone: true }), { ok: false, code: 'CALL_NOT_FOUND' });
  assert.deepEqual(await connections.answer({ resourceId, callbackUri: 'http://10.0.0.1/', incomingCallContext: 'context' }), { ok: false, code: 'CALLBACK_REFUSED', message: 'Not there.' });
  await server.stop();
  const next = await started({ dataDir: server.dataDir, clock: server.clock, media: new TestMedia(), telephony: new TestTelephony(), applications: { delivery: receiver, incomingCalls: noCalls, sounds: noSounds } });
  await using _ = next.server;
  const { data } = await receiver.told('CallDisconnected');
  assert.deepEqual((data['resultInformation'] as { code: number }).code, 410);
});

test('a call that cannot be made leaves no connection', async () => {
  const receiver = new TestReceiver();
  const telephony = new TestTelephony();
  const { server, connections, resourceId } = await started({ media: new TestMedia(), telephony, applications: { delivery: receiver, incomingCalls: noCalls, sounds: noSounds } });
  await using _ = server;
  assert.deepEqual(await connections.create({ resourceId, callbackUri, targets: [] }), { ok: false, code: 'TARGET_INVALID', message: 'Name at least one target.' });
  assert.deepEqual(await server.store.database.selectFrom('call_connection').selectAll().execute(), []);
  const request = { resourceId, callbackUri, requestId: 'one', targets: ['4:+15550100'], alternateCallerId: '4:+15550199' };
  const [created, again] = await Promise.all([connections.create(request), connections.create(request)]);
  assert.equal(again.ok && again.value.connectionId, created.ok && created.value.connectionId, 'one call, however often it is asked for');
  const { lineId, from } = await telephony.take('dial');
  assert.deepEqual([created.ok && created.value.state, created.ok && created.value.identifier], ['connecting', from.identifier]);
  telephony.tell({ kind: 'ended', lineId, end: { by: 'remote', status: 486, reasonText: 'Busy Here' } });
  const { data } = await receiver.told('CreateCallFailed');
  assert.deepEqual(data['resultInformation'], { code: 486, subCode: 560486, message: 'The telephone is busy (486 Busy Here).', sipDetails: { code: 486, message: 'Busy Here' } });
  assert.deepEqual(await connections.create(request), { ok: false, code: 'CALL_ENDED' }, 'and is not made again');
});
