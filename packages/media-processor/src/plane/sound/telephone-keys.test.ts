import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { RtpLegRequest } from '@dialplane/media-api';
import { dtmfTones, TelephoneEventReceiver, telephoneEventLength, writeTelephoneEvent } from '@dialplane/rtp';
import { Hearer, Talker, testKernels, TestMix } from '../../mixing/test-mix.ts';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import type { HeardPacket, SpokenPacket } from '../test-media-client.ts';
import { microphone, planeTest, TestMediaPlane } from '../test-media-plane.ts';
import { openTelephoneLeg, type TelephoneLegSettings, type TestTelephone } from '../test-telephone.ts';

const pcmu: SectionCodec = { name: 'PCMU', payloadType: 0, clockRate: 8000, channels: 1, parameters: '', nack: false };
const events: SectionCodec = { name: 'telephone-event', payloadType: 101, clockRate: 8000, channels: 1, parameters: '0-15', nack: false };
const browserEvents: SectionCodec = { ...events, payloadType: 110, clockRate: 48_000 };
const ssrc = 4000;

interface Phone {
  readonly telephone: TestTelephone;
  readonly port: number;
}

/** A telephone with G.711, and events where its keys are told in them. */
function openPhone(t: TestContext, plane: TestMediaPlane, legId: string, dtmf: RtpLegRequest['dtmf'], settings: Partial<TelephoneLegSettings> = {}): Promise<Phone> {
  return openTelephoneLeg(t, plane, { legId, ssrc, codecs: dtmf === 'rfc4733' ? [pcmu, events] : [pcmu], keys: { dtmf }, ...settings });
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
  return heard.flatMap(({ payloadType, timestamp, marker, payload }) => (payloadType === 101 ? [receiver.take({ ssrc, timestamp, marker, bytes: payload, payloadOffset: 0, payloadLength: payload.length }) ?? ''] : [])).join('');
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
  const line = keypad.join(1, { codec: 'PCMU', keys: 'sound', inSilence: 'frames' }, ['PCMU']);
  keypad.mix.sendDtmf(1, '42');
  keypad.run(25, () => []);
  const talker = new Talker(testKernels(), 'PCMU', Float32Array.from(line.heard));
  // Pressed again and again, since a tone of which the timer is late has a hole.
  const pressing = setInterval(() => {
    const { timestamp, sequenceNumber, bytes, length } = talker.next(0, -1);
    old.telephone.say(old.port, [{ ssrc: 5, payloadType: 0, timestamp, sequenceNumber, payload: bytes.slice(0, length) }]);
  }, 20);
  t.after(() => clearInterval(pressing));
  await modern.telephone.until(() => keysIn(modern.telephone.heard).includes('42'));
  clearInterval(pressing);
  assert.match(toldBy(plane, 'old'), /42/);
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

planeTest('packets are as long as a telephone asks for, keys and all', async (t) => {
  const plane = await mixedPlane(t);
  const { telephone } = await openPhone(t, plane, 'phone', 'rfc4733', { packetMs: 30 });
  const whole = (): number => telephone.heard.filter(({ payload }) => payload.length === 240).length;
  await telephone.until(() => whole() > 3);
  plane.handle({ kind: 'sendDtmf', conferenceId: 'c', legId: 'phone', tones: '8' });
  await telephone.until(() => keysIn(telephone.heard) === '8');
  const before = whole();
  await telephone.until(() => whole() > before + 3);
  const sound = telephone.heard.filter(({ payloadType }) => payloadType === 0);
  const first = telephone.heard.findIndex(({ payloadType }) => payloadType === 101);
  // Sound that waited goes out before the key, as a packet of 10 or 20 ms.
  assert.ok(sound.every(({ payload }) => [80, 160, 240].includes(payload.length)));
  const steps = telephone.heard.slice(1, first).map(({ timestamp }, index) => timestamp - (telephone.heard[index]?.timestamp ?? 0) - (telephone.heard[index]?.payload.length ?? 0));
  // A tick that the mixer was too late for is time that has passed.
  assert.ok(steps.every((step) => step >= 0 && step % 160 === 0), steps.join(' '));
  const numbers = telephone.heard.map(({ sequenceNumber }) => sequenceNumber);
  assert.ok(numbers.every((number, index) => index === 0 || ((number - (numbers[index - 1] ?? 0)) & 0xffff) === 1));
});

planeTest('a telephone that has agreed to comfort noise gets it now and then in place of silence', async (t) => {
  const plane = await mixedPlane(t);
  const { telephone } = await openPhone(t, plane, 'phone', 'rfc4733', { codecs: [pcmu, { ...pcmu, name: 'CN', payloadType: 13 }, events] });
  const noises = () => telephone.heard.filter(({ payloadType }) => payloadType === 13);
  await telephone.until(() => noises().length === 2);
  assert.ok((noises()[1]?.timestamp ?? 0) - (noises()[0]?.timestamp ?? 0) >= 20 * 160);
  plane.handle({ kind: 'setSound', conferenceId: 'c', legId: 'phone', sound: 'ringback' });
  await telephone.until(() => telephone.heard.filter(({ payload }) => new Set(payload).size > 10).length > 3);
  const numbers = telephone.heard.map(({ sequenceNumber }) => sequenceNumber);
  assert.ok(numbers.every((number, index) => index === 0 || ((number - (numbers[index - 1] ?? 0)) & 0xffff) === 1));
});
