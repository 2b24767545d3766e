import { stunAttribute } from '../attribute-type.ts';
import type { MessageBuilder } from '../message-builder.ts';
import { readUint16, type StunMessage } from '../stun-message.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** ERROR-CODE (RFC 8489 §14.8): 300..699 and a phrase for people. */
export interface ErrorCode {
  readonly code: number;
  readonly reason: string;
}

/** RFC 8489 §14.8: the codes STUN itself defines, with their recommended phrases. */
export const stunErrorReasons = {
  300: 'Try Alternate',
  400: 'Bad Request',
  401: 'Unauthenticated',
  420: 'Unknown Attribute',
  438: 'Stale Nonce',
  500: 'Server Error',
} as const;

const longestReason = 763;

/** Reads ERROR-CODE; `undefined` when absent or malformed. A phrase that is too long or not UTF-8 is left out: it is for people only. */
export function readErrorCode(message: StunMessage): ErrorCode | undefined {
  const value = message.value(stunAttribute.errorCode);
  return value === undefined ? undefined : decodeErrorCode(value);
}

/** Writes ERROR-CODE. */
export function writeErrorCode(builder: MessageBuilder, { code, reason }: ErrorCode): void {
  writeErrorValue(builder, stunAttribute.errorCode, 0, code, reason);
}

/** Reads the value format that ERROR-CODE shares with ADDRESS-ERROR-CODE (RFC 8656 §18.12). */
export function decodeErrorCode(value: Uint8Array): ErrorCode | undefined {
  if (value.length < 4) return undefined;
  const hundreds = (value[2] ?? 0) & 7;
  const rest = value[3] ?? 0;
  if (hundreds < 3 || hundreds > 6 || rest > 99) return undefined;
  const phrase = value.length - 4 > longestReason ? undefined : decodeUtf8(value.subarray(4));
  return { code: hundreds * 100 + rest, reason: phrase ?? '' };
}

/** Writes that format; `firstByte` is reserved in ERROR-CODE and the address family in ADDRESS-ERROR-CODE. */
export function writeErrorValue(builder: MessageBuilder, type: number, firstByte: number, code: number, reason: string): void {
  const phrase = encodeUtf8(reason);
  const at = builder.reserve(type, 4 + phrase.length);
  builder.buffer.set([firstByte, 0, Math.floor(code / 100), code % 100], at);
  builder.buffer.set(phrase, at + 4);
}

/** Reads UNKNOWN-ATTRIBUTES (RFC 8489 §14.13); `undefined` when absent or of odd length. */
export function readUnknownAttributes(message: StunMessage): number[] | undefined {
  const value = message.value(stunAttribute.unknownAttributes);
  if (value === undefined || value.length % 2 !== 0) return undefined;
  return Array.from({ length: value.length / 2 }, (_, index) => readUint16(value, index * 2));
}

/** Writes UNKNOWN-ATTRIBUTES. */
export function writeUnknownAttributes(builder: MessageBuilder, types: readonly number[]): void {
  builder.attribute(stunAttribute.unknownAttributes, Uint8Array.from(types.flatMap((type) => [type >>> 8, type & 255])));
}
