import type { CustomContext } from '@dialplane/calling-api';
import type { ApplicationIdentity } from './call-connections.ts';

/** Whom an application sends a call to. `number` is E.164 with `+`. */
export type RedirectTarget = { readonly kind: 'user'; readonly identifier: string } | { readonly kind: 'number'; readonly number: string };

/** Azure's `CallRejectReason`. */
export type RejectReason = 'none' | 'busy' | 'forbidden';

/** What came of an application's word. `notFound`: the context is none of ours, was used, or its call is over. */
export type WordOutcome = 'done' | 'notFound';

/** A call that an application is asked about. The call that it becomes has the id of its line. */
export interface OfferedCall {
  readonly lineId: string;
  readonly from: string;
  readonly to: string;
  readonly displayName?: string;
  readonly customContext?: CustomContext;
}

/**
 * Calls from outside that wait for the word of an application. Each was told to it under a *context*, which is good for one word.
 * `requestId` is an idempotency key: the same word again has the same outcome.
 */
export interface IncomingCallControl {
  /** The call of a context; `undefined` where none waits with it. */
  find(context: string): OfferedCall | undefined;
  /** The application takes the call itself. */
  answer(context: string, application: Pick<ApplicationIdentity, 'connectionId' | 'identifier'>, requestId?: string): WordOutcome;
  redirect(context: string, target: RedirectTarget, requestId?: string): WordOutcome;
  reject(context: string, reason: RejectReason, requestId?: string): WordOutcome;
}
