import type { CustomContext } from '@dialplane/calling-api';
import type { ApplicationIdentity, ConnectionOutcome } from './call-connections.ts';

/** Whom an application sends a call to. `number` is E.164 with `+`. */
export type RedirectTarget = { readonly kind: 'user'; readonly identifier: string } | { readonly kind: 'number'; readonly number: string };

/** Azure's `CallRejectReason`. */
export type RejectReason = 'none' | 'busy' | 'forbidden';

/** What an application decides about a call that it was told of. */
export type CallDecision =
  | { readonly kind: 'redirect'; readonly target: RedirectTarget }
  | { readonly kind: 'reject'; readonly reason: RejectReason }
  /** It takes the call itself. */
  | { readonly kind: 'answer'; readonly application: ApplicationIdentity };

/** A call that an application is told of, to one of those whom it is for. */
export interface OfferedCall {
  /** Names this question about the call. */
  readonly offerId: string;
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly displayName?: string;
  readonly customContext?: CustomContext;
}

/**
 * Calls that applications may decide about. Each was told under a *context*, which is good for one word that is carried out; `INCOMING_CALL_NOT_FOUND` where the context is
 * none of ours, was used, or nobody waits for a word on that call any more. `requestId` is an idempotency key: the same word again has the same outcome.
 */
export interface IncomingCallControl {
  /** The call of a context; `undefined` where none waits with it. */
  find(context: string): OfferedCall | undefined;
  /** The application takes the call itself. */
  answer(context: string, application: ApplicationIdentity, requestId?: string): Promise<ConnectionOutcome<undefined>>;
  redirect(context: string, target: RedirectTarget, requestId?: string): Promise<ConnectionOutcome<undefined>>;
  reject(context: string, reason: RejectReason, requestId?: string): Promise<ConnectionOutcome<undefined>>;
}

/** What becomes of a call that applications were told of. */
export interface OfferListener {
  /** Carries a word out; where that is refused, the call waits for another one. */
  decided(decision: CallDecision): Promise<ConnectionOutcome<undefined>>;
  /** There will be no word; why, in a sentence. */
  undecided(sentence: string): void;
}

/** Applications that have subscribed to calls between users. Whether one of them says something or not, the user's own clients ring. */
export interface CalledUserAudience {
  /** Whether any of them is to be told. */
  isInterested(call: Pick<OfferedCall, 'from' | 'to'>): boolean;
  tell(call: OfferedCall, listener: OfferListener): void;
  /** No word is waited for any more. */
  withdraw(offerId: string): void;
}
