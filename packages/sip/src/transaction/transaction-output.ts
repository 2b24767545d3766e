import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { InviteClientTransaction } from './invite-client-transaction.ts';
import type { InviteServerTransaction } from './invite-server-transaction.ts';
import type { NonInviteClientTransaction } from './non-invite-client-transaction.ts';
import type { NonInviteServerTransaction } from './non-invite-server-transaction.ts';
import type { SendOutput } from './timed-transaction.ts';

/** `Owner` is what the core attaches to a transaction: its own state, found without a look-up. */
export type ClientTransaction<Owner> = InviteClientTransaction<Owner> | NonInviteClientTransaction<Owner>;
export type ServerTransaction<Owner> = InviteServerTransaction<Owner> | NonInviteServerTransaction<Owner>;

/** What the layer wants done, or tells the core. */
export type TransactionOutput<ClientOwner, ServerOwner> =
  | SendOutput
  /** A request that no transaction knew. CANCEL comes with the INVITE that it is for, if there is one (RFC 3261 §9.2); both are answered by the core. */
  | { readonly kind: 'request'; readonly transaction: ServerTransaction<ServerOwner>; readonly cancels?: InviteServerTransaction<ServerOwner> }
  /** ACK of a 2xx: belongs to no transaction (RFC 3261 §13.2.2.4), or to one that is Accepted (RFC 6026 §7.1). */
  | { readonly kind: 'ack'; readonly request: SipRequest; readonly flow: SipFlow }
  | { readonly kind: 'response'; readonly transaction: ClientTransaction<ClientOwner>; readonly response: SipResponse }
  /** No response came in time (timers B and F): treat as 408 (RFC 3261 §8.1.3.1). */
  | { readonly kind: 'timedOut'; readonly transaction: ClientTransaction<ClientOwner> }
  /** The request could not be sent: treat as 503. */
  | { readonly kind: 'sendFailed'; readonly transaction: ClientTransaction<ClientOwner> }
  /** A final response other than 2xx was never acknowledged (timer H). */
  | { readonly kind: 'ackMissing'; readonly transaction: InviteServerTransaction<ServerOwner> };
