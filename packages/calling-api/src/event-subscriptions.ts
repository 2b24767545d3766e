import { Type, type Static } from 'typebox';
import { Timestamp } from './identifiers.ts';

/** Event Grid's operators for text. None of them minds case. */
const AdvancedFilterOperator = Type.Union([
  Type.Literal('StringIn'), Type.Literal('StringNotIn'), Type.Literal('StringBeginsWith'), Type.Literal('StringNotBeginsWith'),
  Type.Literal('StringEndsWith'), Type.Literal('StringNotEndsWith'), Type.Literal('StringContains'), Type.Literal('StringNotContains'),
]);

/** Compares one property of an event with values: true where one of them fits, and with a `Not` where none does. */
export const AdvancedFilter = Type.Object({
  operatorType: AdvancedFilterOperator,
  /** `subject`, or a property of who calls and who is called: `data.to.rawId`. */
  key: Type.String({ maxLength: 128, pattern: '^(?:subject|eventType|data\\.(?:to|from)\\.(?:rawId|kind|communicationUser\\.id|phoneNumber\\.value))$' }),
  values: Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { minItems: 1, maxItems: 25 }),
});
export type AdvancedFilter = Static<typeof AdvancedFilter>;

/** Which events a subscription is for, by their subject and their properties; all without it. Everything that is given must hold. */
export const EventFilter = Type.Object({
  /** The subject of `IncomingCall` is `/caller/{rawId}/recipient/{rawId}`. */
  subjectBeginsWith: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  subjectEndsWith: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  /** Not by default. */
  isSubjectCaseSensitive: Type.Optional(Type.Boolean()),
  advancedFilters: Type.Optional(Type.Array(AdvancedFilter, { maxItems: 25 })),
});
export type EventFilter = Static<typeof EventFilter>;

/** Subscribes a webhook to `IncomingCall` events of calls between users, as an event subscription of Event Grid does. */
export const PutEventSubscriptionRequest = Type.Object({
  url: Type.String({ minLength: 8, maxLength: 2048, pattern: '^https?://' }),
  filter: Type.Optional(EventFilter),
  /** Told nothing for now, and not asked whether it wants to be called. Not by default. */
  isPaused: Type.Optional(Type.Boolean()),
});
export type PutEventSubscriptionRequest = Static<typeof PutEventSubscriptionRequest>;

/** What came of telling a webhook of a call. */
export const EventDelivery = Type.Object({
  at: Timestamp,
  /** `overtaken`: somebody answered, decided or hung up before the webhook's answer came. */
  outcome: Type.Union([Type.Literal('taken'), Type.Literal('failed'), Type.Literal('overtaken')]),
  /** What its answer was, or why there was none: `it answered with 503.` */
  sentence: Type.String(),
});
export type EventDelivery = Static<typeof EventDelivery>;

export const EventSubscription = Type.Object({
  name: Type.String(),
  ...PutEventSubscriptionRequest.properties,
  createdAt: Timestamp,
  /** When the webhook last said that it wants to be called; absent before it was asked. */
  validatedAt: Type.Optional(Timestamp),
  /** The last one since the server started. */
  lastDelivery: Type.Optional(EventDelivery),
});
export type EventSubscription = Static<typeof EventSubscription>;
export const EventSubscriptionList = Type.Object({ value: Type.Array(EventSubscription) });
export type EventSubscriptionList = Static<typeof EventSubscriptionList>;
export const EventSubscriptionPath = Type.Object({ name: Type.String({ pattern: '^[A-Za-z0-9-]{3,64}$' }) });
