/**
 * STUN: what address does the world see me at, and the messages that TURN and ICE are written in.
 *
 * RFC 8489 with its test vectors (RFC 5769), URIs (RFC 7064) and of RFC 5780 what a server with a second port offers. Messages are views into
 * the bytes they were read from; builders write into a buffer of the caller. Hashes come in as a {@link StunCrypto}, time as an argument:
 * nothing here touches a socket. What strangers send is never thrown at the caller: parsers answer `{ ok: false, code, at }`, readers of
 * attributes answer `undefined` for absent and malformed (`message.has(type)` tells which).
 *
 * Out of scope: RFC 3489 clients (no magic cookie), DNS discovery, DTLS, answering USERHASH as a server.
 *
 * ```ts
 * const parsed = parseStunMessage(datagram);
 * const answer = parsed.ok ? answerBinding(parsed.value, { source }, new MessageBuilder(buffer)) : undefined;
 * if (answer !== undefined) send(answer.bytes);
 * ```
 */
export type { IpAddress, TransportAddress } from './transport-address.ts';
export {
  formatIpAddress,
  formatTransportAddress,
  ipv4Address,
  ipv6Address,
  parseIpAddress,
  parseTransportAddress,
  sameIpAddress,
  sameTransportAddress,
  transportAddress,
} from './transport-address.ts';
export { AddressTable } from './address-table.ts';
export type { MessageClass } from './message-type.ts';
export { encodeMessageType, messageClassOf, methodOf, stunMethod } from './message-type.ts';
export { stunAttribute, stunKnownAttributes } from './attribute-type.ts';
export type { ParseErrorCode, ParseResult } from './stun-message.ts';
export { headerLength, looksLikeStun, magicCookie, parseStunMessage, readInt32, readUint16, StunMessage } from './stun-message.ts';
export { MessageBuilder, writeInt32, writeUint16 } from './message-builder.ts';
export type { StunCrypto } from './stun-crypto.ts';
export { equalInConstantTime } from './stun-crypto.ts';
export { decodeUtf8, encodeUtf8 } from './utf8.ts';
export { checkFingerprint, crc32, writeFingerprint } from './fingerprint.ts';
export type { IntegrityAlgorithm } from './message-integrity.ts';
export { integrityOf, verifyMessageIntegrity, writeMessageIntegrity, writeTruncatedIntegrity } from './message-integrity.ts';
export { readAddress, readXorAddress, readXorAddressAt, writeAddress, writeXorAddress } from './attributes/address.ts';
export type { TextAttribute } from './attributes/text.ts';
export { readText, writeText } from './attributes/text.ts';
export type { ErrorCode } from './attributes/error-code.ts';
export {
  decodeErrorCode,
  readErrorCode,
  readUnknownAttributes,
  stunErrorReasons,
  writeErrorCode,
  writeErrorValue,
  writeUnknownAttributes,
} from './attributes/error-code.ts';
export type { PasswordAlgorithm } from './attributes/password-algorithm.ts';
export {
  encodePasswordAlgorithms,
  passwordAlgorithmOf,
  readPasswordAlgorithm,
  readPasswordAlgorithms,
  writePasswordAlgorithm,
} from './attributes/password-algorithm.ts';
export type { ChangeRequest } from './attributes/nat-behaviour.ts';
export { readChangeRequest, writeChangeRequest } from './attributes/nat-behaviour.ts';
export { opaqueString } from './credentials/opaque-string.ts';
export { longTermKey, shortTermKey, userhash } from './credentials/credential-keys.ts';
export type { SecurityFeatures } from './credentials/nonce-cookie.ts';
export { encodeNonceCookie, parseNonceCookie } from './credentials/nonce-cookie.ts';
export type { StatelessNonceOptions } from './credentials/stateless-nonces.ts';
export { StatelessNonces } from './credentials/stateless-nonces.ts';
export type { LongTermCredentialSource, LongTermServerOptions, LongTermVerdict } from './credentials/long-term-server.ts';
export { LongTermServer } from './credentials/long-term-server.ts';
export type { ClientVerdict, CredentialFailure } from './credentials/long-term-client.ts';
export { LongTermClient } from './credentials/long-term-client.ts';
export type { ShortTermVerdict } from './credentials/short-term.ts';
export { checkShortTerm, checkShortTermResponse, writeShortTerm } from './credentials/short-term.ts';
export { RetransmissionTimeout } from './retransmission-timeout.ts';
export type { ClientTransactionEnd, ClientTransactionInput, ClientTransactionOptions, ClientTransactionOutput } from './client-transaction.ts';
export { ClientTransaction } from './client-transaction.ts';
export type { BindingAnswer, BindingContext } from './binding-server.ts';
export { answerBinding } from './binding-server.ts';
export type { HostAndPort, StunUri } from './stun-uri.ts';
export { formatStunUri, parseHostAndPort, parseStunUri } from './stun-uri.ts';
