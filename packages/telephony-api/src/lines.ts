import type { CustomContext, Redirection } from '@dialplane/calling-api';

/** Whom a line leads to. */
export type LineTarget =
  /** A telephone number, E.164 with `+`, through a trunk that the voice routes choose. `callerId` is the number to show; without one the call is refused. */
  | { readonly kind: 'number'; readonly number: string; readonly callerId?: string }
  /** A SIP phone that a user has registered: one device of that user, by the id that telephony told. */
  | { readonly kind: 'device'; readonly deviceId: string };

/**
 * What the owner of a call asks of telephony. A *line* is one telephone's part in a call: a SIP dialog (RFC 3261 §12) on one side, a leg of the call's conference on
 * the other. The owner names lines and legs; telephony opens, describes and closes the leg in the media processor (media control), and the owner watches it there.
 * Commands on one line are carried out in order; a command for a line that is over is ignored.
 */
export type LineCommand =
  /** Calls somebody. `from` is the participant who wants it: its raw identifier and name. */
  | {
      readonly kind: 'dial';
      readonly callId: string;
      readonly lineId: string;
      readonly target: LineTarget;
      readonly from: { readonly identifier: string; readonly displayName?: string };
      readonly conferenceId: string;
      readonly legId: string;
      readonly customContext?: CustomContext;
      /** Where the call was before, oldest first; the telephone network is told. */
      readonly redirections?: readonly Redirection[];
    }
  /** An incoming line is a part of this call: what is said on it stands in the call's flow record. */
  | { readonly kind: 'assign'; readonly lineId: string; readonly callId: string }
  /** Whom an incoming line is for is being rung. Its caller hears a leg of this name before the answer (183 with a description) where its trunk wants that, or it is a SIP phone; else it is told by 180. */
  | { readonly kind: 'alert'; readonly lineId: string; readonly sound?: { readonly conferenceId: string; readonly legId: string } }
  /** The incoming line is answered (200), or an answered line moves to another conference (promotion, a lost media process): its media leg is this one from now on. */
  | { readonly kind: 'connect'; readonly lineId: string; readonly callId: string; readonly conferenceId: string; readonly legId: string }
  /** An incoming line is not answered: with this SIP status (486, 480, 603, ...). */
  | { readonly kind: 'reject'; readonly lineId: string; readonly status: number; readonly reasonText?: string; /** For who reads the caller's log: a Warning. */ readonly sentence?: string }
  /** CANCEL, BYE, or a final response, whichever the dialog's state asks for. */
  | { readonly kind: 'hangUp'; readonly lineId: string }
  /** The others have put this line on hold, or taken it back. */
  | { readonly kind: 'setHeld'; readonly lineId: string; readonly isHeld: boolean }
  /** Digits `0-9*#A-D`, in the way the trunk wants them. */
  | { readonly kind: 'sendDtmf'; readonly lineId: string; readonly tones: string }
  /** REFER (RFC 3515): the telephone is to call the target in place of this call; with `replaces` the target is the other line's dialog (RFC 3891). Answered by `transferEnded`. */
  | { readonly kind: 'transfer'; readonly lineId: string; readonly target: LineTarget; readonly replacesLineId?: string }
  /** Answers `transferRequested`: with a SIP status for the NOTIFY (RFC 3515 §2.4.4); 100 and 180 are followed by others. */
  | { readonly kind: 'reportTransfer'; readonly lineId: string; readonly status: number };

/** Why a line ended. */
export interface LineEnd {
  /** `remote` hung up or refused; `local` obeyed the owner; `network` lost it (time-out, transport, media). */
  readonly by: 'remote' | 'local' | 'network';
  /** The SIP status that ended the attempt; absent for an answered line that was hung up. */
  readonly status?: number;
  /** The carrier's own words, unchanged: reason phrase, or the text of a Reason header (RFC 3326). */
  readonly reasonText?: string;
  /** Q.850 cause of a Reason header. */
  readonly q850?: number;
  /** Telephony's own decision, where it refused before anybody was asked. */
  readonly refusal?: LineRefusal;
  /** One sentence for who was in the call. */
  readonly sentence?: string;
  /** Of a SIP phone that has sent the call on: to which users of this server, and how that reads in the history of the call. The owner rings them. */
  readonly forwarded?: { readonly identifiers: readonly string[]; readonly redirection: Redirection };
}

export type LineRefusal =
  /** No trunk is configured, or no route matches the number. */
  | 'NO_TRUNK'
  | 'NO_ROUTE'
  /** `callerId` is absent, or not a number of this resource. */
  | 'CALLER_ID_NOT_OWNED'
  | 'NUMBER_INVALID'
  | 'NUMBER_BARRED'
  | 'EMERGENCY_NUMBER'
  | 'LIMIT_REACHED'
  /** The media processor gave no leg. */
  | 'MEDIA_UNAVAILABLE';

/** Who calls from outside, and whom the configuration of numbers sends it to. */
export interface IncomingLine {
  readonly lineId: string;
  /** `4:+15550100`, `8:acs:...` for a user's SIP phone, or `4:anonymous`. */
  readonly from: string;
  readonly displayName?: string;
  /** The called number, `4:+...`. */
  readonly to: string;
  readonly target:
    | { readonly kind: 'users'; readonly identifiers: readonly string[] }
    | { readonly kind: 'group'; readonly groupId: string }
    /** A telephone number, called by a user's SIP phone. */
    | { readonly kind: 'number'; readonly number: string; readonly callerId?: string }
    /** An application has answered, under this connection: `identifier` is its own. */
    | { readonly kind: 'application'; readonly connectionId: string; readonly identifier: string }
    /** It is not wanted, or over already (487): rejected with this SIP status by the owner, who keeps a record of it. */
    | { readonly kind: 'nobody'; readonly status: number; readonly sentence: string };
  /** Of the trunk, for the flow and the records; absent for a SIP phone. */
  readonly trunk?: string;
  readonly customContext?: CustomContext;
  /** Where the call was before, oldest first. */
  readonly redirections?: readonly Redirection[];
}

/** What telephony tells the owner of a call. */
export type LineEvent =
  /** Somebody calls; a call that begins with it has the line's id. The owner answers with `alert`, `connect`, `reject`, in its time. */
  | { readonly kind: 'incoming'; readonly line: IncomingLine }
  /** An outgoing line goes this way; again when the next trunk is tried. `why` is a sentence. */
  | { readonly kind: 'routed'; readonly lineId: string; readonly trunk: string; readonly callerId?: string; readonly why: string }
  /** The SIP phone that was rung has sent the call on to another one, which is rung now; `why` is a sentence. */
  | { readonly kind: 'sentOn'; readonly lineId: string; readonly why: string }
  /** A provisional response; with `hasEarlyMedia` the line's leg is heard already (RFC 3960). */
  | { readonly kind: 'progress'; readonly lineId: string; readonly status: number; readonly hasEarlyMedia: boolean }
  | { readonly kind: 'answered'; readonly lineId: string; readonly displayName?: string }
  /** The telephone has put the call on hold, or taken it back. */
  | { readonly kind: 'held'; readonly lineId: string; readonly isHeld: boolean }
  | { readonly kind: 'dtmf'; readonly lineId: string; readonly tone: string }
  /** The telephone wants the others to be connected to somebody else (REFER). */
  | { readonly kind: 'transferRequested'; readonly lineId: string; readonly target: LineTarget | { readonly kind: 'user'; readonly identifier: string }; readonly replacesLineId?: string }
  | { readonly kind: 'transferProgress'; readonly lineId: string; readonly status: number }
  | { readonly kind: 'transferEnded'; readonly lineId: string; readonly status: number; readonly reasonText?: string }
  /** Exactly once for every line; nothing follows. */
  | { readonly kind: 'ended'; readonly lineId: string; readonly end: LineEnd };

/** A SIP phone that a user has registered, as far as somebody who rings it needs to know. */
export interface LineDevice {
  readonly deviceId: string;
  readonly displayName?: string;
}
