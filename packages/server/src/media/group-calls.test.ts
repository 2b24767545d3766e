import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Call, CallFlow, MediaDescription } from '@dialplane/calling-api';
import { Person } from '../test-person.ts';
import { startTestServer } from '../test-server.ts';
import { missingMediaKernels } from './media-kernels.ts';

const missing = missingMediaKernels();
const skip = missing !== undefined && process.env['CI'] !== 'true' ? `NOT TESTED: ${missing}` : false;

const chromiumsOffer = readFileSync(new URL('../../../sdp/src/fixtures/chromium.sdp', import.meta.url), 'utf8');

/** People who listen to their events. */
async function people(httpUrl: string, ...names: readonly string[]): Promise<readonly Person[]> {
  const signedIn = await Promise.all(names.map((name) => Person.signIn(httpUrl, name)));
  for (const person of signedIn) await person.next('sync');
  return signedIn;
}

/** Joins, and offers what Chromium offers. */
async function join(person: Person, groupId: string, sdp = chromiumsOffer): Promise<Call> {
  const call = await person.ask<Call>('POST', '/v1/calls:join', { endpointId: person.endpointId, locator: { groupId } });
  await offer(person, call, call.mediaSessions[0]?.mediaSessionId ?? '', sdp);
  return call;
}

async function offer(person: Person, { callId }: Call, mediaSessionId: string, sdp = chromiumsOffer): Promise<void> {
  const description: MediaDescription = { type: 'offer', sdp, revision: 1, streams: [{ mid: '0', mediaStreamType: 'Audio' }, { mid: '3', mediaStreamType: 'Video' }] };
  await person.ask('POST', `/v1/calls/${callId}/media/${mediaSessionId}/descriptions`, { endpointId: person.endpointId, description });
}

/** Processes that this one has started, the eldest first. */
function childProcesses(): readonly number[] {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number);
}

test('who joins a group gets an answer with the ports of a media process; when it is killed everybody gets another session of the same call', { skip }, async (t) => {
  const server = await startTestServer(t, { media: true });
  const [ann, ben] = await people(server.httpUrl, 'Ann', 'Ben');
  assert.ok(ann !== undefined && ben !== undefined);
  const groupId = randomUUID();
  const calls = [await join(ann, groupId), await join(ben, groupId)];
  assert.equal(calls[0]?.callId, calls[1]?.callId);
  for (const person of [ann, ben]) {
    const { description } = await person.next('mediaDescription');
    assert.equal(description.type, 'answer');
    const ports = Array.from(description.sdp.matchAll(/a=candidate:\d+ 1 udp \d+ \S+ (\d+) typ host/g), ([, port]) => Number(port));
    assert.ok(ports.length > 0 && ports.every((port) => server.mediaPorts.includes(port)), description.sdp);
  }
  const [served] = childProcesses();
  process.kill(served ?? 0, 'SIGKILL');
  for (const [index, person] of [ann, ben].entries()) {
    const before = calls[index]?.mediaSessions[0]?.mediaSessionId;
    const { callId, mediaSession } = await person.next('mediaSessionUpdated', (event) => event.mediaSession.mediaSessionId !== before);
    assert.equal(callId, calls[0]?.callId);
    await offer(person, calls[index] as Call, mediaSession.mediaSessionId);
    assert.equal((await person.next('mediaDescription', (event) => event.mediaSessionId === mediaSession.mediaSessionId)).description.type, 'answer');
  }
});

test('what cannot be agreed ends that participation with a sentence, and nobody else', { skip }, async (t) => {
  const server = await startTestServer(t, { media: true });
  const [ann, ben, cai] = await people(server.httpUrl, 'Ann', 'Ben', 'Cai');
  assert.ok(ann !== undefined && ben !== undefined && cai !== undefined);
  const groupId = randomUUID();
  const { callId } = await join(ann, groupId);
  await ann.next('mediaDescription');
  await join(ben, groupId, chromiumsOffer.replaceAll('a=setup:actpass', 'a=setup:holdconn'));
  const bens = await ben.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.match(bens.endReason?.message ?? '', /no usable a=setup/);
  await join(cai, groupId, chromiumsOffer.replaceAll(/rtpmap:(\d+) [A-Za-z0-9]+/g, 'rtpmap:$1 odd'));
  const cais = await cai.next('callStateChanged', ({ state }) => state === 'Disconnected');
  assert.match(cais.endReason?.message ?? '', /codec/);
  assert.equal((await ann.ask<Call>('PATCH', `/v1/calls/${callId}/self`, { endpointId: ann.endpointId })).callId, callId);
  const flow = await ann.operate<CallFlow>('GET', `/v1/calls/${callId}/flow`);
  assert.match(JSON.stringify(flow), /DESCRIPTION_INVALID: The offer has no usable a=setup/);
});

test('a call that has ended takes no more offers; who joins its group begins another call', { skip }, async (t) => {
  const server = await startTestServer(t, { media: true });
  const [ann] = await people(server.httpUrl, 'Ann');
  assert.ok(ann !== undefined);
  const groupId = randomUUID();
  const call = await join(ann, groupId);
  await ann.next('mediaDescription');
  await ann.ask('POST', `/v1/calls/${call.callId}:hangUp`, { endpointId: ann.endpointId });
  await ann.next('callStateChanged', ({ state }) => state === 'Disconnected');
  await assert.rejects(offer(ann, call, call.mediaSessions[0]?.mediaSessionId ?? ''), /: 410 |: 404 /);
  assert.notEqual((await join(ann, groupId)).callId, call.callId);
  assert.equal((await ann.next('mediaDescription')).description.type, 'answer');
});
