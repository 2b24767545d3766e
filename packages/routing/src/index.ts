/**
 * Where a telephone number goes, and whether it may: numbers are read and classified (ITU-T E.164), voice routes asked in order, session border controllers inside a route
 * drawn at random, caller ids checked, barred, premium and emergency numbers refused, and lines counted against the limits that bound what toll fraud can cost.
 *
 * Decisions only: trunks, routes, numbers, randomness and the time are given. Rules are those of ACS Direct Routing where it has one (order of routes, random order inside one, the
 * next trunk on 408, 503 and 504 only). Out of scope: least-cost routing, number portability, emergency calls (which are refused).
 *
 * ```ts
 * const plan = dialPlan({ number: '+1 425 555 0100', callerId: '+14255550101' }, state);
 * for (const { trunk, number } of plan.candidates) ... // until one answers otherwise than isNextTrunkTried
 * ```
 */
export { dialPlan, type DialRequest, type OwnNumber, type ProposedLine, type RoutableTrunk, type RoutingState } from './dial-plan.ts';
export { emergencyNumber } from './numbers/emergency-numbers.ts';
export { numberFacts, type NumberFacts } from './numbers/number-facts.ts';
export { classify, readNumber, type NumberKind, type NumberReading, type TelephoneNumber } from './numbers/telephone-number.ts';
export { isKnownCountry, numberForTrunk, numberFromTrunk } from './numbers/trunk-number.ts';
export { presetPolicy, ratePerMinute } from './policy/preset-policy.ts';
export { isNextTrunkTried, VoiceRouteList, type RouteFault, type RouteReading } from './routes/voice-routes.ts';
export type { CountedLine } from './limits/limit-scope.ts';
export { LineCounters, startedMinutes, type EarlierLine, type LimitSource } from './limits/line-counters.ts';
