import type { SipFlow } from '../link/sip-flow.ts';

/** Header fields of the owner's, a line for each pair; values without line breaks. */
export type ExtraHeaders = readonly (readonly [name: string, value: string])[];

/**
 * Where the requests of a session go: the flow towards the next hop, which resolves Request-URI and Route (the outbound proxy of RFC 3261 §8.1.2). What else
 * the owner says of it (the call, the trunk) goes with each message, beside it.
 */
export interface SipRoute {
  readonly flow: SipFlow;
  readonly callId?: string;
  readonly trunkId?: string;
}

/** Of somebody who challenges with 401 or 407 (RFC 3261 §22). */
export interface SipCredentials {
  readonly username: string;
  readonly password: string;
}

/** How a session asks for the session timer (RFC 4028). Without one it takes part when the peer asks. */
export interface SessionTimerWish {
  /** Session-Expires; at least 90. */
  readonly intervalSeconds: number;
  /** Who refreshes; the peer chooses where absent. */
  readonly refresher?: 'us' | 'peer';
}

/** How provisional responses travel (RFC 3262): `supported` leaves it to the peer, `required` insists, `none` is for peers that break on the option tag. */
export type ReliableProvisionals = 'none' | 'supported' | 'required';

/** A new call. Addresses are header values: `"Ada" <sip:+15550100@example.com>`, without tag. */
export interface InviteCommand {
  readonly kind: 'invite';
  /** The owner's name for the session; unique among its sessions. */
  readonly sessionId: string;
  readonly route: SipRoute;
  /** Request-URI. */
  readonly uri: string;
  readonly from: string;
  /** Default: the Request-URI. */
  readonly to?: string;
  /** URI under which requests within the dialog reach us. */
  readonly contact: string;
  /** Route values, first hop first. */
  readonly routeSet?: readonly string[];
  /** The offer (SDP); without one the peer offers, and the answer goes with ACK or PRACK. */
  readonly description?: Uint8Array;
  readonly headers?: ExtraHeaders;
  readonly credentials?: SipCredentials;
  readonly reliable?: ReliableProvisionals;
  readonly sessionTimer?: SessionTimerWish;
  /** The session whose dialog this call is to take over at the peer (RFC 3891). */
  readonly replacesSessionId?: string;
  /** No final response by then: cancelled, and ended by `network`. Default 180000 (RFC 3261's timer C). */
  readonly ringMs?: number;
}

/** What the owner of a user agent asks of a session. A command for a session that is over, or that its state does not allow, does nothing. */
export type SessionCommand =
  | InviteCommand
  /** A provisional response to an incoming INVITE: 180, 181, 183. With a description it is the answer to the INVITE's offer, or the offer where it had none. */
  | {
      readonly kind: 'progress';
      readonly sessionId: string;
      readonly status: number;
      readonly description?: Uint8Array;
      readonly headers?: ExtraHeaders;
      /** Default: reliable where the peer requires it, or where it supports it and there is a description. */
      readonly reliable?: boolean;
    }
  /** 200 to an incoming INVITE. The description may be absent where a reliable provisional response has carried it. */
  | { readonly kind: 'accept'; readonly sessionId: string; readonly description?: Uint8Array; readonly headers?: ExtraHeaders; readonly sessionTimer?: SessionTimerWish }
  /** A final response of 300..699 to an incoming INVITE; redirections name their targets in Contact headers. */
  | { readonly kind: 'refuse'; readonly sessionId: string; readonly status: number; readonly reason?: string; readonly headers?: ExtraHeaders }
  /** CANCEL, BYE or 480, whichever the state asks for. `reason` is the value of a Reason header (RFC 3326). */
  | { readonly kind: 'end'; readonly sessionId: string; readonly reason?: string; readonly headers?: ExtraHeaders }
  /** Offers a change: by re-INVITE, or by UPDATE while the session is not answered. Without description: a re-INVITE that asks the peer for an offer. */
  | { readonly kind: 'offer'; readonly sessionId: string; readonly description?: Uint8Array; readonly headers?: ExtraHeaders }
  /** Answers `offerReceived`. */
  | { readonly kind: 'answerOffer'; readonly sessionId: string; readonly description: Uint8Array }
  /** Refuses `offerReceived`: 488 with a Warning, as a rule. An offer that came in a response cannot be refused; the session ends. */
  | { readonly kind: 'refuseOffer'; readonly sessionId: string; readonly status: number; readonly headers?: ExtraHeaders }
  /** INFO with a body (RFC 6086; `application/dtmf-relay`). Answered by `requestEnded`. */
  | { readonly kind: 'info'; readonly sessionId: string; readonly requestId: string; readonly contentType: string; readonly body: Uint8Array; readonly headers?: ExtraHeaders }
  /** REFER (RFC 3515): the peer is to call `target`, in place of this session, or of `replacesSessionId`'s (RFC 3891). Answered by `referProgressed` and `referEnded`. */
  | { readonly kind: 'refer'; readonly sessionId: string; readonly target: string; readonly replacesSessionId?: string; readonly referredBy?: string; readonly headers?: ExtraHeaders }
  /** Answers `referReceived`: 202, or a refusal. */
  | { readonly kind: 'answerRefer'; readonly sessionId: string; readonly referId: string; readonly status: number }
  /** NOTIFY of what became of an accepted REFER (RFC 3515 §2.4.4): final statuses end the subscription. */
  | { readonly kind: 'reportRefer'; readonly sessionId: string; readonly referId: string; readonly status: number; readonly reason?: string };

/** A request outside of any session. */
export interface RequestCommand {
  readonly kind: 'request';
  readonly requestId: string;
  readonly route: SipRoute;
  readonly method: 'OPTIONS' | 'MESSAGE' | 'NOTIFY' | 'PUBLISH';
  readonly uri: string;
  readonly from: string;
  readonly to?: string;
  readonly contact?: string;
  readonly headers?: ExtraHeaders;
  readonly body?: { readonly contentType: string; readonly bytes: Uint8Array };
  readonly credentials?: SipCredentials;
}

/** A binding that is kept up at a registrar until `unregister` (RFC 3261 §10.2). Answered by `registrationChanged`. */
export interface RegisterCommand {
  readonly kind: 'register';
  readonly registrationId: string;
  readonly route: SipRoute;
  /** `sip:carrier.example.com`. */
  readonly registrar: string;
  /** Address of record: `sip:account@carrier.example.com`. */
  readonly address: string;
  readonly contact: string;
  readonly credentials?: SipCredentials;
  /** Asked for; the registrar decides. Default 600. */
  readonly expiresSeconds?: number;
  readonly headers?: ExtraHeaders;
}

/** Asks a peer with OPTIONS whether it is there, again and again, until `unwatch`. Answered by `peerHealthChanged`. */
export interface WatchCommand {
  readonly kind: 'watch';
  readonly peerId: string;
  readonly route: SipRoute;
  readonly uri: string;
  readonly from: string;
  readonly contact?: string;
  /** Default 60000; 10000 while the peer does not answer. */
  readonly intervalMs?: number;
}

export type UserAgentCommand =
  | SessionCommand
  | RequestCommand
  | RegisterCommand
  /** Removes the binding; `registrationChanged` says when that is done. */
  | { readonly kind: 'unregister'; readonly registrationId: string }
  | WatchCommand
  | { readonly kind: 'unwatch'; readonly peerId: string };
