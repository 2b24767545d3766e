import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Call, CallFlow } from '@dialplane/calling-api';
import { startTestServer } from '../test-server.ts';
import { childProcesses, chromiumsOffer, join, offer, people, skip } from './test-group.ts';

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
