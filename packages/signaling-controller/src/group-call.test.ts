import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { TestClock } from './test-clock.ts';
import { TestMedia } from './test-media.ts';
import { ask, testDescription, TestServer, type TestClient } from './test-server.ts';

interface Member {
  readonly client: TestClient;
  readonly callId: string;
  readonly mediaSessionId: string;
}

async function join(server: TestServer, name: string, groupId: string): Promise<Member> {
  const client = await server.client(name);
  const { body } = await client.ask('joinCall', { body: { endpointId: client.endpointId, locator: { groupId } } });
  const mediaSessionId = body.mediaSessions[0]?.mediaSessionId ?? '';
  const member = { client, callId: body.callId, mediaSessionId };
  await describe(member);
  await client.next('callStateChanged', ({ state }) => state === 'Connected');
  return member;
}

function describe({ client, callId, mediaSessionId }: Member) {
  return client.ask('sendDescription', { params: { callId, mediaSessionId }, body: { endpointId: client.endpointId, description: testDescription('offer') } });
}

async function operatorToken(server: TestServer): Promise<string> {
  return (await ask(server.url, 'signIn', { body: { displayName: 'Olga' } })).body.operatorToken ?? '';
}

test('members of a group call see what others send, who speaks and what is said to them, and choose what they see', async () => {
  const media = new TestMedia();
  await using server = await TestServer.start({ media });
  const groupId = randomUUID();
  const alice = await join(server, 'Alice', groupId);
  const bob = await join(server, 'Bob', groupId);
  const { updated } = await alice.client.next('participantsUpdated', (event) => event.updated[0]?.state === 'Connected');
  assert.deepEqual(updated.map(({ identifier, streams }) => [identifier, streams]), [[bob.client.identifier, ['Audio']]]);

  const params = { callId: alice.callId };
  const as = { endpointId: alice.client.endpointId };
  const wanted = [{ mid: '6', identifier: bob.client.identifier, mediaStreamType: 'Video' as const, width: 320, height: 180 }];
  assert.equal((await alice.client.ask('wantStreams', { params: { ...params, mediaSessionId: alice.mediaSessionId }, body: { ...as, wanted } })).status, 204);
  const { conferenceId, ...want } = await media.last('setWanted');
  assert.deepEqual(want, { kind: 'setWanted', legId: alice.mediaSessionId, wanted });

  media.tell({ kind: 'speakersChanged', conferenceId, speaking: [bob.client.identifier], dominant: [bob.client.identifier] });
  assert.deepEqual((await alice.client.next('speakersChanged')).dominant, [bob.client.identifier]);

  assert.equal((await alice.client.ask('sendMessage', { params, body: { ...as, channelId: 3, sequenceNumber: 1, data: 'aGVsbG8=' } })).status, 204);
  const { sender, data } = await bob.client.next('messageReceived');
  assert.deepEqual([sender, data], [alice.client.identifier, 'aGVsbG8=']);

  assert.equal((await alice.client.ask('startSpotlight', { params, body: { ...as, targets: [bob.client.identifier] } })).status, 204);
  assert.equal((await bob.client.next('selfUpdated')).spotlightOrder, 1);
  assert.equal((await alice.client.ask('stopSpotlight', { params, body: as })).status, 204);
  assert.equal((await bob.client.next('selfUpdated')).spotlightOrder, undefined);

  media.tell({ kind: 'legReport', conferenceId, legId: bob.mediaSessionId, report: report(100, 0) });
  media.tell({ kind: 'legReport', conferenceId, legId: bob.mediaSessionId, report: report(100, 0) });
  media.tell({ kind: 'legReport', conferenceId, legId: bob.mediaSessionId, report: report(90, 10) });
  await bob.client.ask('hangUp', { params, body: { endpointId: bob.client.endpointId } });
  const { body: flow } = await alice.client.ask('getCallFlow', { params });
  const reports = flow.events.flatMap(({ detail }) => (detail.kind === 'mediaReport' ? [[detail.why, detail.received.packets, detail.received.lost]] : []));
  assert.deepEqual(reports, [['the first report', 100, 0], ['10 % of the packets are lost', 290, 10], ['the connection was closed', 290, 10]]);
  const kinds = flow.events.flatMap(({ detail }) => (detail.kind === 'request' ? [detail.operation] : detail.kind === 'event' ? [detail.type] : []));
  assert.ok(!kinds.some((kind) => kind === 'wantStreams' || kind === 'sendMessage' || kind === 'messageReceived' || kind === 'speakersChanged'), kinds.join(' '));
});

function report(packets: number, lost: number) {
  return { received: { packets, bytes: 100 * packets, lost, jitterMs: 2 }, sent: { packets: 0, bytes: 0, lost: 0, jitterMs: 0 }, roundTripMs: 20, estimatedBps: undefined };
}

test('modes are switched by members and operators while the call runs', async () => {
  const media = new TestMedia();
  await using server = await TestServer.start({ media });
  const alice = await join(server, 'Alice', randomUUID());
  const params = { callId: alice.callId };
  const modes = { audio: 'mixed', video: 'mixed' } as const;
  const set = async (token: string, body: object) => {
    const { status, headers } = await ask(server.url, 'setMediaModes', { token, params, body: { modes, ...body } });
    return headers.get('x-ms-error-code') ?? status;
  };
  assert.equal(await set(alice.client.token, { endpointId: alice.client.endpointId, target: alice.client.identifier }), 204);
  const changed = await alice.client.next('mediaModesChanged');
  assert.deepEqual([changed.mediaSessionId, changed.modes, changed.layout], [alice.mediaSessionId, modes, []]);
  assert.equal(await set(alice.client.token, {}), 'REQUEST_INVALID');
  const { token: stranger } = await server.token();
  assert.equal(await set(stranger, { endpointId: alice.client.endpointId }), 'ENDPOINT_NOT_FOUND');
  const operator = await operatorToken(server);
  assert.equal(await set(operator, { modes: { audio: 'forwarded', video: 'forwarded' } }), 204);
  assert.deepEqual((await alice.client.next('mediaModesChanged')).modes, { audio: 'forwarded', video: 'forwarded' });
  assert.equal(await set(operator, { target: '8:acs:nobody' }), 'PARTICIPANT_NOT_FOUND');
  await alice.client.ask('hangUp', { params, body: { endpointId: alice.client.endpointId } });
  assert.equal(await set(operator, {}), 'CALL_ENDED');
});

test('when the media process is lost members get new sessions at once, in the same call', async () => {
  const media = new TestMedia();
  await using server = await TestServer.start({ media });
  const groupId = randomUUID();
  const alice = await join(server, 'Alice', groupId);
  const bob = await join(server, 'Bob', groupId);
  media.loseProcess();
  for (const member of [alice, bob]) {
    const { mediaSession } = await member.client.next('mediaSessionUpdated', (event) => event.mediaSession.state === 'negotiating');
    assert.equal((await member.client.next('mediaSessionClosed')).mediaSessionId, member.mediaSessionId);
    assert.equal((await describe({ ...member, mediaSessionId: mediaSession.mediaSessionId })).status, 204);
    await member.client.next('mediaSessionUpdated', (event) => event.mediaSession.state === 'connected');
  }
  const { body: flow } = await alice.client.ask('getCallFlow', { params: { callId: alice.callId } });
  const decisions = new Set(flow.events.flatMap(({ detail }) => (detail.kind === 'decision' ? [`${detail.what}: ${detail.why}`] : [])));
  assert.ok(decisions.has('conference failed: MEDIA_PROCESS_LOST'));
  assert.ok(decisions.has('the conference is opened again: it was lost: attempt 1 of 3 within a minute'));
});

test('a group call goes on after a restart of the controller: with another conference, under its id', async () => {
  const clock = new TestClock();
  const before = await TestServer.start({ clock, media: new TestMedia() });
  const groupId = randomUUID();
  const alice = await join(before, 'Alice', groupId);
  await before.stop();
  const media = new TestMedia();
  const after = await TestServer.start({ dataDir: before.dataDir, clock, media });
  const { callId } = await media.last('openConference');
  assert.equal(callId, alice.callId);
  const again = alice.client.at(after.url);
  await again.connect();
  const { calls } = await again.next('sync');
  const [session] = calls[0]?.mediaSessions ?? [];
  assert.deepEqual([calls[0]?.state, session?.state, session?.localRevision], ['Connected', 'negotiating', 0]);
  assert.equal((await media.last('openLeg')).legId, session?.mediaSessionId);
  await describe({ client: again, callId, mediaSessionId: session?.mediaSessionId ?? '' });
  await again.next('mediaSessionUpdated', (event) => event.mediaSession.state === 'connected');
  const carol = await join(after, 'Carol', groupId);
  assert.equal(carol.callId, alice.callId);
  again.disconnect();
  await after.stop();
  rmSync(before.dataDir, { recursive: true });
});

test('a server whose media processor is missing something says what, to who calls and to who adds', async () => {
  const media = new TestMedia();
  media.missing = 'Group calls need libopus: apt-get install libopus-dev.';
  await using server = await TestServer.start({ media });
  const alice = await server.client('Alice');
  const { body } = await alice.ask('joinCall', { body: { endpointId: alice.endpointId, locator: { groupId: randomUUID() } } });
  assert.deepEqual([body.state, body.endReason?.code, body.endReason?.message], ['Disconnected', 503, media.missing]);
  assert.deepEqual(media.commands, []);
});

test('messages and reactions are held to what a sender may send and a call may deliver', async () => {
  const media = new TestMedia();
  const messages = { bytesPerSender: { perSecond: 100, burst: 40 }, deliveriesPerCall: { perSecond: 1, burst: 6 }, deliveredBytesPerCall: { perSecond: 1000, burst: 1000 }, reactionsPerCall: { perSecond: 1, burst: 3 } };
  await using server = await TestServer.start({ media, limits: { messages } });
  const groupId = randomUUID();
  const alice = await join(server, 'Alice', groupId);
  const bob = await join(server, 'Bob', groupId);
  const send = async ({ client, callId }: Member, data: string) => {
    const { status, headers } = await client.ask('sendMessage', { params: { callId }, body: { endpointId: client.endpointId, channelId: 1, sequenceNumber: 0, data } });
    return status === 204 ? status : `${headers.get('x-ms-error-code')} ${headers.get('retry-after')}`;
  };
  assert.deepEqual([await send(alice, 'a'.repeat(36)), await send(alice, 'a'.repeat(36)), await send(bob, 'aaaa')], [204, 'MESSAGE_RATE_LIMITED 1', 204]);
  assert.deepEqual([await send(bob, ''), await send(bob, '')], [204, 'MESSAGE_RATE_LIMITED 2']);
  server.clock.turn(2000);
  assert.equal(await send(bob, ''), 204);
  assert.match(String(await send(bob, 'not base64!')), /^REQUEST_INVALID/);
  const react = async () => (await alice.client.ask('sendReaction', { params: { callId: alice.callId }, body: { endpointId: alice.client.endpointId, reactionType: 'like' } })).status;
  assert.deepEqual([await react(), await react()], [204, 429]);
  const stranger = await server.client('Mallory');
  assert.match(String(await send({ ...alice, client: stranger }, '')), /^CALL_NOT_FOUND/);
});

test('in a call of many an event for all of them is one line of the flow record', async () => {
  const media = new TestMedia();
  await using server = await TestServer.start({ media });
  const groupId = randomUUID();
  const members: Member[] = [];
  for (let index = 0; index < 12; index += 1) members.push(await join(server, `Person ${index}`, groupId));
  const [first] = members;
  assert.ok(first);
  await first.client.ask('updateSelf', { params: { callId: first.callId }, body: { endpointId: first.client.endpointId, isMuted: true } });
  const { body: flow } = await first.client.ask('getCallFlow', { params: { callId: first.callId } });
  assert.deepEqual(flow.events.findLast(({ detail }) => detail.kind === 'event')?.detail, { kind: 'event', type: 'participantsUpdated', summary: 'to 11 clients: Person 0 Connected' });
});
