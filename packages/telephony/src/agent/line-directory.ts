import type { Redirection } from '@dialplane/calling-api';
import type { ExtraHeaders, SipOrigin, SipRequest } from '@dialplane/sip';
import type { IncomingLine, LineCommand, LineEnd, LineRefusal, LineTarget } from '@dialplane/telephony-api';
import type { FarSide, LineAttempt } from '../line/far-side.ts';
import type { ReferTarget } from '../line/transfers.ts';

export type DialCommand = Extract<LineCommand, { readonly kind: 'dial' }>;

/** Ways to whom is called, in their order; or why there are none, with a sentence for who called. */
export type LinePlan =
  | {
      readonly kind: 'ways';
      readonly attempts: readonly LineAttempt[];
      /** Raw identifier of who is called. */
      readonly identifier: string;
      /** What was asked, as it was understood: numbers are E.164. */
      readonly dial: DialCommand;
    }
  | { readonly kind: 'refused'; readonly refusal: LineRefusal; readonly sentence: string };

/** Where a 3xx leads: to other ways, of a call that may be for another number now; or nowhere, with a sentence. */
export type RedirectionPlan =
  | LinePlan
  /** To users of this server, whom the owner of the call rings. */
  | ({ readonly kind: 'forwarded' } & NonNullable<LineEnd['forwarded']>)
  | { readonly kind: 'notFollowed'; readonly sentence: string };

/** What becomes of an INVITE from outside. */
export type IncomingDecision =
  | { readonly kind: 'line'; readonly far: FarSide; readonly line: Omit<IncomingLine, 'lineId'> }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly headers?: ExtraHeaders }
  /** An application is asked; the agent is told by an input. */
  | { readonly kind: 'later' };

/** What the agent asks of the telephony resource. Answered at once, from memory. */
export interface LineDirectory {
  plan(dial: DialCommand): LinePlan;
  /** @param contacts Contact values of the 3xx, as they came. @param reason why whom was called has sent it on. */
  redirect(dial: DialCommand, far: FarSide, contacts: readonly string[], reason: Redirection['reason']): RedirectionPlan;
  /** @param lineId of the line that it becomes, if any. */
  receive(lineId: string, request: SipRequest, origin: SipOrigin): IncomingDecision;
  /** URI by which the far side of a line finds somebody: where it is sent by REFER. */
  addressOf(target: LineTarget, far: FarSide): string | undefined;
  /** Whom a URI in a REFER of the far side means. */
  targetOf(uri: string, far: FarSide): ReferTarget | undefined;
}
