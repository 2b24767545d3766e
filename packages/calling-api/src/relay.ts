import { Type, type Static } from 'typebox';
import { RawId, Timestamp, Uuid } from './identifiers.ts';

const count = Type.Integer({ minimum: 0 });
const ClientTransport = Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')]);
const PeerTransport = Type.Union([Type.Literal('udp'), Type.Literal('tcp')]);
const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
/** Up to six places after the point. */
const Money = Type.Number({ minimum: 0, maximum: 1_000_000 });

/** What was relayed: payload on the peers' side of the relay, without framing of STUN, TURN or TLS. Durations in milliseconds. */
const amounts = {
  toPeerBytes: count,
  toPeerPackets: count,
  toClientBytes: count,
  toClientPackets: count,
  durationMs: count,
};

/** Periods as ISO 8601 instants; `to` is not included. With a user's token: that user's usage; with an operator's: everybody's. */
const filter = {
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  callId: Type.Optional(Uuid),
  identifier: Type.Optional(RawId),
};
const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
};

/** One row of the ledger: a step in the life of an allocation, with what was relayed since the step before it. */
export const RelayUsageRow = Type.Object({
  time: Timestamp,
  allocationId: Type.String(),
  step: count,
  kind: Type.Union([Type.Literal('started'), Type.Literal('continued'), Type.Literal('stopped')]),
  /** Why it stopped: `deleted`, `expired`, `clientClosed`, `relayFailed`, `shutdown`, `revoked` or `crashed`. */
  reason: Type.Optional(Type.String()),
  resourceId: Type.String(),
  identifier: Type.String(),
  callId: Type.Optional(Uuid),
  participantId: Type.Optional(Uuid),
  clientTransport: ClientTransport,
  peerTransport: PeerTransport,
  clientAddress: Type.Optional(Type.String()),
  relayedAddresses: Type.Array(Type.String()),
  ...amounts,
});
export type RelayUsageRow = Static<typeof RelayUsageRow>;
export const RelayUsageQuery = Type.Object({ ...filter, ...page });
/** In the order of time. */
export const RelayUsageList = Type.Object({ value: Type.Array(RelayUsageRow), nextCursor: Type.Optional(Type.String()) });
export type RelayUsageList = Static<typeof RelayUsageList>;

/** What sums are made for. A day is one of UTC. */
export const RelayUsageGrouping = Type.Union([Type.Literal('day'), Type.Literal('call'), Type.Literal('participant'), Type.Literal('user'), Type.Literal('resource')]);
export type RelayUsageGrouping = Static<typeof RelayUsageGrouping>;

/** The sum of one group in one currency, with what it is the group of. */
export const RelayUsageSum = Type.Object({
  day: Type.Optional(Type.String({ description: 'YYYY-MM-DD' })),
  resourceId: Type.String(),
  identifier: Type.Optional(Type.String()),
  callId: Type.Optional(Uuid),
  participantId: Type.Optional(Uuid),
  /** Allocations that began in it. */
  allocations: count,
  ...amounts,
  cost: Type.Number({ minimum: 0 }),
  currency: Currency,
});
export type RelayUsageSum = Static<typeof RelayUsageSum>;
export const RelayUsageSumQuery = Type.Object({ ...filter, groupBy: RelayUsageGrouping });
/** Days in order, other groups by what they relayed; at most 10,000. */
export const RelayUsageSums = Type.Object({ value: Type.Array(RelayUsageSum) });
export type RelayUsageSums = Static<typeof RelayUsageSums>;

/**
 * What is charged for an allocation, in the units of Azure's usage records: `usageType` NAT, `unitType` GB (10^9 bytes, both directions), `correlationId` the
 * call. The rate is the one of the moment the allocation began. A record of an allocation that still runs is not final.
 */
export const RelayUsageRecord = Type.Object({
  usageType: Type.Literal('NAT'),
  unitType: Type.Literal('GB'),
  quantity: Type.Number({ minimum: 0 }),
  recordId: Type.String(),
  correlationId: Type.Optional(Uuid),
  resourceId: Type.String(),
  identifier: Type.String(),
  participantId: Type.Optional(Uuid),
  startTime: Timestamp,
  endTime: Timestamp,
  isFinal: Type.Boolean(),
  clientTransport: ClientTransport,
  peerTransport: PeerTransport,
  ...amounts,
  rate: Money,
  cost: Type.Number({ minimum: 0 }),
  currency: Currency,
});
export type RelayUsageRecord = Static<typeof RelayUsageRecord>;
/** Of allocations that began in the period, in that order. */
export const RelayUsageRecordList = Type.Object({ value: Type.Array(RelayUsageRecord), nextCursor: Type.Optional(Type.String()) });
export type RelayUsageRecordList = Static<typeof RelayUsageRecordList>;

/** What an operator decides about the relay of a resource. */
export const RelaySettings = Type.Object({
  /** Off: nobody is given credentials, and what is being relayed ends. */
  isEnabled: Type.Boolean(),
  /** In `currency`, for 10^9 bytes; it holds for allocations that begin from now on. */
  rate: Money,
  currency: Currency,
});
export type RelaySettings = Static<typeof RelaySettings>;
export const UpdateRelaySettingsRequest = Type.Partial(RelaySettings);
export type UpdateRelaySettingsRequest = Static<typeof UpdateRelaySettingsRequest>;

/** What a client needs to find out how it reaches this server, without a call. */
export const NetworkConfiguration = Type.Object({
  relay: Type.Union([Type.Literal('offered'), Type.Literal('turnedOffForResource'), Type.Literal('unavailable')]),
  /** Every name and address of the server, first the one by which this client reached it. Empty where the server runs no relay. */
  servers: Type.Array(Type.Object({
    /** A DNS name, or an IP address without brackets. */
    host: Type.String(),
    /** Two ports of one address: a mapping for each of its own is the mark of a symmetric NAT (RFC 5780 §4.3). */
    stunUrls: Type.Array(Type.String()),
    /** The ways to the relay; none where it is not offered. */
    relayUrls: Type.Array(Type.Object({ transport: ClientTransport, url: Type.String() })),
  })),
  /** For all `relayUrls`: this user's, for no call, until `expiresOn`. */
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
  expiresOn: Type.Optional(Timestamp),
});
export type NetworkConfiguration = Static<typeof NetworkConfiguration>;
