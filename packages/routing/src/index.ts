/**
 * Where a telephone number goes, and whether it may: voice routes by pattern in order, session border controllers inside a route, caller ids, barred and
 * emergency numbers, limits against toll fraud. Decisions only; trunks, routes and numbers are given.
 */
export type { VoiceRoute } from './voice-route.ts';
