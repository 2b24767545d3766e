import { decodeErrorCode, type ErrorCode, type MessageBuilder, readInt32, type StunMessage, writeErrorValue } from '@dialplane/stun';
import { type AddressFamily, type RelayTransport, turnAttribute } from '../turn-numbers.ts';

/** Reads LIFETIME in seconds, 0..2^32-1 (RFC 8656 §18.2). Here as in all readers of this file: `undefined` when absent or malformed. */
export function readLifetime(message: StunMessage): number | undefined {
  const value = sized(message, turnAttribute.lifetime, 4);
  return value === undefined ? undefined : readInt32(value, 0) >>> 0;
}

export function writeLifetime(builder: MessageBuilder, seconds: number): void {
  builder.uint32(turnAttribute.lifetime, seconds);
}

/** Reads REQUESTED-TRANSPORT as an IP protocol number (RFC 8656 §18.8). */
export function readRequestedTransport(message: StunMessage): number | undefined {
  return sized(message, turnAttribute.requestedTransport, 4)?.[0];
}

/** The protocol number of a relay's transport, and back. */
export const protocolNumber: Record<RelayTransport, number> = { udp: 17, tcp: 6 };

export function writeRequestedTransport(builder: MessageBuilder, transport: RelayTransport): void {
  builder.uint32(turnAttribute.requestedTransport, protocolNumber[transport] << 24);
}

/** Which of the two attributes that name an address family. */
export type FamilyAttribute = 'requestedAddressFamily' | 'additionalAddressFamily' | 'additionalAddressFamilyOfDraft';

/** Reads REQUESTED-ADDRESS-FAMILY or ADDITIONAL-ADDRESS-FAMILY (RFC 8656 §18.6, §18.11); `'unknown'` for a family that does not exist. */
export function readAddressFamily(message: StunMessage, attribute: FamilyAttribute): AddressFamily | 'unknown' | undefined {
  const value = sized(message, turnAttribute[attribute], 4);
  return value === undefined ? undefined : familyOf(value[0] ?? 0);
}

export function writeAddressFamily(builder: MessageBuilder, attribute: FamilyAttribute, family: AddressFamily): void {
  builder.uint32(turnAttribute[attribute], (family === 4 ? 1 : 2) << 24);
}

/** Reads EVEN-PORT: whether the next higher port is to be reserved (RFC 8656 §18.7). */
export function readEvenPort(message: StunMessage): { readonly reserveNext: boolean } | undefined {
  const value = sized(message, turnAttribute.evenPort, 1);
  return value === undefined ? undefined : { reserveNext: ((value[0] ?? 0) & 0x80) !== 0 };
}

export function writeEvenPort(builder: MessageBuilder, reserveNext: boolean): void {
  builder.attribute(turnAttribute.evenPort, Uint8Array.of(reserveNext ? 0x80 : 0));
}

/** Reads RESERVATION-TOKEN as 16 hexadecimal digits (RFC 8656 §18.10). */
export function readReservationToken(message: StunMessage): string | undefined {
  return sized(message, turnAttribute.reservationToken, 8)?.reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}

export function writeReservationToken(builder: MessageBuilder, token: string): void {
  builder.attribute(turnAttribute.reservationToken, Uint8Array.from({ length: 8 }, (_, index) => Number.parseInt(token.slice(index * 2, index * 2 + 2), 16)));
}

/** ADDRESS-ERROR-CODE: why one family of a dual allocation is missing (RFC 8656 §18.12). */
export interface AddressError extends ErrorCode {
  readonly family: AddressFamily;
}

export function readAddressError(message: StunMessage): AddressError | undefined {
  const value = message.value(turnAttribute.addressErrorCode);
  const family = familyOf(value?.[0] ?? 0);
  const error = value === undefined ? undefined : decodeErrorCode(value);
  return error === undefined || family === 'unknown' ? undefined : { family, ...error };
}

export function writeAddressError(builder: MessageBuilder, error: AddressError): void {
  writeErrorValue(builder, turnAttribute.addressErrorCode, error.family === 4 ? 1 : 2, error.code, error.reason);
}

function familyOf(byte: number): AddressFamily | 'unknown' {
  return byte === 1 ? 4 : byte === 2 ? 6 : 'unknown';
}

function sized(message: StunMessage, type: number, length: number): Uint8Array | undefined {
  const value = message.value(type);
  return value?.length === length ? value : undefined;
}
