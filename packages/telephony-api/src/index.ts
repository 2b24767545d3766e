/**
 * Telephone control: what the owner of a call (the signaling controller) asks of telephony, and what it hears back. In-process today, over the bus later; so
 * both directions are plain values.
 *
 * A *line* is one telephone's part in a call: a SIP dialog towards a carrier or a SIP phone, and a leg of the call's conference in the media processor. The
 * owner decides who is in the call; telephony decides which trunk carries a line, and whether it may. Out of scope: what is said on SIP (`telephony`), the legs themselves
 * (`media-api`).
 *
 * ```ts
 * telephony.onEvent((event) => observe(event)); // routed, progress, answered, ended
 * telephony.send({ kind: 'dial', callId, lineId, target: { kind: 'number', number: '+12025550100', callerId }, from, conferenceId, legId });
 * ```
 */
export type { IncomingLine, LineCommand, LineDevice, LineEnd, LineEvent, LineRefusal, LineTarget } from './lines.ts';
export type { TelephoneControl } from './telephone-control.ts';
