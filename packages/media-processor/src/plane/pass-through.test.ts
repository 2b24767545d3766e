import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { writeTelephoneEvent } from '@dialplane/rtp';
import type { SectionCodec } from '../process-api/leg-settings.ts';
import { noExtensions, planeTest, TestMediaPlane } from './test-media-plane.ts';
import { TestTelephone } from './test-telephone.ts';

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

  static async call(t: TestContext, plane: TestMediaPlane, legId: string, codecs: readonly SectionCodec[], mark: number): Promise<Caller> {
    const telephone = await TestTelephone.open(t);
    plane.handle({ kind: 'openLeg', conferenceId: 'c', legId, identifier: `4:${legId}`, isMuted: false, telephone: { dtmf: 'rfc4733', address: '127.0.0.1' } });
    const opened = plane.events.find((event) => event.kind === 'portsOpened' && event.legId === legId);
    assert.ok(opened?.kind === 'portsOpened');
    const section = { mid: '0', kind: 'audio', codecs, extensions: noExtensions } as const;
    const sections = [{ ...section, receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] } }, { ...section, send: { ssrc: 5_000 + mark } }] as const;
    const transport = { kind: 'rtp', remote: { address: '127.0.0.1', port: telephone.port }, remoteRtcp: 'muxed', security: { kind: 'none' } } as const;
    plane.handle({ kind: 'setLeg', conferenceId: 'c', legId, transport, sections });
    const caller = new Caller(telephone, opened.port, mark, codecs[0]?.payloadType ?? 0);
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
