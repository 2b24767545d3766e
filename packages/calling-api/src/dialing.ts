import { Type, type Static } from 'typebox';
import { RawId } from './identifiers.ts';

const count = Type.Integer({ minimum: 0 });
const optional = { concurrent: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })), money: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000_000 })) };

/** A telephone number in international form: `+` and digits (ITU-T E.164). */
export const E164 = Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$', description: 'E.164 with +' });
/** How numbers may begin: `+` and digits. */
export const NumberPrefix = Type.String({ pattern: '^\\+[0-9]{1,15}$', description: 'Beginning of an E.164 number, with +' });
/** A number as somebody typed it. */
export const DialedNumber = Type.String({ minLength: 1, maxLength: 64 });

/** How much may be telephoned; what is left out is not limited. Days are those of UTC. */
export const CallLimits = Type.Object({
  /** Lines at the same time. */
  concurrentCalls: optional.concurrent,
  /** Lines that begin within 60 seconds. */
  callsPerMinute: optional.concurrent,
  /** Answered minutes. */
  minutesPerDay: optional.concurrent,
  /** In the policy's currency, by its rates. */
  costPerDay: optional.money,
});
export type CallLimits = Static<typeof CallLimits>;

/** One row of the ordered list that decides which trunks carry a number (ACS Direct Routing, voice routes). */
export const VoiceRoute = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  description: Type.Optional(Type.String({ maxLength: 1024 })),
  /** A regular expression (RE2 syntax) that is looked for in the E.164 number with `+`: `^\+1(425|206)(\d{7})$`. */
  numberPattern: Type.String({ minLength: 1, maxLength: 1024 }),
  /** Names of trunks, tried in random order. */
  trunks: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { maxItems: 250 }),
});
export type VoiceRoute = Static<typeof VoiceRoute>;
/** In order: the first that matches, then the next one that does. */
export const VoiceRoutes = Type.Object({ routes: Type.Array(VoiceRoute, { maxItems: 250 }) });
export type VoiceRoutes = Static<typeof VoiceRoutes>;

/** Which numbers may be called by whom, and what that costs: the guard against toll fraud. */
export const DialingPolicy = Type.Object({
  /** Where numbers without `+` are read as being from (ISO 3166-1 alpha-2). Without one, only numbers with `+` can be called. */
  homeCountry: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
  /** Numbers that begin so are not called. */
  barredPrefixes: Type.Array(NumberPrefix, { maxItems: 1000 }),
  /** Unless empty, only numbers that begin so are called. */
  allowedPrefixes: Type.Array(NumberPrefix, { maxItems: 1000 }),
  /** Premium rate, shared cost and personal numbers, and satellite and international networks. */
  premiumNumbers: Type.Union([Type.Literal('barred'), Type.Literal('allowed')]),
  /** Calls that hide their caller id (RFC 3323). */
  anonymousCalls: Type.Union([Type.Literal('barred'), Type.Literal('allowed')]),
  /** ISO 4217. */
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  /** Outgoing, per started minute; the longest prefix counts. */
  rates: Type.Array(Type.Object({ prefix: NumberPrefix, perMinute: Type.Number({ minimum: 0, maximum: 10_000 }) }), { maxItems: 10_000 }),
  /** Incoming, per started minute. */
  incomingRatePerMinute: Type.Number({ minimum: 0, maximum: 10_000 }),
  limits: Type.Object({
    /** All lines together. */
    resource: CallLimits,
    /** Lines that show the same caller id, or come in for the same number of ours. */
    perNumber: CallLimits,
    /** Lines of the same user. */
    perUser: CallLimits,
    /** Outgoing lines to numbers that begin so. */
    byPrefix: Type.Array(Type.Object({ prefix: NumberPrefix, limits: CallLimits }), { maxItems: 250 }),
  }),
});
export type DialingPolicy = Static<typeof DialingPolicy>;

/** One rule that was looked at on the way to a decision. */
export const RouteStep = Type.Object({
  rule: Type.Union([
    Type.Literal('number'), Type.Literal('emergency'), Type.Literal('allowedPrefixes'), Type.Literal('barredPrefixes'), Type.Literal('premium'), Type.Literal('callerId'),
    Type.Literal('trunks'), Type.Literal('route'), Type.Literal('trunk'), Type.Literal('limit'),
  ]),
  /** Of a route or a trunk. */
  name: Type.Optional(Type.String()),
  verdict: Type.Union([Type.Literal('passed'), Type.Literal('matched'), Type.Literal('notMatched'), Type.Literal('skipped'), Type.Literal('refused')]),
  /** In a sentence. */
  why: Type.String(),
});
export type RouteStep = Static<typeof RouteStep>;

/** Why a number is not called (telephony's refusals). */
export const DialRefusal = Type.Union([
  Type.Literal('NO_TRUNK'), Type.Literal('NO_ROUTE'), Type.Literal('CALLER_ID_NOT_OWNED'), Type.Literal('NUMBER_INVALID'), Type.Literal('NUMBER_BARRED'),
  Type.Literal('EMERGENCY_NUMBER'), Type.Literal('LIMIT_REACHED'),
]);
export type DialRefusal = Static<typeof DialRefusal>;

/** Where a number goes, and why. */
export const DialPlan = Type.Object({
  decision: Type.Union([Type.Literal('route'), Type.Literal('refuse')]),
  refusal: Type.Optional(DialRefusal),
  why: Type.String(),
  /** As it was understood. */
  number: Type.Optional(E164),
  /** ISO 3166-1 alpha-2, where the number tells. */
  country: Type.Optional(Type.String()),
  /** What the called party is shown; absent where the caller id is hidden. */
  callerId: Type.Optional(E164),
  /** Trunks in the order in which they are tried: another one after 408, 503 and 504 only. `number` as it is sent. */
  candidates: Type.Array(Type.Object({ route: Type.String(), trunk: Type.String(), number: Type.String() })),
  /** In the currency of the policy. */
  ratePerMinute: Type.Number({ minimum: 0 }),
  steps: Type.Array(RouteStep),
});
export type DialPlan = Static<typeof DialPlan>;
export const TestRoutesRequest = Type.Object({
  number: DialedNumber,
  /** Of the caller; a number of ours. */
  callerId: Type.Optional(DialedNumber),
  /** Who calls, for the limits of that user. */
  identifier: Type.Optional(RawId),
});
export type TestRoutesRequest = Static<typeof TestRoutesRequest>;

/** What has been telephoned of a limit. */
export const LimitUse = Type.Object({
  scope: Type.Union([Type.Literal('resource'), Type.Literal('trunk'), Type.Literal('number'), Type.Literal('user'), Type.Literal('prefix')]),
  name: Type.Optional(Type.String()),
  concurrentCalls: count,
  callsInLastMinute: count,
  minutesToday: Type.Number({ minimum: 0 }),
  costToday: Type.Number({ minimum: 0 }),
  limits: CallLimits,
});
export type LimitUse = Static<typeof LimitUse>;
export const LimitUseList = Type.Object({ value: Type.Array(LimitUse), currency: Type.String() });
export type LimitUseList = Static<typeof LimitUseList>;
