import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { RtpLegRequest } from '@dialplane/media-api';
import { dtmfTones, TelephoneEventReceiver, telephoneEventLength, writeTelephoneEvent } from '@dialplane/rtp';
import { Hearer, Talker, testKernels, TestMix } from '../mixing/test-mix.ts';
import type { SectionCodec, SectionSettings } from '../process-api/leg-settings.ts';
import type { HeardPacket, SpokenPacket } from './test-media-client.ts';
import { microphone, noExtensions, planeTest, TestMediaPlane } from './test-media-plane.ts';
import { TestTelephone } from './test-telephone.ts';

const pcmu: SectionCodec = { name: 'PCMU', payloadType: 0, clockRate: 8000, channels: 1, parameters: '', nack: false };
const events: SectionCodec = { name: 'telephone-event', payloadType: 101, clockRate: 8000, channels: 1, parameters: '0-15', nack: false };
const browserEvents: SectionCodec = { ...events, payloadType: 110, clockRate: 48_000 };
const ssrc = 4000;

interface Phone {
  readonly telephone: TestTelephone;
  readonly port: number;
}

/** A telephone with G.711, and events where its keys are told in them. */
async function openPhone(t: TestContext, plane: TestMediaPlane, legId: string, dtmf: RtpLegRequest['dtmf']): Promise<Phone> {
  const telephone = await TestTelephone.open(t);
  plane.handle({ kind: 'openLeg', conferenceId: 'c', legId, identifier: '4:+15550100', isMuted: false, telephone: { dtmf, address: '127.0.0.1' } });
  const opened = plane.events.find((event) => event.kind === 'portsOpened' && event.legId === legId);
  assert.ok(opened?.kind === 'portsOpened');
  const codecs = dtmf === 'rfc4733' ? [pcmu, events] : [pcmu];
  const section = { mid: '0', kind: 'audio', codecs, extensions: noExtensions } as const;
  const sections: readonly SectionSettings[] = [{ ...section, receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] } }, { ...section, send: { ssrc } }];
  const transport = { kind: 'rtp', remote: { address: '127.0.0.1', port: telephone.port }, remoteRtcp: 'muxed', security: { kind: 'none' } } as const;
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId, transport, sections });
  return { telephone, port: opened.port };
}

async function mixedPlane(t: TestContext): Promise<TestMediaPlane> {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: { audio: 'mixed', video: 'forwarded' } });
  return plane;
}

/** The packets of a press of 60 ms, from a timestamp on. */
function pressOf(tone: string, timestamp: number, unitsOfFrame: number, stream: Pick<SpokenPacket, 'ssrc' | 'payloadType'>): readonly SpokenPacket[] {
  return [1, 2, 3, 3, 3].map((frames, index) => {
    const payload = new Uint8Array(telephoneEventLength);
    writeTelephoneEvent(payload, 0, { event: dtmfTones.indexOf(tone), end: index >= 2, volume: 10, duration: frames * unitsOfFrame });
    return { ssrc: stream.ssrc, payloadType: stream.payloadType, sequenceNumber: index, marker: index === 0 ? 1 : 0, timestamp, payload };
  });
}

const toldBy = (plane: TestMediaPlane, legId: string): string => plane.events.flatMap((event) => (event.kind === 'dtmfReceived' && event.legId === legId ? [event.tone] : [])).join('');

function keysIn(heard: readonly HeardPacket[]): string {
  const receiver = new TelephoneEventReceiver(8000);
  return heard.flatMap(({ payloadType, timestamp, payload }) => (payloadType === 101 ? [receiver.take({ ssrc, timestamp, bytes: payload, payloadOffset: 0, payloadLength: payload.length }) ?? ''] : [])).join('');
}

planeTest('keys of a browser, muted though it is, are told and reach a telephone as its events; its own are told and reach another one', async (t) => {
  const plane = await mixedPlane(t);
  const section = microphone('0', 1000);
  const anna = await plane.connect('anna', [{ ...section, codecs: [...section.codecs, browserEvents], receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [{ ssrc: 9 }] } }]);
  const [phone, other] = [await openPhone(t, plane, 'phone', 'rfc4733'), await openPhone(t, plane, 'other', 'rfc4733')];
  plane.handle({ kind: 'setMuted', conferenceId: 'c', legId: 'anna', isMuted: true });
  anna.sendRtp(pressOf('7', 48_000, 960, { ssrc: 9, payloadType: 110 }));
  await plane.until((event) => event.kind === 'dtmfReceived' && event.legId === 'anna');
  await phone.telephone.until(() => keysIn(phone.telephone.heard) === '7');
  phone.telephone.say(phone.port, pressOf('#', 800, 160, { ssrc: 7, payloadType: 101 }));
  await other.telephone.until(() => keysIn(other.telephone.heard) === '7#');
  assert.deepEqual([toldBy(plane, 'anna'), toldBy(plane, 'phone'), toldBy(plane, 'other')], ['7', '#', '']);
  plane.handle({ kind: 'sendDtmf', conferenceId: 'c', legId: 'phone', tones: '12' });
  await phone.telephone.until(() => keysIn(phone.telephone.heard) === '712');
  const numbers = phone.telephone.heard.map(({ sequenceNumber }) => sequenceNumber);
  assert.ok(numbers.every((number, index) => index === 0 || ((number - (numbers[index - 1] ?? 0)) & 0xffff) === 1), 'one stream, nothing missing');
});

planeTest('keys in the sound of a telephone are told, and become events of another one; those for it are tones', async (t) => {
  const plane = await mixedPlane(t);
  const [old, modern] = [await openPhone(t, plane, 'old', 'inband'), await openPhone(t, plane, 'modern', 'rfc4733')];
  const keypad = new TestMix();
  const line = keypad.join(1, { codec: 'PCMU', keys: 'sound', isContinuous: true }, ['PCMU']);
  keypad.mix.sendDtmf(1, '42');
  keypad.run(25, () => []);
  const talker = new Talker(testKernels(), 'PCMU', Float32Array.from(line.heard));
  let said = 0;
  const pressing = setInterval(() => {
    const { timestamp, sequenceNumber, bytes, length } = talker.next(0, -1);
    if ((said += 1) <= 25) old.telephone.say(old.port, [{ ssrc: 5, payloadType: 0, timestamp, sequenceNumber, payload: bytes.slice(0, length) }]);
  }, 20);
  t.after(() => clearInterval(pressing));
  await modern.telephone.until(() => keysIn(modern.telephone.heard) === '42');
  assert.equal(toldBy(plane, 'old'), '42');
  modern.telephone.say(modern.port, pressOf('9', 800, 160, { ssrc: 7, payloadType: 101 }));
  await plane.until((event) => event.kind === 'dtmfReceived' && event.legId === 'modern');
  const from = old.telephone.heard.length;
  await old.telephone.until(() => old.telephone.heard.length > from + 15);
  const hearer = new Hearer(testKernels(), 'PCMU');
  for (const [index, { payload, timestamp }] of old.telephone.heard.slice(from - 1).entries()) hearer.hear(payload, { timestamp, startsTalkspurt: false, level: 0 }, index + 1);
  assert.ok(hearer.heard.some((sample) => Math.abs(sample) > 0.3));
  assert.ok(old.telephone.heard.every(({ payloadType }) => payloadType === 0));
});

planeTest('who waits hears music although it is on hold; a telephone that only listens gets a frame every 20 ms', async (t) => {
  const plane = await mixedPlane(t);
  const { telephone } = await openPhone(t, plane, 'phone', 'rfc4733');
  await telephone.until(() => telephone.heard.length > 5);
  assert.ok(telephone.heard.every(({ payload }) => payload.every((byte) => byte === 0xff)), 'silence');
  plane.handle({ kind: 'setHeld', conferenceId: 'c', legId: 'phone', isHeld: true });
  plane.handle({ kind: 'setSound', conferenceId: 'c', legId: 'phone', sound: 'hold' });
  const from = telephone.heard.length;
  await telephone.until(() => telephone.heard.slice(from).filter(({ payload }) => new Set(payload).size > 40).length > 10);
  const steps = telephone.heard.slice(1).map(({ timestamp }, index) => (timestamp - (telephone.heard[index]?.timestamp ?? 0)) | 0);
  assert.ok(steps.every((step) => step > 0));
  assert.deepEqual(new Set(steps.slice(-8)), new Set([160]));
});
