/**
 * TURN: a relay for those who cannot reach each other, and its client, as machines without I/O.
 *
 * RFC 8656 (UDP relays for IPv4, IPv6 and both, over UDP, TCP and TLS), RFC 6062 (TCP relays), URIs of RFC 7065, on top of the STUN package. The server
 * is given datagrams, frames, what became of sockets, and the time; it returns what to send, which relay ports to open, and rows for a
 * ledger. Who may use it, whom it may reach and how much are ports ({@link LongTermCredentialSource}, {@link PeerPolicy},
 * {@link AdmissionPolicy}). Media takes {@link PacketRelay}: a decision per packet without queue, copy or allocation, for drivers that work on
 * batches.
 *
 * Assumed: long-term credentials always; addresses of peers as IPv4 or IPv6, never mapped. Out of scope: mobility (RFC 8016), third-party
 * authorization (RFC 7635), DTLS, translating TTL, traffic class and fragments (RFC 8656 §13: the sockets' defaults are used).
 *
 * ```ts
 * server.handle({ kind: 'clientDatagram', path, bytes }, now);
 * for (let output = server.poll(); output !== undefined; output = server.poll()) perform(output);
 * const wakeAt = server.pollTimeout(); // call server.handleTimeout(now) when it has come
 * ```
 */
export type { AddressFamily, RelayTransport, TurnErrorCode } from './turn-numbers.ts';
export { turnAttribute, turnErrorReasons, turnKnownAttributes, turnMethod } from './turn-numbers.ts';
export type { AddressError, FamilyAttribute } from './attributes/allocation-attributes.ts';
export {
  readAddressError,
  readAddressFamily,
  readEvenPort,
  readLifetime,
  readRequestedTransport,
  readReservationToken,
  writeAddressError,
  writeAddressFamily,
  writeEvenPort,
  writeLifetime,
  writeRequestedTransport,
  writeReservationToken,
} from './attributes/allocation-attributes.ts';
export type { IcmpError } from './attributes/peer-attributes.ts';
export { readChannelNumber, readConnectionId, readIcmp, writeChannelNumber, writeConnectionId, writeIcmp } from './attributes/peer-attributes.ts';
export type { ChannelData } from './channel-data.ts';
export { channelDataLength, channelHeaderLength, encodeChannelData, firstChannel, isChannelByte, lastAcceptedChannel, lastChannel, parseChannelData } from './channel-data.ts';
export type { FrameResult } from './stream-framer.ts';
export { StreamFramer } from './stream-framer.ts';
export type { TurnUri } from './turn-uri.ts';
export { formatTurnUri, parseTurnUri } from './turn-uri.ts';
export type { PeerAddressKind } from './peer-address.ts';
export { peerAddressKind } from './peer-address.ts';
export type { ClientPath, DatagramPath, RelayFailure, StreamPath, TurnServerInput } from './server/server-input.ts';
export type { AllocationEnd, PortWish, RelayedTotals, TurnServerOutput, UsageRecord } from './server/server-output.ts';
export type { Admission, AdmissionPolicy, AdmissionRequest, PeerPolicy, StrangerPolicy, TurnServerLimits, TurnServerOptions } from './server/server-options.ts';
export { defaultTurnServerLimits } from './server/server-options.ts';
export { RateBudget } from './server/rate-budget.ts';
export type { PacketRelay, PacketVerdict, TowardsClient, TowardsPeer } from './server/packet-relay.ts';
export { packetVerdict } from './server/packet-relay.ts';
export type { TurnServerStatistics } from './server/turn-server.ts';
export { TurnServer } from './server/turn-server.ts';
export type { AllocateWish, RefusedRequest, TurnClientEnd, TurnClientInput, TurnClientOutput } from './client/client-events.ts';
export type { TurnClientOptions } from './client/turn-client.ts';
export { TurnClient } from './client/turn-client.ts';
export type { ConnectionBindInput, ConnectionBindOutput } from './client/connection-bind-client.ts';
export { ConnectionBindClient } from './client/connection-bind-client.ts';
