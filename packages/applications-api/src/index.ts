/**
 * Application control: what server applications (ACS Call Automation) ask of calls, and what is said to that. A face for them (`azure-api`) asks; who owns calls
 * (`signaling-controller`), and who tells applications of calls that they may decide about (`telephony`), answer. In-process today, so both directions are
 * plain values, and outcomes are values too: a refusal is none of the exceptions.
 *
 * An *application* takes part in a call by a *connection*, has no media of its own, and is in no roster. An *operation* is something that it asked for and names; what
 * comes of it is told later, by an event at the application's callback URI (`signaling-controller`, out of scope here).
 *
 * Identifiers are raw, numbers among them too (`4:+15550100`). Connections belong to a resource: one of another resource is none.
 *
 * ```ts
 * const outcome = await connections.create({ resourceId, callbackUri, targets: ['4:+15550100'], alternateCallerId: '4:+15550199' });
 * if (outcome.ok) await media.request(resourceId, outcome.value.connectionId, { request: { kind: 'play', to: 'all', isLooped: false }, sources, interrupts: false, operation });
 * ```
 */
export type {
  AnswerConnectionRequest, ApplicationIdentity, ApplicationParticipant, AttachConnectionRequest, CallConnectionControl, CallConnectionProperties, ConnectionOutcome, ConnectionRequest,
  CreateConnectionRequest, MoveRequest,
} from './call-connections.ts';
export type { CallMediaControl, HoldRequest, KeyChoice, MediaRequest, PlayRequest, RecognitionRequest, SoundSource } from './call-media.ts';
export type { ApplicationInvitation, ApplicationOperation, ConnectionCommand } from './connection-command.ts';
export type { CallDecision, CalledUserAudience, IncomingCallControl, OfferedCall, OfferListener, RedirectTarget, RejectReason } from './incoming-calls.ts';
