import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { amplitudeAt, Hearer, soundFile, Talker, testKernels, tone } from '../../mixing/test-mix.ts';
import type { SectionSettings } from '../../process-api/leg-settings.ts';
import type { HeardPacket, TestMediaClient } from '../test-media-client.ts';
import { microphone, midElement, planeTest, speaker, testCodecs, testExtensions, TestMediaPlane } from '../test-media-plane.ts';

const voice = (ssrc: number): readonly SectionSettings[] => [microphone('0', ssrc), speaker('1', ssrc + 1), speaker('2', ssrc + 2)];

/** A client that speaks a tone of its own every 20 ms, and what it hears. */
class Member {
  readonly client: TestMediaClient;
  private readonly kernels = testKernels();
  private readonly talker: Talker;
  private readonly ssrc: number;

  constructor(t: TestContext, client: TestMediaClient, ssrc: number, frequencyHz: number) {
    this.client = client;
    this.ssrc = ssrc;
    this.talker = new Talker(this.kernels, 'opus', tone(frequencyHz));
    const talking = setInterval(() => this.say(), 20);
    t.after(() => clearInterval(talking));
  }

  /** Amplitude of a tone in the last half second of `packets`. */
  loudness(packets: readonly HeardPacket[], frequencyHz: number): number {
    const hearer = new Hearer(this.kernels, 'opus');
    for (const [index, { payload, timestamp }] of packets.entries()) hearer.hear(payload, { timestamp, startsTalkspurt: false, level: 0 }, index + 1);
    return amplitudeAt(frequencyHz, hearer.between(packets.length / 50 - 0.5, packets.length / 50));
  }

  private say(): void {
    const { sequenceNumber, timestamp, bytes, length } = this.talker.next(performance.now(), 20);
    const elements = [midElement('0'), [testExtensions.audioLevel, Uint8Array.of(0x80 | 20)]] as const;
    this.client.sendRtp([{ ssrc: this.ssrc, payloadType: 111, sequenceNumber, timestamp, payload: bytes.slice(0, length), elements }]);
  }
}

async function choir(t: TestContext): Promise<{ plane: TestMediaPlane; members: readonly Member[] }> {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  const clients = [await plane.connect('anna', voice(1000)), await plane.connect('bert', voice(2000)), await plane.connect('carl', voice(3000))];
  return { plane, members: clients.map((client, index) => new Member(t, client, 70 + index, 400 * (index + 1))) };
}

planeTest('whose sound is mixed hears all others in one stream, and not itself', async (t) => {
  const { plane, members } = await choir(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: { audio: 'mixed', video: 'forwarded' } });
  for (const [index, member] of members.entries()) {
    const { client } = member;
    const ours = 1000 * (index + 1);
    await client.until(() => client.heard.filter(({ ssrc }) => ssrc === ours).length >= 60);
    const mixed = client.heard.filter(({ ssrc }) => ssrc === ours).slice(-50);
    for (const [other, frequencyHz] of [400, 800, 1200].entries()) {
      const loudness = member.loudness(mixed, frequencyHz);
      assert.ok(other === index ? loudness < 0.03 : loudness > 0.06, `${index} hears ${frequencyHz} Hz at ${loudness}`);
    }
  }
});

planeTest('from the mix to forwarded sound and back, streams go on in their numbers', async (t) => {
  const { plane, members } = await choir(t);
  const [anna] = members;
  assert.ok(anna !== undefined);
  const { client } = anna;
  const first = (): readonly HeardPacket[] => client.heard.filter(({ ssrc }) => ssrc === 1000);
  const others = (): readonly HeardPacket[] => client.heard.filter(({ ssrc }) => ssrc !== 1000);
  const setAudio = (audio: 'mixed' | 'forwarded'): void => plane.handle({ kind: 'setModes', conferenceId: 'c', legId: 'anna', modes: { audio, video: 'forwarded' } });
  setAudio('mixed');
  await client.until(() => first().length >= 20);
  const before = others().length;
  setAudio('forwarded');
  await client.until(() => others().length >= before + 10 && first().length >= 30);
  setAudio('mixed');
  const atSwitch = first().length;
  await client.until(() => first().length >= atSwitch + 20);
  const numbers = first().map(({ sequenceNumber }) => sequenceNumber);
  assert.deepEqual(numbers.map((number, index) => (number - (numbers[index - 1] ?? number - 1)) & 0xffff), numbers.map(() => 1));
  const steps = first().map(({ timestamp }, index, all) => (timestamp - (all[index - 1]?.timestamp ?? timestamp - 1)) | 0);
  assert.ok(steps.every((step) => step > 0 && step < 48_000), `${steps.join(' ')}`);
  assert.ok(plane.events.some((event) => event.kind === 'modesChanged' && event.legId === 'anna' && event.modes.audio === 'mixed'));
});

planeTest('what is played to all reaches those whose sound is forwarded, in the mix; afterwards they hear as before', async (t) => {
  const { plane, members: [anna] } = await choir(t);
  assert.ok(anna !== undefined);
  const { client } = anna;
  const streams = (count: number): number => new Set(client.heard.slice(-count).map(({ ssrc }) => ssrc)).size;
  await client.until(() => client.heard.length > 20 && streams(20) === 2);
  plane.handle({ kind: 'play', conferenceId: 'c', playId: 'p', to: 'all', sounds: [soundFile(t, tone(2000, { rate: 16_000 }), 16_000)], isLooped: false });
  await plane.until((event) => event.kind === 'playEnded');
  const mixed = client.heard.filter(({ ssrc }) => ssrc === 1000).slice(-40);
  assert.ok(anna.loudness(mixed, 2000) > 0.06 && anna.loudness(mixed, 800) > 0.06, `${anna.loudness(mixed, 2000)} ${anna.loudness(mixed, 800)}`);
  const before = client.heard.length;
  await client.until(() => client.heard.length > before + 40 && streams(20) === 2);
});

planeTest('who loses much of the mix gets it with redundancy, which the others have not', async (t) => {
  const plane = new TestMediaPlane(t);
  await plane.startMixing(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: { audio: 'mixed', video: 'forwarded' } });
  const repairing = (ssrc: number): readonly SectionSettings[] => voice(ssrc).map((section) => Object.assign({}, section, { codecs: [{ ...testCodecs.opus, parameters: 'minptime=10;useinbandfec=1' }] }));
  const [anna, bert, carl] = [await plane.connect('anna', repairing(1000)), await plane.connect('bert', repairing(2000)), await plane.connect('carl', repairing(3000))];
  assert.ok(new Member(t, anna, 70, 400).client === anna);
  // One encoder for all who listen makes the same packets for them.
  const shared = (): number => {
    const carls = new Set(carl.heard.map(({ payload }) => String(payload)));
    return bert.heard.slice(-25, -10).filter(({ payload }) => carls.has(String(payload))).length;
  };
  await bert.until(() => bert.heard.length > 40 && shared() > 10);
  bert.sendRtcp((writer) => writer.receiverReport(1, [{ ssrc: 2000, fractionLost: 26, cumulativeLost: 5, extendedHighestSequenceNumber: 100, jitter: 0, lastSenderReport: 0, delaySinceLastSenderReport: 0 }]));
  await bert.until(() => shared() === 0);
  // The speech layer of Opus, alone or below another one, has redundancy (RFC 6716 §3.1).
  assert.ok(bert.heard.slice(-10).every(({ payload }) => (payload[0] ?? 255) >> 3 < 16));
});
