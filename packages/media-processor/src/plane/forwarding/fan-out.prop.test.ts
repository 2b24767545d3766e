/** Whatever a source sends and receivers do: what the kernel sends on is what the streams would have sent by themselves, byte for byte and in every count. */
import assert from 'node:assert/strict';
import { srtpProfile } from '@dialplane/kernels';
import { addMilliseconds, type Instant, instant } from '@dialplane/sansio';
import fc from 'fast-check';
import type { SectionCodec } from '../../process-api/leg-settings.ts';
import { openTestKernels } from '../test-media-client.ts';
import { planeTest } from '../test-media-plane.ts';
import { ForwardingWorld, type TestPacket, type TestReceiver } from './test-forwarding-world.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 200);
const codec = (name: string, payloadType: number, clockRate: number): SectionCodec => ({ name, payloadType, clockRate, channels: 1, parameters: '', nack: true });
/** As the source numbers them; receivers have none for the last. */
const sourceCodecs: readonly SectionCodec[] = [codec('VP8', 96, 90_000), codec('H264', 98, 90_000), codec('opus', 111, 48_000), codec('AV1', 45, 90_000)];

const id = fc.constantFrom(0, 1, 3, 14, 15, 20);
const receiver = fc.record({
  kind: fc.constantFrom('video' as const, 'video' as const, 'audio' as const),
  profile: fc.constantFrom(srtpProfile.aes128CmSha1_80, srtpProfile.aeadAes256Gcm),
  ids: fc.tuple(id, id, id),
  startBps: fc.constantFrom(40_000, 20_000_000),
});
const packet = {
  source: fc.constant(0),
  payloadType: fc.constant<number | undefined>(undefined),
  step: fc.constant(1),
  timestampStep: fc.constantFrom(0, 3000),
  pictureStep: fc.constantFrom(0, 0, 1),
  marker: fc.boolean(),
  level: fc.option(fc.nat({ max: 255 }), { nil: undefined }),
  isKeyFrame: fc.constantFrom(true, false, false),
  /** X with I, L, T and K; without it there is only the first byte. */
  extended: fc.constantFrom<number | undefined>(0xf0, 0xe0, 0xc0),
  isLong: fc.constant(true),
  layers: fc.constantFrom(0, 0, 0x40, 0x9f, 0xff),
  starts: fc.boolean(),
  size: fc.constantFrom(1, 20, 900),
};
const oddPacket = {
  ...packet,
  source: fc.constantFrom(0, 1),
  /** That of the run where it is undefined. */
  payloadType: fc.constantFrom(undefined, 96, 98, 111, 45),
  step: fc.constantFrom(1, 2, 3, 0, -1, -3, 20_000),
  timestampStep: fc.constantFrom(0, -3000, 3000),
  pictureStep: fc.constantFrom(0, 2, 70, -1),
  extended: fc.constantFrom(0xf0, 0x80, 0xa0, 0x30, 0x40, undefined),
  isLong: fc.boolean(),
  layers: fc.nat({ max: 255 }),
  size: fc.constantFrom(0, 1, 20),
};
const fields = fc.oneof({ weight: 12, arbitrary: fc.record(packet) }, { weight: 1, arbitrary: fc.record(oddPacket) });
type Fields = typeof fields extends fc.Arbitrary<infer Value> ? Value : never;
const who = fc.nat({ max: 2 });
const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('batch' as const), packets: fc.array(fields, { minLength: 1, maxLength: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 20, 500) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('watch' as const), who, source: fc.constantFrom(0, 1, undefined) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('layers' as const), who, highest: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ask' as const), who, back: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 3 }) }) },
  fc.record({ kind: fc.constant('pad' as const), who }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

function makeReceiver({ kind, profile, ids: [audioLevel, absoluteSendTime, transportSequence], startBps }: typeof receiver extends fc.Arbitrary<infer Value> ? Value : never, index: number): TestReceiver {
  const isGcm = profile === srtpProfile.aeadAes256Gcm;
  const keys = { profile, key: new Uint8Array(isGcm ? 32 : 16).fill(index + 1), salt: new Uint8Array(isGcm ? 12 : 14).fill(9) };
  const codecs = [{ ...codec('VP8', 100, 90_000), rtxPayloadType: 101 }, codec('H264', 98, 90_000), codec('opus', 120, 48_000)];
  const section = { mid: '0', kind, codecs, extensions: { mid: 0, rid: 0, repairedRid: 0, audioLevel, absoluteSendTime, transportSequence }, send: { ssrc: 500 + index, ...(kind === 'video' && { rtxSsrc: 600 + index }) } };
  return { section, keys, startBps };
}

/** Where a source is. */
class Position {
  number = 65_500;
  timestamp = 0x7fffff00;
  readonly usualType: number;
  picture = 0x7ff0;
  tl0 = 250;

  constructor(usualType: number) {
    this.usualType = usualType;
  }

  next({ step, timestampStep, pictureStep, payloadType = this.usualType, marker, level, isKeyFrame, extended, isLong, layers, starts, size }: Fields, ssrc: number): TestPacket {
    this.number = (this.number + step) & 0xffff;
    this.timestamp = (this.timestamp + timestampStep) | 0;
    this.picture = (this.picture + pictureStep) & 0x7fff;
    this.tl0 = (this.tl0 + (pictureStep > 0 ? 1 : 0)) & 0xff;
    const header = Buffer.alloc(level === undefined ? 12 : 20);
    header[0] = level === undefined ? 0x80 : 0x90;
    header[1] = (marker ? 0x80 : 0) | payloadType;
    header.writeUInt16BE(this.number, 2);
    header.writeInt32BE(this.timestamp, 4);
    header.writeUInt32BE(ssrc, 8);
    if (level !== undefined) header.set([0xbe, 0xde, 0, 1, 0x10, level, 0, 0], 12);
    const descriptor = payloadType === 96 ? this.descriptor(extended, isLong, layers, starts) : [];
    return { bytes: Buffer.concat([header, Uint8Array.from(descriptor), Buffer.alloc(size, isKeyFrame ? 0x10 : 0x11)]), startsKeyFrame: isKeyFrame };
  }

  private descriptor(extended: number | undefined, isLong: boolean, layers: number, starts: boolean): readonly number[] {
    const first = starts ? 0x10 : 0;
    if (extended === undefined) return [first];
    const pictureId = (extended & 0x80) === 0 ? [] : isLong ? [0x80 | (this.picture >>> 8), this.picture & 0xff] : [this.picture & 0x7f];
    return [first | 0x80, extended, ...pictureId, ...((extended & 0x40) === 0 ? [] : [this.tl0]), ...((extended & 0x30) === 0 ? [] : [layers])];
  }
}

type Worlds = readonly [ForwardingWorld, ForwardingWorld];

function act(world: ForwardingWorld, action: Exclude<Action, { readonly kind: 'batch' }>, lastSent: readonly number[], now: Instant): void {
  if (action.kind === 'pass') {
    for (const leg of world.legs) leg.sendWaiting(now);
    return;
  }
  const index = action.who % world.legs.length;
  const stream = world.stream(index);
  if (action.kind === 'watch') stream.setSource(action.source === undefined ? undefined : world.sources[action.source]);
  else if (action.kind === 'layers') stream.limitTemporalLayers(action.highest);
  else if (action.kind === 'pad') stream.sendPadding(100, now);
  else world.askAgain(index, action.back.map((back) => ((lastSent[index] ?? 0) - back) & 0xffff), now);
}

/** What is counted, which is right while numbers are lent. */
function countsOf(world: ForwardingWorld): unknown {
  return world.legs.map((leg, index) => {
    const { packets, octets, timestamp, sentAt } = world.stream(index).numbers;
    return { packets, octets, timestamp, sentAt, transportNumber: leg.bandwidth?.nextNumber, waiting: leg.waiting.size };
  });
}

/** The mappings, which are right once numbers are settled. */
function mappingsOf(world: ForwardingWorld): unknown {
  return world.legs.map(({ bandwidth }, index) => {
    const { numbers } = world.stream(index);
    numbers.settle();
    const { sequence, timestamps, pictures } = numbers;
    return { sequence, timestamps, pictures, bandwidth };
  });
}

/** One action in both worlds, the first of which lets the kernel send. @returns when it is then. */
function step([byKernel, byStreams]: Worlds, action: Action, positions: readonly Position[], lastSent: number[], before: Instant): Instant {
  const now = action.kind === 'pass' ? addMilliseconds(before, action.ms) : before;
  if (action.kind === 'batch') {
    for (const [source, position] of positions.entries()) {
      const batch = action.packets.filter((packet) => packet.source === source).map((packet) => position.next(packet, source + 1));
      if (batch.length === 0) continue;
      byKernel.forward(source, batch, 'kernel', now);
      byStreams.forward(source, batch, 'streams', now);
    }
  } else for (const world of [byKernel, byStreams]) act(world, action, lastSent, now);
  return now;
}

planeTest('the kernel sends on what streams would send by themselves', () => {
  const kernels = openTestKernels();
  let sentByKernel = 0;
  fc.assert(fc.property(fc.array(receiver, { minLength: 1, maxLength: 3 }), fc.constantFrom(96, 96, 98, 111), fc.array(action, { minLength: 1, maxLength: 25 }), (choices, usualType, actions) => {
    const receivers = choices.map(makeReceiver);
    let now = instant(1_000);
    const open = (index: number): ForwardingWorld => new ForwardingWorld(index, kernels, receivers, sourceCodecs, now);
    const worlds: Worlds = [open(0), open(1)];
    try {
      const positions = [new Position(usualType), new Position(usualType)];
      const lastSent = receivers.map(() => 0);
      for (const world of worlds) for (const [index] of world.legs.entries()) world.stream(index).setSource(world.sources[0]);
      for (const action of actions) {
        now = step(worlds, action, positions, lastSent, now);
        const [sent, expected] = worlds.map((world) => world.sent());
        assert.deepEqual(sent, expected);
        assert.deepEqual(countsOf(worlds[0]), countsOf(worlds[1]));
        for (const [index, packets] of sent?.entries() ?? []) for (const packet of packets) if (parseInt(packet.slice(16, 24), 16) === 500 + index) lastSent[index] = parseInt(packet.slice(4, 8), 16);
      }
      sentByKernel += worlds[0].legs.reduce((sum, _, index) => sum + worlds[0].stream(index).numbers.unsettled, 0);
      assert.deepEqual(mappingsOf(worlds[0]), mappingsOf(worlds[1]));
      assert.deepEqual(countsOf(worlds[0]), countsOf(worlds[1]));
    } finally {
      for (const world of worlds) world.close(now);
    }
  }), { numRuns });
  assert.ok(sentByKernel > numRuns, `the kernel has sent ${sentByKernel} packets at the end`);
});
