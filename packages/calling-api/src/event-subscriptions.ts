import { Type, type Static } from 'typebox';
import { Timestamp } from './identifiers.ts';

/** Which events a subscription is for, by their subject; all without it. */
export const EventFilter = Type.Object({
  /** The subject of `IncomingCall` is `/caller/{rawId}/recipient/{rawId}`. */
  subjectBeginsWith: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  subjectEndsWith: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  /** Not by default. */
  isSubjectCaseSensitive: Type.Optional(Type.Boolean()),
});
export type EventFilter = Static<typeof EventFilter>;

/** Subscribes a webhook to `IncomingCall` events of calls between users, as an event subscription of Event Grid does. */
export const PutEventSubscriptionRequest = Type.Object({
  url: Type.String({ minLength: 8, maxLength: 2048, pattern: '^https?://' }),
  filter: Type.Optional(EventFilter),
});
export type PutEventSubscriptionRequest = Static<typeof PutEventSubscriptionRequest>;

export const EventSubscription = Type.Object({ name: Type.String(), ...PutEventSubscriptionRequest.properties, createdAt: Timestamp });
export type EventSubscription = Static<typeof EventSubscription>;
export const EventSubscriptionList = Type.Object({ value: Type.Array(EventSubscription) });
export type EventSubscriptionList = Static<typeof EventSubscriptionList>;
export const EventSubscriptionPath = Type.Object({ name: Type.String({ pattern: '^[A-Za-z0-9-]{3,64}$' }) });
