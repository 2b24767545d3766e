/** Proves that the check of captures finds what is malformed in every protocol of ours, and takes nothing else for it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { malformedPackets } from './malformed-packets.ts';
import { labTest } from '../requirements.ts';

const needs = ['tshark'] as const;

/** A datagram from one computer to another, or a segment: its port at both ends, and what is in it. */
type Datagram = readonly [port: number, payload: Uint8Array, transport?: 'udp' | 'tcp'];

const rtpPort = 50_000;
const sip = (contentLength: string): Datagram => [5060, Buffer.from([
  'INVITE sip:anna@192.0.2.2 SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1', 'From: <sip:boris@192.0.2.1>;tag=1', 'To: <sip:anna@192.0.2.2>', 'Call-ID: 1@192.0.2.1', 'CSeq: 1 INVITE',
  'Contact: <sip:boris@192.0.2.1>', 'Max-Forwards: 70', 'Content-Type: application/sdp', `Content-Length: ${contentLength}`, '', description,
].join('\r\n'))];
const description = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', `m=audio ${rtpPort} RTP/AVP 0`, ''].join('\r\n');
const described = sip(String(description.length));

/** A Binding request with a FINGERPRINT, which is masked so (RFC 8489 §5, §14.7). */
const stun = (mask: number): Datagram => {
  const message = Buffer.concat([Buffer.from([0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42]), Buffer.alloc(12, 7), Buffer.from([0x80, 0x28, 0, 4, 0, 0, 0, 0])]);
  message.writeUInt32BE((crc32(message.subarray(0, 20)) ^ mask) >>> 0, 24);
  return [3478, message];
};
const fingerprintMask = 0x53_54_55_4e;

/** An RTP packet (RFC 3550 §5.1) with one contributing source, which says that it has `sources`. */
const rtp = (sources: number): Datagram => [rtpPort, Buffer.from([0x80 | sources, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9, 0, 0, 0, 8])];

/** An RTP packet whose payload is eight bytes of padding, which say that there are `length` (RFC 3550 §5.1). */
const padded = (port: number, length: number): Datagram => [port, Buffer.from([0xa0, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, length])];

/** A receiver report without blocks (RFC 3550 §6.4.2), which says that it has `words` after the first. */
const rtcp = (port: number, words: number): Datagram => [port, Buffer.from([0x80, 201, 0, words, 0, 0, 0, 9])];

/** A HelloVerifyRequest in a record of DTLS (RFC 6347 §4.2.1), whose cookie says that it has `length` bytes. */
const dtls = (length: number): Datagram => [3480, Buffer.from([22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 19, 3, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 0xfe, 0xff, length, 1, 2, 3, 4])];

/** Four of the eight bytes of a Finished message, from `offset` on (RFC 6347 §4.2.3). */
const fragment = (sequence: number, offset: number): Datagram => [3480, Buffer.from([22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, sequence, 0, 16, 20, 0, 0, 8, 0, 0, 0, 0, offset, 0, 0, 4, 1, 2, 3, 4])];

/** A request with a body. */
const http: Datagram = [8080, Buffer.from(['POST /v1/sign-in HTTP/1.1', 'Host: 192.0.2.2', 'Content-Type: application/json', 'Content-Length: 2', '', '{}'].join('\r\n')), 'tcp'];

labTest('nothing is wrong with messages as the RFCs have them', async () => {
  assert.deepEqual(await judged([described, stun(fingerprintMask), rtp(1), padded(rtpPort, 8), rtcp(rtpPort + 1, 1), dtls(4), http]), []);
}, { needs });

labTest('what is malformed is found and named, in every protocol', async () => {
  const found = await judged([described, sip('-1'), stun(0), rtp(15), padded(rtpPort, 0), rtcp(rtpPort + 1, 200), dtls(200)]);
  assert.deepEqual(found.map(({ frame, protocols }) => [frame, protocols.split(':').at(-1)]), [[2, 'sip'], [3, 'stun'], [4, 'rtp'], [5, 'rtp'], [6, 'rtcp'], [7, 'dtls']]);
  assert.ok(found.every(({ complaints }) => complaints !== ''));
}, { needs });

labTest('a handshake message in fragments may be sent again', async () => {
  const sent = [fragment(0, 0), fragment(1, 4)];
  const again = [fragment(2, 0), fragment(3, 4)];
  assert.deepEqual(await judged([...sent, ...again]), []);
}, { needs });

labTest('RTCP that nobody described is encrypted, and nobody judges it', async () => {
  assert.deepEqual(await judged([rtcp(3481, 200)]), []);
}, { needs });

labTest('a port of media is taken for nothing else because another protocol likes it', async () => {
  const elasticsearch = 54_328;
  assert.deepEqual(await judged([rtcp(elasticsearch, 200)]), []);
}, { needs });

async function judged(datagrams: readonly Datagram[]): ReturnType<typeof malformedPackets> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-malformed-'));
  try {
    const file = join(folder, 'written.pcap');
    await writeFile(file, captureOf(datagrams));
    return await malformedPackets(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file of libpcap whose packets begin with IPv4 (LINKTYPE_RAW). */
function captureOf(datagrams: readonly Datagram[]): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1_b2_c3_d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(101, 20);
  return Buffer.concat([header, ...datagrams.map(([port, payload, transport = 'udp']) => {
    const carried = Buffer.concat([transport === 'udp' ? udpHeader(port, payload.length) : tcpHeader(port), payload]);
    const packet = Buffer.alloc(16 + 20);
    packet.writeUInt32LE(20 + carried.length, 8);
    packet.writeUInt32LE(20 + carried.length, 12);
    packet.set([0x45, 0], 16);
    packet.writeUInt16BE(20 + carried.length, 18);
    packet.set([64, transport === 'udp' ? 17 : 6, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1], 24);
    return Buffer.concat([packet, carried]);
  })]);
}

function udpHeader(port: number, payloadLength: number): Uint8Array {
  const header = Buffer.alloc(8);
  for (const at of [0, 2]) header.writeUInt16BE(port, at);
  header.writeUInt16BE(header.length + payloadLength, 4);
  return header;
}

/** Of a segment without options that pushes its data (RFC 9293 §3.1). */
function tcpHeader(port: number): Uint8Array {
  const header = Buffer.alloc(20);
  for (const at of [0, 2]) header.writeUInt16BE(port, at);
  header.set([0x50, 0x18, 0xff, 0xff], 12);
  return header;
}
