import type { ApplicationOperation } from '@dialplane/applications-api';
import type { CustomContext } from '@dialplane/calling-api';
import type { EndpointIdentity } from '../call-input.ts';
import type { Invitation, SeatLine } from '../call-model.ts';

export interface Person {
  readonly identifier: string;
  readonly displayName?: string;
}

/** What a transferor asks for: to whom, and with what. */
export interface TransferWish {
  readonly target?: string;
  readonly targetCallId?: string;
  readonly alternateCallerId?: string;
  readonly customContext?: CustomContext;
}

/** Whose place another call gives to a transferee: its call, or the line of a telephone in it. */
export type HandOverTarget = { readonly callId: string } | { readonly lineId: string };

/** What the other call does with a transferee: `refer`, where it can: nothing, because one trunk has the telephones of both calls and can connect them by itself; `join`: it takes them in. */
export type HandOverWay = 'refer' | 'join';

/** The telephone of another call, whose dialog a transferee on the same trunk may take over. */
export interface Referral {
  readonly lineId: string;
  /** E.164. */
  readonly number: string;
}

/** Who goes from one call to another: the clients they take part from, or their telephone's line. */
export interface Transferee extends Person {
  readonly endpoints: readonly EndpointIdentity[];
  readonly telephone?: { readonly lineId: string; readonly line: SeatLine };
}

/**
 * A transfer that somebody in this call asked for: `by`, an endpoint, line or connection, hands the other side over to `target`.
 *
 * ```
 *  referring ──not possible──▶ inviting ──the target is connected──▶ transferred
 *      └──the telephone has reached it───────────────────────────────────▲
 *  asking ──transferTaken──▶ calling ──transferSettled───────────────────┤
 *  handingOver ──────────────────────transferSettled─────────────────────┤
 *      └──one trunk has both──▶ referring ───────────────────────────────┘
 *              (joining) ◀──not possible──┘
 * ```
 * From each of them it may fail, and the call goes on as it was.
 */
export interface Transfer {
  readonly transferId: string;
  readonly by: string;
  readonly transferor: Person;
  /** Identifier of the other side. */
  readonly transferee: string;
  /** Identifier of who they are to talk to; a call id or line id where they are handed over. */
  readonly target: string;
  readonly invitation: Invitation;
  /** Of an application that transfers. */
  readonly operation?: ApplicationOperation;
  /** The transferee is one of several: who leaves is they alone, and whom they are to talk to does not come here. Without it all others leave the transferee and the target to each other. */
  readonly isOneOfSeveral?: true;
  readonly stage: TransferStage;
}

export type TransferStage =
  /** The telephone was asked to call the target by itself (REFER, RFC 3515), or to take the place of this side in the other call (`target`; RFC 3891). */
  | { readonly kind: 'referring'; readonly lineId: string; readonly way: 'blind' | 'attended' }
  /** The target is invited to this call, and the transferor leaves when it comes. */
  | { readonly kind: 'inviting' }
  /** The transferee's clients were asked to call the target. */
  | { readonly kind: 'asking' }
  | { readonly kind: 'calling'; readonly callId: string }
  | { readonly kind: 'handingOver' };

/** What this call does for a transfer of another one: its caller calls the target, or its `by` is replaced by the `transferee`. */
export type Errand =
  | { readonly kind: 'call' }
  | { readonly kind: 'replace'; readonly by: string; readonly transferee: string };
