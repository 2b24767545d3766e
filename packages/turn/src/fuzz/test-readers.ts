import assert from 'node:assert/strict';
import {
  checkFingerprint,
  looksLikeStun,
  MessageBuilder,
  answerBinding,
  parseStunMessage,
  readAddress,
  readChangeRequest,
  readErrorCode,
  readPasswordAlgorithm,
  readPasswordAlgorithms,
  readText,
  readUnknownAttributes,
  readXorAddress,
  readXorAddressAt,
  stunAttribute,
  type StunMessage,
  transportAddress,
  ipv4Address,
  verifyMessageIntegrity,
} from '@dialplane/stun';
import { nodeCrypto } from '@dialplane/kernels';
import {
  parseChannelData,
  readAddressError,
  readAddressFamily,
  readChannelNumber,
  readConnectionId,
  readEvenPort,
  readIcmp,
  readLifetime,
  readRequestedTransport,
  readReservationToken,
  StreamFramer,
  turnAttribute,
  turnKnownAttributes,
} from '../index.ts';

const key = new Uint8Array(16);
const answer = new MessageBuilder(new Uint8Array(512));
const addressTypes = [stunAttribute.mappedAddress, stunAttribute.xorMappedAddress, stunAttribute.alternateServer, turnAttribute.xorPeerAddress, turnAttribute.xorRelayedAddress];
const texts = ['username', 'realm', 'nonce', 'software', 'alternateDomain'] as const;
const source = transportAddress(ipv4Address(0x01020304), 5);

/** Everything that can be read from a message: for each reader what it found. */
function readMessage(message: StunMessage): readonly unknown[] {
  for (const type of message.attributeTypes()) assert.ok(message.find(type) >= 0 && message.value(type) !== undefined);
  const peers: unknown[] = [];
  for (let at = message.find(turnAttribute.xorPeerAddress); at >= 0; at = message.findNext(turnAttribute.xorPeerAddress, at)) peers.push(readXorAddressAt(message, at));
  const answered = answerBinding(message, { source, local: source, other: source }, answer);
  return [
    message.messageClass,
    message.method,
    message.unknownRequired(turnKnownAttributes),
    checkFingerprint(message),
    ...addressTypes.flatMap((type) => [readAddress(message, type), readXorAddress(message, type)]),
    ...texts.map((name) => readText(message, name)),
    readErrorCode(message),
    readUnknownAttributes(message),
    readPasswordAlgorithm(message),
    readPasswordAlgorithms(message),
    readChangeRequest(message),
    readLifetime(message),
    readRequestedTransport(message),
    readAddressFamily(message, 'requestedAddressFamily'),
    readAddressFamily(message, 'additionalAddressFamily'),
    readEvenPort(message),
    readReservationToken(message),
    readAddressError(message),
    readChannelNumber(message),
    readConnectionId(message),
    readIcmp(message),
    peers,
    answered?.bytes.length,
    verifyMessageIntegrity(message, 'sha1', key, nodeCrypto) || verifyMessageIntegrity(message, 'sha256', key, nodeCrypto, 16),
  ];
}

/** What all parsers make of `bytes`, as a value. Fails where one claims more bytes than there are. */
export function readAll(bytes: Uint8Array): readonly unknown[] {
  const parsed = parseStunMessage(bytes);
  if (!parsed.ok) assert.ok(parsed.at >= 0 && parsed.at <= bytes.length, `${parsed.code} at ${parsed.at}`);
  const channelData = parseChannelData(bytes);
  return [parsed.ok ? readMessage(parsed.value) : [parsed.code, parsed.at], looksLikeStun(bytes), channelData && [channelData.channel, [...channelData.data]], readFrames(bytes, 7), readFrames(bytes, bytes.length)];
}

/** As {@link readAll}, with other bytes around: an answer that depends on them comes from reading past the end. */
export function readInside(bytes: Uint8Array, around: number): readonly unknown[] {
  const slab = new Uint8Array(bytes.length + 128).fill(around);
  slab.set(bytes, 64);
  return readAll(slab.subarray(64, 64 + bytes.length));
}

/** What kind of answer each reader gave: two messages with the same shape have shown the same behaviour. */
export function shapeOf(read: readonly unknown[]): string {
  const kind = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.length > 3 ? value.map(kind) : [value.length, ...value.map(kind)];
    return typeof value === 'string' ? (/^[A-Z_a-z]+$/.test(value) ? value : 'text') : value === undefined || typeof value === 'boolean' ? value : typeof value;
  };
  const [message, ...rest] = read;
  return JSON.stringify([Array.isArray(message) && message.length === 2 ? message[0] : kind(message), ...rest.map((value) => typeof value)]);
}

function readFrames(bytes: Uint8Array, step: number): readonly number[] {
  const framer = new StreamFramer(4096);
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, step)) {
    framer.push(bytes.subarray(at, at + Math.max(1, step)));
    for (let next = framer.next(); next.kind !== 'incomplete'; next = framer.next()) {
      if (next.kind === 'notTurn') return [...lengths, -1];
      lengths.push(next.bytes.length);
    }
  }
  return lengths;
}
