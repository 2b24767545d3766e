import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { writeTelephoneEvent } from '@dialplane/rtp';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import type { HeardPacket } from '../test-media-client.ts';
import { midElement, noExtensions, planeTest, testCodecs, TestMediaPlane } from '../test-media-plane.ts';
import { openTelephoneLeg, type TelephoneLegSettings, type TestTelephone } from '../test-telephone.ts';

const voice = (name: string, payloadType: number): SectionCodec => ({ name, payloadType, clockRate: 8000, channels: 1, parameters: '', nack: false });
const pcmu = voice('PCMU', 0);
const pcma = voice('PCMA', 8);
const events = (payloadType: number): SectionCodec => voice('telephone-event', payloadType);

/** A telephone in the conference that speaks every 20 ms, each packet with a mark. */
class Caller {
  readonly telephone: TestTelephone;
  payloadType: number;
  private readonly port: number;
  private number = 0;
  private readonly mark: number;

  private constructor(telephone: TestTelephone, port: number, mark: number, payloadType: number) {
    this.telephone = telephone;
    this.port = port;
    this.mark = mark;
    this.payloadType = payloadType;
  }

  static async call(t: TestContext, plane: TestMediaPlane, legId: string, codecs: readonly SectionCodec[], mark: number, keys?: TelephoneLegSettings['keys']): Promise<Caller> {
    const { telephone, port } = await openTelephoneLeg(t, plane, { legId, codecs, ssrc: 5_000 + mark, ...(keys !== undefined && { keys }) });
    const caller = new Caller(telephone, port, mark, codecs[0]?.payloadType ?? 0);
    const speaking = setInterval(() => caller.speak(), 20);
    t.after(() => clearInterval(speaking));
    return caller;
  }

  /** Until `count` more packets have come that are the other's as it sent them, all marked. */
  async getsMarked(mark: number, count = 5): Promise<void> {
    const from = this.telephone.heard.length;
    await this.telephone.until(() => this.telephone.heard.slice(from).filter(({ payload }) => payload.every((byte) => byte === mark)).length >= count);
  }

  /** Until `count` more packets of a mix have come. */
  async getsMixed(count = 5): Promise<void> {
    const from = this.telephone.heard.length;
    await this.telephone.until(() => this.telephone.heard.slice(from).filter(({ payload }) => new Set(payload).size > 1).length >= count);
  }

  press(event: number, payloadType: number): void {
    for (let step = 1; step <= 5; step += 1) {
      const payload = new Uint8Array(4);
      writeTelephoneEvent(payload, 0, { event, end: step >= 3, volume: 10, duration: Math.min(step, 3) * 160 });
      this.number += 1;
      this.telephone.say(this.port, [{ ssrc: this.mark, payloadType, sequenceNumber: this.number, timestamp: 160, payload }]);
    }
  }

  private speak(): void {
    this.number += 1;
    this.telephone.say(this.port, [{ ssrc: this.mark, payloadType: this.payloadType, sequenceNumber: this.number, timestamp: this.number * 160, payload: new Uint8Array(160).fill(this.mark) }]);
  }
}

async function conversation(t: TestContext): Promise<{ readonly plane: TestMediaPlane; readonly ann: Caller; readonly ben: Caller }> {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  const [ann, ben] = [await Caller.call(t, plane, 'ann', [pcmu, pcma, events(101)], 0x21), await Caller.call(t, plane, 'ben', [pcma, pcmu, events(96)], 0x42)];
  return { plane, ann, ben };
}

const gaps = ({ telephone: { heard } }: Caller): readonly number[] => heard.slice(1).map(({ sequenceNumber }, index) => (sequenceNumber - (heard[index]?.sequenceNumber ?? 0)) & 0xffff).filter((step) => step !== 1);

planeTest('two telephones with a codec in common get each other\'s packets as they are, keys among them', async (t) => {
  const { plane, ann, ben } = await conversation(t);
  await Promise.all([ann.getsMarked(0x42, 10), ben.getsMarked(0x21, 10)]);
  const decoded = plane.plane.mixing.current?.statistics().decodedFrames;
  await ben.getsMarked(0x21, 10);
  assert.equal(plane.plane.mixing.current?.statistics().decodedFrames, decoded, 'nothing is decoded');
  ann.press(7, 101);
  await ben.telephone.until(() => ben.telephone.heard.filter(({ payloadType, payload }) => payloadType === 96 && payload[0] === 7).length === 5);
  assert.deepEqual(plane.events.flatMap((event) => (event.kind === 'dtmfReceived' ? [event.tone] : [])), ['7']);
  assert.deepEqual([gaps(ann), gaps(ben)], [[], []]);
});

planeTest('packets pass in the length that each telephone asks for: joined, cut, keys between them, and with what is lost on the way missing', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  const codecs = [pcmu, events(101)];
  const [short, long] = [await openTelephoneLeg(t, plane, { legId: 'short', codecs, ssrc: 1, packetMs: 20 }), await openTelephoneLeg(t, plane, { legId: 'long', codecs, ssrc: 2, packetMs: 30 })];
  /** Sound in which each byte says where it is. */
  const say = ({ telephone, port }: typeof short, number: number, bytes: number): void =>
    telephone.say(port, [{ ssrc: bytes, payloadType: 0, sequenceNumber: number, timestamp: number * bytes, payload: Uint8Array.from({ length: bytes }, (_, at) => Math.floor((number * bytes + at) / 80) & 0xff) }]);
  let number = 0;
  const speaking = setInterval(() => {
    number += 1;
    if (number % 20 !== 0) say(short, number, 160);
    if (number % 20 === 10) short.telephone.say(short.port, [{ ssrc: 160, payloadType: 101, sequenceNumber: number += 1, timestamp: number * 160, payload: Uint8Array.of(3, 0x8a, 0, 160) }]);
    if (number % 2 === 0) say(long, number / 2, 320);
  }, 20);
  t.after(() => clearInterval(speaking));
  const passed = ({ telephone: { heard } }: typeof short): readonly HeardPacket[] => heard.filter(({ payloadType, payload }) => payloadType === 101 || payload.every((byte, at) => byte === (((payload[0] ?? 0) + Math.floor(at / 80)) & 0xff)));
  const whole = (side: typeof short, bytes: number): number => passed(side).filter(({ payload }) => payload.length === bytes).length;
  await Promise.all([long.telephone.until(() => whole(long, 240) > 40), short.telephone.until(() => whole(short, 160) > 40)]);
  const decoded = plane.plane.mixing.current?.statistics().decodedFrames;
  // No key is so long; whoever sends it anyway goes on being heard.
  short.telephone.say(short.port, [{ ssrc: 160, payloadType: 101, sequenceNumber: number += 1, timestamp: number * 160, payload: new Uint8Array(4000) }]);
  await long.telephone.until(() => whole(long, 240) > 80);
  assert.equal(plane.plane.mixing.current?.statistics().decodedFrames, decoded, 'nothing is decoded');
  const [joined, cut] = [passed(long).slice(-60), passed(short).slice(-30)];
  assert.ok(joined.some(({ payloadType }) => payloadType === 101));
  // What was before a key or a loss goes out in a packet that is not full.
  assert.deepEqual(joined.filter(({ payloadType, payload }) => payloadType === 0 && ![80, 160, 240].includes(payload.length)), []);
  assert.ok(joined.filter(({ payload }) => payload.length === 240).length > 45);
  assert.deepEqual(new Set(cut.map(({ payload }) => payload.length)), new Set([160]));
  for (const side of [joined, cut]) {
    const steps = side.slice(1).map(({ sequenceNumber }, index) => (sequenceNumber - (side[index]?.sequenceNumber ?? 0)) & 0xffff);
    assert.ok(steps.includes(2), 'what was lost is missing');
    for (const [index, { timestamp, payloadType, payload }] of side.slice(1).entries()) {
      const before = side[index];
      if (steps[index] === 1 && payloadType === 0 && before?.payloadType === 0) assert.deepEqual([timestamp - before.timestamp, payload[0]], [before.payload.length, ((before.payload.at(-1) ?? 0) + 1) & 0xff]);
    }
  }
});

planeTest('a third telephone is mixed in without a gap, and when it goes packets pass again', async (t) => {
  const { plane, ann, ben } = await conversation(t);
  await Promise.all([ann.getsMarked(0x42), ben.getsMarked(0x21)]);
  const carl = await Caller.call(t, plane, 'carl', [voice('G722', 9)], 0x63);
  await Promise.all([ann.getsMixed(), ben.getsMixed(), carl.getsMixed()]);
  plane.handle({ kind: 'closeLeg', conferenceId: 'c', legId: 'carl' });
  await Promise.all([ann.getsMarked(0x42), ben.getsMarked(0x21)]);
  assert.deepEqual([gaps(ann), gaps(ben)], [[], []]);
});

planeTest('a codec that the other has not agreed to is translated from its first packet on', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  const [ann, ben] = [await Caller.call(t, plane, 'ann', [pcmu, voice('G722', 9)], 0x21), await Caller.call(t, plane, 'ben', [pcmu], 0x42)];
  await ben.getsMarked(0x21);
  ann.payloadType = 9;
  await ben.getsMixed();
  assert.ok(ben.telephone.heard.every(({ payloadType }) => payloadType === 0));
  ann.payloadType = 0;
  await Promise.all([ben.getsMarked(0x21), ann.getsMarked(0x42)]);
  assert.deepEqual(gaps(ben), []);
});

planeTest('keys that are pressed for a telephone, sounds, and the silence of who is muted are ours', async (t) => {
  const { plane, ann, ben } = await conversation(t);
  await ben.getsMarked(0x21);
  plane.handle({ kind: 'sendDtmf', conferenceId: 'c', legId: 'ben', tones: '5' });
  await ben.telephone.until(() => ben.telephone.heard.some(({ payloadType, payload }) => payloadType === 96 && payload[0] === 5 && (payload[1] ?? 0) >= 0x80));
  await ben.getsMarked(0x21);
  plane.handle({ kind: 'setSound', conferenceId: 'c', legId: 'ben', sound: 'ringback' });
  await ben.getsMixed();
  plane.handle({ kind: 'setSound', conferenceId: 'c', legId: 'ben', sound: 'none' });
  await ben.getsMarked(0x21);
  plane.handle({ kind: 'setMuted', conferenceId: 'c', legId: 'ann', isMuted: true });
  const from = ben.telephone.heard.length;
  await ben.telephone.until(() => ben.telephone.heard.slice(from).filter(({ payload }) => payload.every((byte) => byte === payload[0] && byte !== 0x21)).length > 5);
  await ann.getsMarked(0x42);
});

planeTest('without telephone events packets pass where nobody is to listen for keys in them', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  const ignored = { dtmf: 'rfc4733', dtmfInSound: 'ignored' } as const;
  const [ann, ben] = [await Caller.call(t, plane, 'ann', [pcmu], 0x21, ignored), await Caller.call(t, plane, 'ben', [pcmu], 0x42, ignored)];
  const decodedFrames = (): number => plane.plane.mixing.current?.statistics().decodedFrames ?? 0;
  await Promise.all([ann.getsMarked(0x42, 10), ben.getsMarked(0x21, 10)]);
  const before = decodedFrames();
  await Promise.all([ann.getsMarked(0x42, 10), ben.getsMarked(0x21, 10)]);
  assert.equal(decodedFrames(), before);
});

planeTest('a client alone with a telephone is asked for its codec where the trunk wants that, then packets pass both ways; with a third it is Opus again', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: { audio: 'mixed', video: 'forwarded' } });
  const section = { mid: '0', kind: 'audio', extensions: noExtensions, receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] }, send: { ssrc: 1000 } } as const;
  const offered = (codecs: readonly SectionCodec[]) => [{ ...section, codecs }];
  const { client: anna, transport } = plane.open('anna', offered([testCodecs.opus, pcmu, pcma, events(126)]));
  await anna.connect(transport.remote, transport.local);
  const ben = await Caller.call(t, plane, 'ben', [pcmu, events(101)], 0x42, { dtmf: 'rfc4733', clientCodec: 'telephone' });
  const wanted = await plane.until((event) => event.kind === 'codecWanted' && event.codec !== undefined);
  assert.deepEqual(wanted, { kind: 'codecWanted', conferenceId: 'c', legId: 'anna', codec: 'PCMU', why: 'Packets of the telephone, in PCMU, can pass as they are.' });
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'anna', transport, sections: offered([pcmu, pcma, events(126)]) });
  let number = 0;
  const speaking = setInterval(() => anna.sendRtp([{ ssrc: 9, payloadType: 0, sequenceNumber: number, timestamp: (number += 1) * 160, payload: new Uint8Array(160).fill(0x21), elements: [midElement('0')] }]), 20);
  t.after(() => clearInterval(speaking));
  const passed = () => anna.heard.filter(({ payloadType, payload }) => payloadType === 0 && payload.every((byte) => byte === 0x42)).length;
  await Promise.all([ben.getsMarked(0x21), anna.until(() => passed() > 5)]);
  const decodedFrames = (): number => plane.plane.mixing.current?.statistics().decodedFrames ?? 0;
  const before = decodedFrames();
  await ben.getsMarked(0x21);
  assert.equal(decodedFrames(), before);
  const carl = await Caller.call(t, plane, 'carl', [pcmu], 0x63, { dtmf: 'rfc4733', clientCodec: 'telephone' });
  await plane.until((event) => event.kind === 'codecWanted' && event.codec === undefined);
  await Promise.all([ben.getsMixed(), carl.getsMixed()]);
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId: 'anna', transport, sections: offered([testCodecs.opus, pcmu, pcma, events(126)]) });
  await anna.until(() => anna.heard.at(-1)?.payloadType === 111);
  const numbers = anna.heard.map(({ sequenceNumber }) => sequenceNumber);
  assert.ok(numbers.every((value, index) => index === 0 || ((value - (numbers[index - 1] ?? 0)) & 0xffff) === 1), 'one stream, nothing missing');
  const times = anna.heard.map(({ timestamp }) => timestamp);
  assert.ok(times.every((value, index) => index === 0 || ((value - (times[index - 1] ?? 0)) | 0) > 0), 'its timestamps rise');
});
