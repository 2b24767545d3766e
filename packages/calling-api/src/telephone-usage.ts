import { Type, type Static } from 'typebox';
import { RawId, Timestamp, Uuid } from './identifiers.ts';

const count = Type.Integer({ minimum: 0 });
const money = Type.Number({ minimum: 0 });
const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
const Direction = Type.Union([Type.Literal('outbound'), Type.Literal('inbound')]);

/** Periods as ISO 8601 instants; `to` is not included. */
const filter = {
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  callId: Type.Optional(Uuid),
  identifier: Type.Optional(RawId),
  trunk: Type.Optional(Type.String({ maxLength: 253 })),
};
const page = { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })), cursor: Type.Optional(Type.String({ maxLength: 512 })) };

/** What a line is about, wherever it is listed. */
const line = {
  resourceId: Type.String(),
  callId: Type.Optional(Uuid),
  /** The user who wanted the line, or for whom it came in, where it is one. */
  identifier: Type.Optional(Type.String()),
  direction: Direction,
  /** Absent for a line that no trunk carried. */
  trunk: Type.Optional(Type.String()),
  /** The telephone at the other end; absent where it hides its number. */
  number: Type.Optional(Type.String()),
  /** The number of ours that was shown, or called. */
  ownNumber: Type.Optional(Type.String()),
};

/** One row of the ledger of telephone lines: a step in the life of a line, with the time since the step before it for which it was answered. */
export const TelephoneUsageRow = Type.Object({
  time: Timestamp,
  lineId: Type.String(),
  step: count,
  kind: Type.Union([Type.Literal('started'), Type.Literal('answered'), Type.Literal('continued'), Type.Literal('ended')]),
  /** Why it ended: a SIP status, `hungUp`; `crashed`: the server was killed, `recovered`: likewise, and the record of the call says how long the line was. */
  reason: Type.Optional(Type.String()),
  ...line,
  answeredMs: count,
  /** Of `ended`: what is charged, each started minute whole. */
  minutes: count,
});
export type TelephoneUsageRow = Static<typeof TelephoneUsageRow>;
export const TelephoneUsageQuery = Type.Object({ ...filter, ...page });
/** In the order of time. */
export const TelephoneUsageList = Type.Object({ value: Type.Array(TelephoneUsageRow), nextCursor: Type.Optional(Type.String()) });
export type TelephoneUsageList = Static<typeof TelephoneUsageList>;

/**
 * What is charged for a line, in the units of Azure's usage records: `usageType` PSTN, `unitType` minutes, each started minute whole, `correlationId` the call. The rate is the
 * one of the moment the line began. A record of a line that still runs is not final.
 */
export const TelephoneUsageRecord = Type.Object({
  usageType: Type.Literal('PSTN'),
  unitType: Type.Literal('minutes'),
  quantity: count,
  recordId: Type.String(),
  correlationId: Type.Optional(Uuid),
  ...line,
  startTime: Timestamp,
  answerTime: Type.Optional(Timestamp),
  endTime: Timestamp,
  isFinal: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  answeredMs: count,
  ratePerMinute: money,
  cost: money,
  currency: Currency,
});
export type TelephoneUsageRecord = Static<typeof TelephoneUsageRecord>;
/** Of lines that began in the period, in that order. */
export const TelephoneUsageRecordList = Type.Object({ value: Type.Array(TelephoneUsageRecord), nextCursor: Type.Optional(Type.String()) });
export type TelephoneUsageRecordList = Static<typeof TelephoneUsageRecordList>;

/** What sums are made for. A day is one of UTC. */
export const TelephoneUsageGrouping = Type.Union([Type.Literal('day'), Type.Literal('call'), Type.Literal('trunk'), Type.Literal('user'), Type.Literal('number'), Type.Literal('resource')]);
export type TelephoneUsageGrouping = Static<typeof TelephoneUsageGrouping>;
/** The sum of one group, direction and currency, with what it is the group of. */
export const TelephoneUsageSum = Type.Object({
  day: Type.Optional(Type.String({ description: 'YYYY-MM-DD' })),
  callId: Type.Optional(Uuid),
  trunk: Type.Optional(Type.String()),
  identifier: Type.Optional(Type.String()),
  ownNumber: Type.Optional(Type.String()),
  resourceId: Type.String(),
  direction: Direction,
  lines: count,
  answeredLines: count,
  minutes: count,
  answeredMs: count,
  cost: money,
  currency: Currency,
});
export type TelephoneUsageSum = Static<typeof TelephoneUsageSum>;
export const TelephoneUsageSumQuery = Type.Object({ ...filter, groupBy: TelephoneUsageGrouping });
/** Days in order, other groups by their minutes; at most 10,000. */
export const TelephoneUsageSums = Type.Object({ value: Type.Array(TelephoneUsageSum) });
export type TelephoneUsageSums = Static<typeof TelephoneUsageSums>;
