import type { Instant, Randomness } from '@dialplane/sansio';
import type { DigestClient } from '../digest/digest-client.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { Replaces } from '../headers/replaces.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { InviteClientTransaction } from '../transaction/invite-client-transaction.ts';
import type { ClientTransaction, ServerTransaction } from '../transaction/transaction-output.ts';
import type { TransactionTimes } from '../transaction/transaction-times.ts';
import type { SipRoute } from '../user-agent/user-agent-command.ts';
import type { UserAgentEvent } from '../user-agent/user-agent-event.ts';
import type { UserAgentLimits } from '../user-agent/user-agent-options.ts';
import type { Visited } from '../visit-schedule.ts';
import type { InviteUsage } from './invite-usage.ts';
import type { Session } from './session.ts';
import type { UnacknowledgedAnswer } from './unacknowledged-answer.ts';

/** In whose name requests go out: a session, a registration, or somebody who asks once. */
export interface RequestSender extends Visited {
  readonly keeper: SessionKeeper;
  readonly route: SipRoute;
  /** Answers challenges; absent: nobody has credentials. */
  readonly digest: DigestClient | undefined;
  handleTimeout(now: Instant): void;
}

/** Who has sent a request, and hears what became of it. */
export interface RequestUser {
  readonly sender: RequestSender;
  handleResponse(response: SipResponse, now: Instant): void;
  /** None came (408), or the request was never sent (503). */
  handleSilence(status: 408 | 503, now: Instant): void;
}

/** Who answers an INVITE, and hears that it is cancelled. */
export interface RequestServer {
  readonly sender: RequestSender;
  handleCancel(cancel: SipRequest, now: Instant): void;
}

export type OurTransaction = ClientTransaction<RequestUser>;
export type TheirTransaction = ServerTransaction<RequestServer>;

/** What sessions need of the user agent that keeps them. */
export interface SessionKeeper {
  readonly randomness: Randomness;
  readonly times: TransactionTimes;
  readonly limits: UserAgentLimits;
  /** Lines that every request, or response, of ours has. */
  readonly productHeaders: { readonly request: readonly (readonly [string, string])[]; readonly response: readonly (readonly [string, string])[] };
  readonly minSessionSeconds: number;
  /** 64 bits that nobody can guess, in hexadecimal: for tags, branches, Call-IDs. */
  newToken(): string;
  contactOf(request: SipRequest, flow: SipFlow): string;
  put(event: UserAgentEvent): void;
  /** Sends a request in a transaction of its own, with a Via of ours. */
  request(request: SipRequest, user: RequestUser, now: Instant): OurTransaction;
  /** Sends an ACK for a 2xx. */
  acknowledge(ack: SipRequest, route: SipRoute): void;
  respond(transaction: TheirTransaction, response: SipResponse, now: Instant): void;
  /** Sends CANCEL, where the INVITE has had a provisional response; `false` before and after. */
  cancel(invite: InviteClientTransaction<RequestUser>, now: Instant, reason?: string): boolean;
  /** Requests within this dialog belong to the usage from now on. */
  join(usage: InviteUsage): void;
  leave(usage: InviteUsage): void;
  /** The session ends while our 2xx to a re-INVITE with this CSeq waits for its ACK. */
  outlive(dialog: Dialog, sequence: number, answer: UnacknowledgedAnswer): void;
  sessionNamed(sessionId: string): Session | undefined;
  /** The session of the dialog that a Replaces names. */
  sessionReplacedBy(replaces: Replaces): Session | undefined;
  /** The session is over. */
  forget(session: Session): void;
}
