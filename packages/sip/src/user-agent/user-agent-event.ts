import type { SipRequest, SipResponse } from '../message/sip-message.ts';

/**
 * What a description that arrived is (RFC 3264, RFC 6337 §2). An `offer` wants `answerOffer` or `refuseOffer`. A `preview` came in a provisional response
 * that is not reliable: early media is heard by it, and the answer follows.
 */
export interface ReceivedDescription {
  readonly kind: 'offer' | 'answer' | 'preview';
  readonly bytes: Uint8Array;
}

/** Why a session ended. */
export interface SessionEnd {
  /** `remote` refused, cancelled or hung up; `local` obeyed its owner; `network`: time-outs, failed transport, a peer that breaks the protocol. */
  readonly by: 'local' | 'remote' | 'network';
  readonly cause: SessionEndCause;
  /** The final response to the INVITE, where there was one of 300..699. */
  readonly status?: number;
  /** Its reason phrase, unchanged. */
  readonly reasonPhrase?: string;
  /** The values of Reason headers (RFC 3326) of whatever ended it. */
  readonly reasons: readonly string[];
  /** Retry-After, in seconds. */
  readonly retryAfterSeconds?: number;
  /** Contact values of a 3xx, in their order. */
  readonly targets?: readonly string[];
  /** The message that ended it, for what else is in there (Warning, X- headers). */
  readonly message?: SipRequest | SipResponse;
}

export type SessionEndCause =
  /** A final response of 300..699. */
  | 'refused'
  /** CANCEL, or our `end` before the answer. */
  | 'cancelled'
  /** BYE. */
  | 'hungUp'
  /** Another session took this one's place (RFC 3891). */
  | 'replaced'
  /** No final response in time: from the peer (timers B and C, `ringMs`), or from the owner of a call that came in. */
  | 'noResponse'
  /** The transport could not send the INVITE. */
  | 'sendFailed'
  /** The 2xx, or a reliable provisional response, was never acknowledged. */
  | 'notAcknowledged'
  /** The session timer ran out, or its refresh failed (RFC 4028 §10). */
  | 'expired'
  /** The peer no longer knows the dialog (481), or does not answer within it (408). */
  | 'dialogLost'
  /** An answer without description, an offer that was refused where it cannot be. */
  | 'noAgreement';

/** What a user agent tells the owner of its sessions. */
export type SessionEvent =
  /** Somebody calls. Answered with `progress`, `accept`, `refuse`. The offer is in `description`; absent: our description is the offer. */
  | {
      readonly kind: 'incoming';
      readonly sessionId: string;
      readonly request: SipRequest;
      readonly origin: unknown;
      readonly description?: Uint8Array;
      /** The session that this call takes over when it is accepted, which then ends (RFC 3891). */
      readonly replacesSessionId?: string;
    }
  /** A provisional response above 100. `earlyDialog` tells the branches of a forked INVITE apart; each has an answer of its own. */
  | { readonly kind: 'progressed'; readonly sessionId: string; readonly response: SipResponse; readonly earlyDialog: string; readonly description?: ReceivedDescription }
  /** 2xx to our INVITE. `description` is absent where a reliable provisional response brought it already. */
  | { readonly kind: 'answered'; readonly sessionId: string; readonly response: SipResponse; readonly earlyDialog: string; readonly description?: ReceivedDescription }
  /** The ACK of a call that we accepted is here, with the answer where we had offered. */
  | { readonly kind: 'acknowledged'; readonly sessionId: string; readonly description?: ReceivedDescription }
  /** The peer offers a change, by re-INVITE, UPDATE, PRACK or in a response to ours. */
  | { readonly kind: 'offerReceived'; readonly sessionId: string; readonly description: Uint8Array; readonly request?: SipRequest }
  /** The peer asks for an offer (re-INVITE without one): answered by `answerOffer`, whose description is the offer. */
  | { readonly kind: 'offerWanted'; readonly sessionId: string }
  | { readonly kind: 'answerReceived'; readonly sessionId: string; readonly description: Uint8Array }
  /** Our offer changed nothing: refused with this status, or never answered (408). The session goes on with what was agreed before. */
  | { readonly kind: 'offerRefused'; readonly sessionId: string; readonly status: number; readonly response?: SipResponse }
  | { readonly kind: 'infoReceived'; readonly sessionId: string; readonly contentType: string; readonly body: Uint8Array }
  /** REFER: answered by `answerRefer`, then `reportRefer`. `target` is the URI without its headers; `replaces` the value of the Replaces header in it. */
  | { readonly kind: 'referReceived'; readonly sessionId: string; readonly referId: string; readonly target: string; readonly replacesSessionId?: string; readonly replaces?: string; readonly request: SipRequest }
  /** The peer's NOTIFY about our REFER: a provisional status of the call that it makes. */
  | { readonly kind: 'referProgressed'; readonly sessionId: string; readonly status: number; readonly reason: string }
  /** The last about our REFER: refused, or the final status of the peer's call; 0 where it ended the subscription without one. */
  | { readonly kind: 'referEnded'; readonly sessionId: string; readonly status: number; readonly reason: string }
  /** Exactly once for every session; nothing follows. */
  | { readonly kind: 'ended'; readonly sessionId: string; readonly end: SessionEnd };

/** What became of a request: `response` is absent where none came, and `status` then 408 (no answer) or 503 (not sent). */
export interface RequestEnded {
  readonly kind: 'requestEnded';
  readonly requestId: string;
  readonly status: number;
  readonly response?: SipResponse;
}

export type RegistrationState = 'registering' | 'registered' | 'refused' | 'unreachable' | 'unregistered';

/** Something about a binding changed. `refused` and `unreachable` are tried again; `status` is the registrar's last answer. */
export interface RegistrationChanged {
  readonly kind: 'registrationChanged';
  readonly registrationId: string;
  readonly state: RegistrationState;
  readonly status?: number;
  readonly reasonPhrase?: string;
  /** Granted by the registrar. */
  readonly expiresSeconds?: number;
  /** Service-Route values (RFC 3608): where requests of this account are to go first. */
  readonly serviceRoutes?: readonly string[];
}

/** `up` after one answer; `down` after two questions in a row without any for 10 s, or with 408 or 503. `roundTripMs` is that of the answer. */
export interface PeerHealthChanged {
  readonly kind: 'peerHealthChanged';
  readonly peerId: string;
  readonly health: 'up' | 'down';
  readonly status?: number;
  readonly roundTripMs?: number;
}

export type UserAgentEvent = SessionEvent | RequestEnded | RegistrationChanged | PeerHealthChanged;
