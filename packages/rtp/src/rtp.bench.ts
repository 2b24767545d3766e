/** What a packet costs in each of its stations, in CPU time and heap: `node --expose-gc packages/rtp/src/rtp.bench.ts`. */
import { instant } from '@dialplane/sansio';
import {
  ArrivalRecorder,
  ExtensionElements,
  extensionKind,
  HeaderExtensionMap,
  NackGenerator,
  ReceiveStatistics,
  RetransmissionStore,
  RtpHeaderWriter,
  RtpPacket,
  SequenceMapping,
  TimestampMapping,
  Vp8Descriptor,
  Vp8Mapping,
  writeVp8Descriptor,
} from './index.ts';

const rounds = 1_000_000;
const map = new HeaderExtensionMap([{ audioLevel: 1, absoluteSendTime: 2, transportSequence: 3, mid: 4, rid: 10, videoOrientation: 13 }]);
const slab = new Uint8Array(4096);
const writer = new RtpHeaderWriter();
const packet = new RtpPacket();
const elements = new ExtensionElements();

function writeHeader(at: number, sequenceNumber: number, ssrc: number): number {
  writer.begin(slab, at, 1, 96, sequenceNumber, -sequenceNumber * 3000, ssrc);
  writer.elementUint24(2, sequenceNumber);
  writer.elementUint16(3, sequenceNumber);
  writer.element(4, slab, 4000, 1);
  writer.elementUint8(13, 0);
  return writer.finish();
}

function measure(name: string, one: (round: number) => number): void {
  let sum = 0;
  for (let round = 0; round < 200_000; round += 1) sum += one(round);
  const costs = Array.from({ length: 5 }, () => {
    globalThis.gc?.();
    const heapBefore = process.memoryUsage().heapUsed;
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) sum += one(round);
    const { user } = process.cpuUsage(before);
    return { nanoseconds: (user * 1000) / rounds, bytes: (process.memoryUsage().heapUsed - heapBefore) / rounds };
  }).sort((a, b) => a.nanoseconds - b.nanoseconds);
  const [best] = costs;
  console.log(`${name}: ${best?.nanoseconds.toFixed(1)} ns and ${best?.bytes.toFixed(2)} bytes of heap per packet (best of 5)${sum === -1 ? '!' : ''}`);
}

const headerLength = writeHeader(0, 7, -5);
const vp8Payload = Uint8Array.of(0x90, 0xe0, 0x92, 0x34, 0x80, 0x60, 0x01, 0x00);
slab.set(vp8Payload, headerLength);
const descriptor = new Vp8Descriptor();
const statistics = new ReceiveStatistics(90_000);
const nacks = new NackGenerator();
const recorder = new ArrivalRecorder();
const store = new RetransmissionStore({ keepMs: 500, leastBytes: 65_536, mostBytes: 262_144 });
const sequence = new SequenceMapping(100);
const timestamps = new TimestampMapping(5);
const pictures = new Vp8Mapping(1, 1);
sequence.splice(0);
timestamps.splice(0, 0);
descriptor.read(slab, headerLength, 1000);
pictures.splice(descriptor);

measure('read a header and find its elements', () => {
  const verdict = packet.read(slab, 0, 1200);
  elements.locate(packet, map);
  return verdict + (elements.lengths[extensionKind.mid] ?? 0) + elements.transportSequence();
});
measure('write a header with four elements', (round) => writeHeader(2000, round & 0xffff, -round));
measure('read a VP8 descriptor, map it, write another', () => {
  descriptor.read(slab, headerLength, 1000);
  return writeVp8Descriptor(slab, 3000, descriptor, pictures.pictureId(descriptor), pictures.tl0PictureIndex(descriptor));
});
measure('map sequence number and timestamp', (round) => sequence.map(round & 0xffff) + timestamps.map(round * 3000));
measure('count for reports', (round) => (statistics.note(round & 0xffff, (round * 300) | 0, 1200, instant(round / 3)) ? 1 : 0));
measure('watch for loss', (round) => (nacks.note(round & 0xffff, instant(round / 3)) ? 1 : 0));
measure('note an arrival, with feedback every 50 packets', (round) => {
  recorder.note(round & 0xffff, instant(round / 3));
  return round % 50 === 0 && recorder.hasUnreported ? recorder.writeFeedback(slab, 3000) : 0;
});
measure('keep for retransmission (1200 bytes)', (round) => {
  packet.sequenceNumber = round & 0xffff;
  store.put(packet, instant(round / 3));
  return store.offset;
});
