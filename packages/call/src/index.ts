/**
 * The call model as a pure engine: who is in a call, in which state each endpoint sees it, and why it ended.
 *
 * One {@link CallMachine} is one call. It takes commands of endpoints and observations of the world, and returns results,
 * events, flow entries and, at the end, one record. It carries offers and answers (RFC 3264) between the two sides of each
 * media session and reads no more of them than their ICE username fragments. States, end codes and time-outs are those of Azure Communication Services
 * ("Manage calls", "Service limits", "Troubleshooting call end codes").
 *
 * A telephone takes part by a *line* instead of a client: it is dialled, or calls, through telephony, hears no events, and its end carries what its network said
 * (RFC 3261 status codes in ACS's 560xxx and 540xxx). Calls are transferred within one machine, or between two by way of the driver (RFC 3515, RFC 5589).
 *
 * An application takes part by a *connection* (Call Automation): it hears what happens and commands it, has no media, and is in nobody's roster.
 *
 * It assumes authenticated input, one machine per call id, and a driver that performs outputs in order. Out of scope: finding
 * endpoints, storing, dating (all `signaling-controller`), media (`media-processor` through
 * `media-api`) and SIP (`telephony` through `telephony-api`).
 *
 * ```ts
 * const machine = new CallMachine({ callId, serverCallId, newId, startedAt, iceConfiguration }, now);
 * machine.handle({ kind: 'start', commandId, caller, targets, isMuted: false, description }, now);
 * for (let output = machine.poll(); output !== undefined; output = machine.poll()) perform(output);
 * ```
 */
export { CallMachine } from './call-machine.ts';
export type { CallMachineOptions } from './live-call.ts';
export type { IceConfiguration, IceParticipant, RelayOffer } from './media/ice-configuration.ts';
export type { CallLimits } from './limits.ts';
export type { CallSnapshot } from './snapshot.ts';
export type { CallCommand, CallInput, CallObservation, CallOutput, CommandResult, EndpointIdentity } from './call-input.ts';
export type { MediaOperationEvent, OperationSounds, SoundFailure } from './applications/application-media.ts';
export type { HoldWish } from './applications/participant-hold.ts';
export type { ApplicationEvent } from './applications/application-model.ts';
export type { HandOverTarget, Person, Transferee, TransferWish } from './transfers/transfer-model.ts';
export type { CallRecord, ParticipationRecord } from './call-record.ts';
