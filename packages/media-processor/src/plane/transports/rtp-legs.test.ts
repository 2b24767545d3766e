import assert from 'node:assert/strict';
import { type SrtpMasterKey, srtpProfile } from '@dialplane/kernels';
import { seededRandomness } from '@dialplane/sansio';
import { freePorts } from '@dialplane/testing';
import type { RtpTransportSettings, SectionCodec, SectionSettings } from '../../process-api/leg-settings.ts';
import type { ProcessEvent } from '../../process-api/process-messages.ts';
import { microphone, noExtensions, planeTest, speaker, testCodecs, TestMediaPlane } from '../test-media-plane.ts';
import { TestTelephone } from '../test-telephone.ts';

const ssrc = 4_000_000_000;
const saying = (number: number, mark = number) => ({ ssrc: 7, payloadType: 96, sequenceNumber: number, timestamp: number * 960, payload: Uint8Array.of(0x78, mark) });
const opus: SectionCodec = { ...testCodecs.opus, payloadType: 96 };

/** Sound both ways in Opus, with payload type 96. */
const sections: readonly SectionSettings[] = [
  { mid: '0', kind: 'audio', codecs: [opus], extensions: noExtensions, receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] } },
  { mid: '0', kind: 'audio', codecs: [opus], extensions: noExtensions, send: { ssrc } },
];

function describedAt({ port, rtcpPort }: Pick<TestTelephone, 'port' | 'rtcpPort'>, settings: Partial<RtpTransportSettings> = {}): RtpTransportSettings {
  return { kind: 'rtp', remote: { address: '127.0.0.1', port }, remoteRtcp: { address: '127.0.0.1', port: rtcpPort }, security: { kind: 'none' }, ...settings };
}

/** Opens a leg. @returns its port. */
function openLeg(plane: TestMediaPlane, legId = 'phone'): number {
  plane.handle({ kind: 'openLeg', conferenceId: 'c', legId, identifier: '4:+15550100', isMuted: false, telephone: { dtmf: 'rfc4733', address: '127.0.0.1' } });
  const opened = plane.events.find((event) => event.kind === 'portsOpened' && event.legId === legId);
  assert.ok(opened?.kind === 'portsOpened', JSON.stringify(plane.events));
  return opened.port;
}

/** Why a direction is told as stalled, whatever the time after which that was seen. */
function causeOf(event: ProcessEvent): string | undefined {
  return event.kind === 'mediaStalled' ? event.cause.replace(/\d+\.\d s/, 'SOME s') : undefined;
}

function describe(plane: TestMediaPlane, transport: RtpTransportSettings, legId = 'phone'): void {
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId, transport, sections });
}

const key = (seed: number, profile: SrtpMasterKey['profile'] = srtpProfile.aes128CmSha1_32): SrtpMasterKey => ({ profile, key: new Uint8Array(16).fill(seed), salt: new Uint8Array(14).fill(seed + 1) });

planeTest('a telephone and a browser hear each other; reports go to the telephone\'s port for them', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const telephone = await TestTelephone.open(t);
  const port = openLeg(plane);
  assert.equal(port % 2, 0);
  describe(plane, describedAt(telephone));
  await plane.until((event) => event.kind === 'legStateChanged' && event.legId === 'phone' && event.state === 'connected');
  telephone.say(port, [saying(1), saying(2)]);
  await anna.until(() => anna.heard.length === 2);
  assert.deepEqual(anna.heard.map(({ payloadType, payload }) => [payloadType, payload[1]]), [[111, 1], [111, 2]]);
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 5, timestamp: 960, payload: Uint8Array.of(0x78, 77) }]);
  await telephone.until(() => telephone.heard.length === 1);
  assert.deepEqual([telephone.heard[0]?.ssrc, telephone.heard[0]?.payloadType, telephone.heard[0]?.payload[1]], [ssrc | 0, 96, 77]);
  await telephone.until(() => telephone.reports.some((packet) => packet.kind === 'senderReport' && packet.blocks.length === 1));
  assert.ok(telephone.sources.some((source) => source.port === port + 1), 'reports come from the port for them');
});

planeTest('SRTP with keys of the description: 32-bit tags, other keys later, and nobody without them', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const { srtp } = plane.kernels;
  const telephone = await TestTelephone.open(t, { keys: { srtp, outbound: key(1), inbound: key(5) } });
  const port = openLeg(plane);
  describe(plane, describedAt(telephone, { remoteRtcp: 'muxed', security: { kind: 'sdes', inbound: key(1), outbound: key(5) } }));
  const stranger = await TestTelephone.open(t);
  stranger.say(port, [saying(40), saying(41), saying(42)]);
  telephone.say(port, [saying(1)]);
  await anna.until(() => anna.heard.length === 1);
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 5, timestamp: 960, payload: Uint8Array.of(0x78, 77) }]);
  await telephone.until(() => telephone.heard.length === 1);
  // The other side changes its key, ours goes on with its numbers.
  const rekeyed = await TestTelephone.open(t, { keys: { srtp, outbound: key(2), inbound: key(5) } });
  describe(plane, describedAt(rekeyed, { remoteRtcp: 'muxed', security: { kind: 'sdes', inbound: key(2), outbound: key(5) } }));
  rekeyed.say(port, [saying(2)]);
  await anna.until(() => anna.heard.length === 2);
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 6, timestamp: 1920, payload: Uint8Array.of(0x78, 78) }]);
  await rekeyed.until(() => rekeyed.heard.length === 1);
  assert.equal(((rekeyed.heard[0]?.sequenceNumber ?? 0) - (telephone.heard[0]?.sequenceNumber ?? 0)) & 0xffff, 1);
  assert.deepEqual(anna.heard.map(({ payload }) => payload[1]), [1, 2]);
});

planeTest('a carrier behind a NAT is latched on to, strangers are not heard', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const [telephone, nowhere, stranger] = [await TestTelephone.open(t), await TestTelephone.open(t), await TestTelephone.open(t)];
  const port = openLeg(plane);
  describe(plane, describedAt(nowhere));
  telephone.say(port, [saying(1), saying(2), saying(3)]);
  await anna.until(() => anna.heard.length === 2);
  stranger.say(port, Array.from({ length: 50 }, (_, number) => saying(number, 200)));
  stranger.sendDatagram(port, Uint8Array.of(1, 2, 3));
  telephone.say(port, [saying(4)]);
  await anna.until(() => anna.heard.length === 3);
  assert.deepEqual(anna.heard.map(({ payload }) => payload[1]), [2, 3, 4]);
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 5, timestamp: 960, payload: Uint8Array.of(0x78, 77) }]);
  await telephone.until(() => telephone.heard.length === 1);
  assert.equal(plane.plane.statistics.strangers, 51);
});

planeTest('who proves by a check that it is there gets sound there; without the password nobody is answered', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const [telephone, nowhere, stranger] = [await TestTelephone.open(t), await TestTelephone.open(t), await TestTelephone.open(t)];
  const port = openLeg(plane);
  const [ours, theirs] = [plane.credentials(), plane.credentials()];
  describe(plane, describedAt(nowhere, { remoteRtcp: 'muxed', ice: ours }));
  stranger.check(port, theirs, { ...ours, password: theirs.password });
  telephone.check(port, theirs, ours);
  await telephone.until(() => telephone.checksAnswered === 1);
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 5, timestamp: 960, payload: Uint8Array.of(0x78, 77) }]);
  await telephone.until(() => telephone.heard.length === 1);
  telephone.say(port, [saying(1)]);
  await anna.until(() => anna.heard.length === 1);
  // It has moved, and says so.
  const moved = await TestTelephone.open(t);
  moved.check(port, theirs, ours);
  await moved.until(() => moved.checksAnswered === 1);
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 6, timestamp: 1920, payload: Uint8Array.of(0x78, 78) }]);
  await moved.until(() => moved.heard.length === 1);
  // Others' credentials, as after a restart, and those of before until they are used.
  const again = plane.credentials();
  describe(plane, describedAt(nowhere, { remoteRtcp: 'muxed', ice: again }));
  telephone.check(port, theirs, again);
  await telephone.until(() => telephone.checksAnswered === 2);
  moved.check(port, theirs, ours);
  telephone.check(port, theirs, again);
  await telephone.until(() => telephone.checksAnswered === 3);
  assert.deepEqual([stranger.checksAnswered, moved.checksAnswered, nowhere.heard.length], [0, 1, 0]);
});

planeTest('on hold nothing is sent, and afterwards numbers go on', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const telephone = await TestTelephone.open(t);
  const port = openLeg(plane);
  const transport = describedAt(telephone);
  const say = (number: number) => anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: number, timestamp: number * 960, payload: Uint8Array.of(0x78, number) }]);
  describe(plane, transport);
  say(1);
  await telephone.until(() => telephone.heard.length === 1);
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'phone', transport, sections: sections.slice(0, 1) });
  say(2);
  telephone.say(port, [saying(1)]);
  await anna.until(() => anna.heard.length === 1);
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'phone', transport, sections });
  say(3);
  await telephone.until(() => telephone.heard.length === 2);
  const [first, second] = telephone.heard;
  assert.deepEqual([first?.payload[1], second?.payload[1], ((second?.sequenceNumber ?? 0) - (first?.sequenceNumber ?? 0)) & 0xffff], [1, 3, 1]);
});

planeTest('a silent hop is named within 3 s, and told when it speaks again', async (t) => {
  const plane = new TestMediaPlane(t);
  const [telephone, nowhere] = [await TestTelephone.open(t), await TestTelephone.open(t)];
  const port = openLeg(plane);
  describe(plane, describedAt(nowhere));
  const never = await plane.until((event) => event.kind === 'mediaStalled' && event.direction === 'receive');
  assert.equal(causeOf(never), `Trunk leg: nothing received for SOME s since it was described at 127.0.0.1:${nowhere.port}.`);
  telephone.say(port, [saying(1), saying(2)]);
  await plane.until((event) => event.kind === 'mediaResumed' && event.direction === 'receive');
  plane.events.length = 0;
  const again = await plane.until((event) => event.kind === 'mediaStalled');
  assert.equal(causeOf(again), `Trunk leg: nothing received from 127.0.0.1:${telephone.port} for SOME s, its description said 127.0.0.1:${nowhere.port}.`);
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'phone', transport: describedAt(nowhere), sections: sections.slice(1) });
  await plane.until((event) => event.kind === 'mediaResumed');
});

planeTest('a telephone that is not there any more is named', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  const telephone = await TestTelephone.open(t);
  openLeg(plane);
  describe(plane, describedAt(telephone));
  const { port } = telephone;
  await telephone.until(() => telephone.heard.length > 10);
  telephone.close();
  const stalled = await plane.until((event) => event.kind === 'mediaStalled' && event.direction === 'send');
  assert.ok(stalled.kind === 'mediaStalled' && stalled.cause === `Trunk leg: nobody is at 127.0.0.1:${port}, to which sound is sent (ICMP 3/3).`, JSON.stringify(stalled));
});

planeTest('a browser that falls silent is named, too, and one that is muted is not', async (t) => {
  const plane = new TestMediaPlane(t);
  const [anna, bert] = [await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]), await plane.connect('bert', [microphone('0', 2000), speaker('1', 2001)])];
  plane.handle({ kind: 'setMuted', conferenceId: 'c', legId: 'bert', isMuted: true });
  for (const client of [anna, bert]) client.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 5, timestamp: 960, payload: Uint8Array.of(0x78, 77) }]);
  const stalled = await plane.until((event) => event.kind === 'mediaStalled');
  assert.equal(causeOf(stalled), `Client leg: nothing received from ${anna.address} for SOME s.`);
  assert.ok('legId' in stalled && stalled.legId === 'anna');
  anna.sendRtp([{ ssrc: 9, payloadType: 111, sequenceNumber: 6, timestamp: 1920, payload: Uint8Array.of(0x78, 77) }]);
  await plane.until((event) => event.kind === 'mediaResumed' && event.legId === 'anna');
  assert.equal(plane.events.some((event) => event.kind === 'mediaStalled' && event.legId === 'bert'), false);
});

planeTest('rubbish at the ports of a telephone, its own and of strangers, costs the call nothing', async (t) => {
  const plane = new TestMediaPlane(t);
  const anna = await plane.connect('anna', [microphone('0', 1000), speaker('1', 1001)]);
  const [telephone, stranger] = [await TestTelephone.open(t), await TestTelephone.open(t)];
  const port = openLeg(plane);
  describe(plane, describedAt(telephone));
  const random = seededRandomness(7);
  for (let count = 0; count < 500; count += 1) {
    const bytes = Uint8Array.from({ length: random.nextUint32() % 60 }, () => random.nextUint32());
    if (count % 2 === 0 && bytes.length > 1) bytes.set([0x80 | ((bytes[0] ?? 0) & 0x3f), count % 4 === 0 ? 200 + (count % 8) : 96]);
    for (const sender of [telephone, stranger]) for (const to of [port, port + 1]) sender.sendDatagram(to, bytes);
  }
  // Its budget is for what a telephone sends, and comes back.
  let number = 100;
  const speaking = setInterval(() => telephone.say(port, [saying((number += 1), 99)]), 20);
  t.after(() => clearInterval(speaking));
  await anna.until(() => anna.heard.filter(({ payload }) => payload[1] === 99).length > 3);
  assert.deepEqual(plane.events.filter(({ kind }) => kind === 'logged'), []);
});

planeTest('ports are pairs of the range, come back last, and a range that is used up says so', async (t) => {
  const { first } = await freePorts();
  const plane = new TestMediaPlane(t, { first, last: first + 5, index: 0, of: 1 });
  const ports = ['a', 'b'].map((legId) => openLeg(plane, legId));
  assert.deepEqual(ports.toSorted(), [first + 1, first + 3]);
  plane.handle({ kind: 'openLeg', conferenceId: 'c', legId: 'd', identifier: '4:+15550100', isMuted: false, telephone: { dtmf: 'info', address: '127.0.0.1' } });
  const failed = plane.events.at(-1);
  assert.deepEqual(failed, { kind: 'portsFailed', conferenceId: 'c', legId: 'd', sentence: `No port for a telephone is free (--trunk-ports ${first}-${first + 5}).` });
  plane.handle({ kind: 'closeLeg', conferenceId: 'c', legId: 'b' });
  assert.equal(openLeg(plane, 'e'), ports[1]);
});
