import { isIPv6 } from 'node:net';

/** A SIP message on the network: what a capture at our interface would have had. */
export interface CapturedMessage {
  /** Wall clock. */
  readonly atMs: number;
  readonly source: CaptureAddress;
  readonly destination: CaptureAddress;
  readonly bytes: Uint8Array;
}

export interface CaptureAddress {
  readonly address: string;
  readonly port: number;
}

const magicOfMicroseconds = 0xa1b2c3d4;
/** LINKTYPE_RAW: packets begin with their IP header (tcpdump's list of link types). */
const linkTypeRaw = 101;
const protocolUdp = 17;
const udpHeaderLength = 8;
const longestPacket = 65_535;

/**
 * Writes a capture in libpcap's format (draft-ietf-opsawg-pcap), one UDP datagram per message between its real addresses, so that Wireshark shows the calls in it.
 *
 * What came over TCP or TLS is framed as UDP, too: the messages are whole, and nobody needs keys to read them. One that is longer than a datagram can be is cut.
 * Both addresses of a message have to be of the same family; an IPv4 address beside an IPv6 one is written as IPv4-mapped.
 */
export function writeSipCapture(messages: readonly CapturedMessage[]): Uint8Array {
  return Buffer.concat([fileHeader(), ...messages.flatMap((message) => record(message))]);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(magicOfMicroseconds, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(longestPacket, 16);
  header.writeUInt32LE(linkTypeRaw, 20);
  return header;
}

function record(message: CapturedMessage): Buffer[] {
  const isIpv6 = isIPv6(message.source.address) || isIPv6(message.destination.address);
  const roomForPayload = longestPacket - (isIpv6 ? 40 : 20) - udpHeaderLength;
  const payload = message.bytes.subarray(0, roomForPayload);
  const [source, destination] = [message.source, message.destination].map(({ address }) => addressBytes(address, isIpv6)) as [Buffer, Buffer];
  const udp = udpHeader(message, source, destination, payload);
  const ip = isIpv6 ? ipv6Header(source, destination, udp.length + payload.length) : ipv4Header(source, destination, udp.length + payload.length);
  const header = Buffer.alloc(16);
  const length = ip.length + udp.length + payload.length;
  header.writeUInt32LE(Math.floor(message.atMs / 1000), 0);
  header.writeUInt32LE(Math.floor((message.atMs % 1000) * 1000), 4);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(length, 12);
  return [header, ip, udp, Buffer.from(payload)];
}

function udpHeader({ source, destination }: CapturedMessage, sourceBytes: Buffer, destinationBytes: Buffer, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(udpHeaderLength);
  const length = udpHeaderLength + payload.length;
  header.writeUInt16BE(source.port, 0);
  header.writeUInt16BE(destination.port, 2);
  header.writeUInt16BE(length, 4);
  const pseudo = Buffer.alloc(4);
  pseudo.writeUInt16BE(protocolUdp, 0);
  pseudo.writeUInt16BE(length, 2);
  header.writeUInt16BE(checksum([sourceBytes, destinationBytes, pseudo, header, payload]) || 0xffff, 6);
  return header;
}

function ipv4Header(source: Buffer, destination: Buffer, payloadLength: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(header.length + payloadLength, 2);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocolUdp, 9);
  source.copy(header, 12);
  destination.copy(header, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

function ipv6Header(source: Buffer, destination: Buffer, payloadLength: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payloadLength, 4);
  header.writeUInt8(protocolUdp, 6);
  header.writeUInt8(64, 7);
  source.copy(header, 8);
  destination.copy(header, 24);
  return header;
}

/** The Internet checksum (RFC 1071) of parts of which all but the last have an even length. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function addressBytes(address: string, isIpv6: boolean): Buffer {
  if (!isIPv6(address)) {
    const four = Buffer.from(address.split('.').map(Number));
    return isIpv6 ? Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), four]) : four;
  }
  const [head = [], tail] = (address.split('%')[0] ?? '').split('::').map((part) => part.split(':').filter((group) => group !== '').flatMap(groupBytes)) as [number[]?, number[]?];
  return Buffer.from(tail === undefined ? head : [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail]);
}

/** A group of an IPv6 address, or its last 32 bits written as an IPv4 address. */
function groupBytes(group: string): number[] {
  if (group.includes('.')) return group.split('.').map(Number);
  const value = Number.parseInt(group, 16);
  return [value >>> 8, value & 0xff];
}
