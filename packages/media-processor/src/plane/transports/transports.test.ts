import assert from 'node:assert/strict';
import { microphone, planeTest, speaker, TestMediaPlane } from '../test-media-plane.ts';

const sections = [microphone('0', 1000), speaker('1', 1001)];

planeTest('another transport takes over once it is connected, and not before', async (t) => {
  const plane = new TestMediaPlane(t);
  const bert = await plane.connect('bert', [microphone('0', 2000), speaker('1', 2001)]);
  const anna = await plane.connect('anna', sections);
  const say = (number: number): void => bert.sendRtp([{ ssrc: 8, payloadType: 111, sequenceNumber: number, timestamp: number * 960, payload: Uint8Array.of(number) }]);
  say(0);
  await anna.until(() => anna.heard.length === 1);
  const second = plane.transport({ generation: 2 });
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'anna', transport: second, sections });
  say(1);
  await anna.until(() => anna.heard.length === 2);
  const client = plane.client();
  plane.events.length = 0;
  await client.connect(second.remote, second.local);
  await plane.until((event) => event.kind === 'legStateChanged' && event.state === 'connected');
  say(2);
  await client.until(() => client.heard.length === 1);
  assert.deepEqual([anna.heard.length, client.heard[0]?.payload[0]], [2, 2]);
  assert.equal(plane.events.some((event) => event.kind === 'legStateChanged' && event.state === 'closed'), false);
});

planeTest('a second transport that fails leaves the first alone', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', sections);
  const bert = await plane.connect('bert', [microphone('0', 2000), speaker('1', 2001)]);
  const second = plane.transport({ generation: 2, remoteFingerprint: new Uint8Array(32) });
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'anna', transport: second, sections });
  const client = plane.client();
  await client.connect(second.remote, second.local);
  bert.sendRtp([{ ssrc: 8, payloadType: 111, sequenceNumber: 0, timestamp: 0, payload: Uint8Array.of(5) }]);
  await anna.until(() => anna.heard.length === 1);
  assert.equal(plane.events.some((event) => event.kind === 'legStateChanged' && event.state === 'closed'), false);
});

planeTest('after an ICE restart the client goes on from another address', async (t) => {
  const plane = new TestMediaPlane(t);
  const { client: anna, transport } = plane.open('anna', sections);
  await anna.connect(transport.remote, transport.local);
  const bert = await plane.connect('bert', [microphone('0', 2000), speaker('1', 2001)]);
  const restarted = { ...transport, local: plane.credentials(), remote: plane.credentials() };
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'anna', transport: restarted, sections });
  anna.moveTo(restarted.remote, restarted.local);
  await anna.until(() => anna.isReached);
  bert.sendRtp([{ ssrc: 8, payloadType: 111, sequenceNumber: 0, timestamp: 0, payload: Uint8Array.of(5) }]);
  await anna.until(() => anna.heard.length === 1);
});

planeTest('a client with another certificate than was announced is refused', async (t) => {
  const plane = new TestMediaPlane(t);
  const { client, transport } = plane.open('anna', sections, { remoteFingerprint: new Uint8Array(32) });
  await client.connect(transport.remote, transport.local);
  const event = await plane.until(({ kind }) => kind === 'legStateChanged');
  assert.deepEqual(event, { kind: 'legStateChanged', conferenceId: 'c', legId: 'anna', state: 'closed', reason: 'FINGERPRINT_MISMATCH' });
});

planeTest('a client that says goodbye is gone, and comes back with another transport', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', sections);
  anna.close();
  const closed = await plane.until((event) => event.kind === 'legStateChanged' && event.state === 'closed');
  assert.deepEqual(closed, { kind: 'legStateChanged', conferenceId: 'c', legId: 'anna', state: 'closed', reason: 'CLOSED_BY_PEER' });
  const second = plane.transport({ generation: 2 });
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'anna', transport: second, sections });
  plane.events.length = 0;
  await plane.client().connect(second.remote, second.local);
  await plane.until((event) => event.kind === 'legStateChanged' && event.state === 'connected');
});

planeTest('a server that is the DTLS client connects, too', async (t) => {
  const plane = new TestMediaPlane(t);
  const { client, transport } = plane.open('anna', sections, { dtlsRole: 'client' });
  client.becomeDtlsServer();
  await client.connect(transport.remote, transport.local);
  await plane.until((event) => event.kind === 'legStateChanged' && event.state === 'connected');
});

planeTest('commands about what is not there are ignored', (t) => {
  const plane = new TestMediaPlane(t);
  const [conferenceId, legId] = ['nowhere', 'nobody'];
  plane.handle({ kind: 'closeConference', conferenceId });
  plane.handle({ kind: 'closeLeg', conferenceId: 'c', legId });
  plane.handle({ kind: 'setLeg', conferenceId, legId, transport: plane.transport(), sections });
  plane.handle({ kind: 'setMuted', conferenceId: 'c', legId, isMuted: true });
  plane.handle({ kind: 'setModes', conferenceId: 'c', legId, modes: { audio: 'mixed', video: 'mixed' } });
  plane.handle({ kind: 'setSpotlight', conferenceId, identifiers: [] });
  plane.handle({ kind: 'heartbeat', sequence: 7 });
  const [, alive] = plane.events;
  assert.ok(alive?.kind === 'alive');
  assert.deepEqual({ ...alive, load: 0 }, { kind: 'alive', sequence: 7, conferences: 1, legs: 0, load: 0 });
});

planeTest('a command that cannot be obeyed costs its leg, and no other', async (t) => {
  const plane = new TestMediaPlane(t);
  const { transport } = plane.open('anna', sections);
  await plane.connect('bert', [microphone('0', 2000), speaker('1', 2001)]);
  plane.open('carl', sections, { local: transport.local });
  const closed = await plane.until((event) => event.kind === 'legStateChanged' && event.state === 'closed');
  assert.deepEqual(closed, { kind: 'legStateChanged', conferenceId: 'c', legId: 'carl', state: 'closed', reason: 'MEDIA_PROCESS_LOST' });
  assert.ok(plane.events.some((event) => event.kind === 'logged' && event.level === 'error'));
  assert.equal(plane.events.filter((event) => event.kind === 'legStateChanged' && event.state === 'closed').length, 1);
});
