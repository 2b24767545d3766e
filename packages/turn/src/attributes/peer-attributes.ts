import { type MessageBuilder, readInt32, readUint16, type StunMessage, writeInt32 } from '@dialplane/stun';
import { turnAttribute } from '../turn-numbers.ts';

/** Reads CHANNEL-NUMBER, whatever its range (RFC 8656 §18.1). Here as in all readers of this file: `undefined` when absent or malformed. */
export function readChannelNumber(message: StunMessage): number | undefined {
  const value = message.value(turnAttribute.channelNumber);
  return value?.length === 4 ? readUint16(value, 0) : undefined;
}

export function writeChannelNumber(builder: MessageBuilder, channel: number): void {
  builder.uint32(turnAttribute.channelNumber, channel << 16);
}

/** Reads CONNECTION-ID, unsigned (RFC 6062 §6.2.1). */
export function readConnectionId(message: StunMessage): number | undefined {
  const value = message.value(turnAttribute.connectionId);
  return value?.length === 4 ? readInt32(value, 0) >>> 0 : undefined;
}

export function writeConnectionId(builder: MessageBuilder, connectionId: number): void {
  builder.uint32(turnAttribute.connectionId, connectionId);
}

/** ICMP: why a peer was not reached; `data` is the MTU of the next hop or 0 (RFC 8656 §18.13). */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  readonly data: number;
}

export function readIcmp(message: StunMessage): IcmpError | undefined {
  const value = message.value(turnAttribute.icmp);
  return value?.length === 8 ? { type: value[2] ?? 0, code: value[3] ?? 0, data: readInt32(value, 4) >>> 0 } : undefined;
}

export function writeIcmp(builder: MessageBuilder, icmp: IcmpError): void {
  const at = builder.reserve(turnAttribute.icmp, 8);
  writeInt32(builder.buffer, at, ((icmp.type & 255) << 8) | (icmp.code & 255));
  writeInt32(builder.buffer, at + 4, icmp.data);
}
