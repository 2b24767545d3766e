/**
 * The telephony resource: trunks, numbers, routes, limits and SIP phones with the ledger of their lines; and the user agents through which lines go. A line is a SIP dialog on one
 * side and a leg of a conference in the media processor on the other: together the back-to-back user agent.
 *
 * Lines are machines without I/O, driven by {@link TelephoneService} over the SIP edge's link and media control. The demonstration carrier is a peer like any other, in the same process.
 * Out of scope: sockets and the proxy (the SIP edge of the signaling controller), packets (the media processor), who may be in a call (the call engine).
 *
 * ```ts
 * const books = await openTelephonyBooks({ store, dataDir, logger, resourceId, numberRetentionMs, usageRetentionMs });
 * const telephony = new TelephoneService({ link: edge.link, media, books, ... });
 * telephony.send({ kind: 'dial', lineId, callId, target: { kind: 'number', number: '+12025550100', callerId }, from, conferenceId, legId });
 * ```
 */
export { TelephoneService, type TelephoneServiceOptions } from './agent/telephone-service.ts';
export type { AskedCall } from './agent/call-receiver.ts';
export type { IncomingDecision } from './agent/line-directory.ts';
export { DemoCarrier, type DemoCarrierOptions } from './demo-carrier/demo-carrier.ts';
export { demoNumbers, demoOwnedNumbers, type DemoNumber } from './demo-carrier/demo-numbers.ts';
export { DemoTargets, retireDemoCarrier, setUpDemoCarrier, type DemoBooks } from './demo-carrier/demo-setup.ts';
export { openTelephonyBooks, type TelephonyBooks, type TelephonyBooksOptions } from './open-telephony-books.ts';
export type { Answer, Refusal } from './administration/answer.ts';
export type { DigestSecrets } from './devices/digest-secrets.ts';
export type { EdgeDirectory } from './edge/edge-directory.ts';
export type { TrunkSigns } from './trunks/trunk-health-board.ts';
export type { TrunkSettings } from './trunks/trunk-settings.ts';
export type { TrunkSource } from './trunks/trunk-book.ts';
export type { MeteredLine } from './usage/line-meter.ts';
export { webhookGuard } from './webhooks/webhook-guard.ts';
