/**
 * The telephony resource: lines between calls and telephones. A line is a SIP dialog on one side and a leg of a conference in the media processor on the other: together
 * the back-to-back user agent.
 *
 * Lines are machines without I/O; they say what to tell the owner of the call, the media processor and the peer. Out of scope: sockets and the proxy (the SIP edge
 * of the signaling controller), packets (the media processor), who may be in a call (the call engine).
 *
 * ```ts
 * const line = Line.outgoing({ lineId, identifier: '4:+12025550100' }, attempts, { conferenceId, legId }, now);
 * for (let output = line.poll(); output !== undefined; output = line.poll()) perform(output);
 * ```
 */
export { Line, type LineInput } from './line/line.ts';
export type { FarSide, LineAttempt } from './line/far-side.ts';
export type { LineOptions, LineOutput, LineTimes } from './line/live-line.ts';
export type { LegPlace } from './line/line-media.ts';
export { openTelephonyBooks, type TelephonyBooks, type TelephonyBooksOptions } from './open-telephony-books.ts';
export type { Answer, Refusal } from './administration/answer.ts';
export type { DigestSecrets } from './devices/digest-secrets.ts';
export type { EdgeDirectory } from './edge/edge-directory.ts';
export type { TrunkSigns } from './trunks/trunk-health-board.ts';
export type { TrunkSettings } from './trunks/trunk-settings.ts';
export type { TrunkSource } from './trunks/trunk-book.ts';
export type { MeteredLine } from './usage/line-meter.ts';
