import { earliest, type Instant, type Machine, OutputQueue } from '@dialplane/sansio';
import type { SipFlow } from '../link/sip-flow.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import { VisitSchedule } from '../visit-schedule.ts';
import { AbsorbingEnds } from './absorbing-ends.ts';
import { cancelOf } from './derived-requests.ts';
import { InviteClientTransaction } from './invite-client-transaction.ts';
import { InviteServerTransaction } from './invite-server-transaction.ts';
import { CancelClientTransaction, NonInviteClientTransaction } from './non-invite-client-transaction.ts';
import { NonInviteServerTransaction } from './non-invite-server-transaction.ts';
import type { TimedTransaction, TransactionKeeper } from './timed-transaction.ts';
import { clientKey, clientKeyOfResponse, serverKey } from './transaction-key.ts';
import type { ClientTransaction, ServerTransaction, TransactionOutput } from './transaction-output.ts';
import { defaultTransactionTimes, type TransactionTimes } from './transaction-times.ts';

/** What the layer is told by the transports. */
export type TransactionInput =
  | { readonly kind: 'received'; readonly message: SipMessage; readonly flow: SipFlow }
  /** A message put out with this transaction could not be sent: no connection, ICMP error. */
  | { readonly kind: 'sendFailed'; readonly transaction: TimedTransaction };

export interface TransactionLayerOptions {
  readonly times?: Partial<TransactionTimes>;
  /** Transactions kept at most; requests beyond are answered 503 and forgotten. Default 200000. */
  readonly transactionLimit?: number;
}

export interface TransactionStatistics {
  readonly clientTransactions: number;
  readonly serverTransactions: number;
  /** Responses that belong to no transaction: dropped (RFC 6026 §7.2). */
  readonly strayResponses: number;
  /** Requests answered 503 because the limit was reached. */
  readonly refusedRequests: number;
}

/** Retry-After of what is refused because there is no room. */
const busyRetrySeconds = 5;

/**
 * All transactions of an element (RFC 3261 §17, RFC 6026): finds the one that a message belongs to, sends again what may have been lost, and gives the core
 * above, a user agent or a proxy, each request and each response once. The core writes Via and branch; ACK for 2xx it sends by itself.
 */
export class TransactionLayer<ClientOwner, ServerOwner> implements Machine<TransactionInput, TransactionOutput<ClientOwner, ServerOwner>>, TransactionKeeper<ClientOwner, ServerOwner> {
  readonly times: TransactionTimes;
  private readonly transactionLimit: number;
  private readonly clients = new Map<string, ClientTransaction<ClientOwner>>();
  private readonly servers = new Map<string, ServerTransaction<ServerOwner>>();
  private readonly visits = new VisitSchedule<TimedTransaction>();
  private readonly absorbing = new AbsorbingEnds<TimedTransaction>();
  private readonly outputs = new OutputQueue<TransactionOutput<ClientOwner, ServerOwner>>();
  private strayResponses = 0;
  private refusedRequests = 0;

  constructor(options: TransactionLayerOptions = {}) {
    this.times = { ...defaultTransactionTimes, ...options.times };
    this.transactionLimit = options.transactionLimit ?? 200_000;
  }

  get statistics(): TransactionStatistics {
    const { clients, servers, strayResponses, refusedRequests } = this;
    return { clientTransactions: clients.size, serverTransactions: servers.size, strayResponses, refusedRequests };
  }

  handle(input: TransactionInput, now: Instant): void {
    if (input.kind === 'sendFailed') input.transaction.handleSendFailure();
    else if (input.message.kind === 'request') this.handleRequest(input.message, input.flow, now);
    else this.handleResponse(input.message, now);
  }

  /**
   * Sends a request in a transaction of its own; never an ACK or a CANCEL.
   *
   * @param request with its top Via, whose branch is `branch`; belongs to the transaction from here on.
   * @param owner what the core finds again at `transaction.owner`.
   */
  request(request: SipRequest, branch: string, flow: SipFlow, owner: ClientOwner, now: Instant): ClientTransaction<ClientOwner> {
    const key = clientKey(branch, request.method);
    const transaction =
      request.method === 'INVITE' ? new InviteClientTransaction(key, request, flow, owner, this) : new NonInviteClientTransaction(key, request, flow, owner, this);
    this.startClient(transaction, now);
    return transaction;
  }

  /**
   * Has an INVITE time out when no response at all has come after `firstResponseMs`.
   *
   * Deviation: RFC 3261 §17.1.1.2 says that timer B SHOULD be 64·T1, 32 s, which is how long a caller would hear nothing of a next hop that is down. A hop that is there answers
   * 100 within 200 ms (§17.2.1), and over UDP the INVITE goes out four times in 6 s, so that a shorter time tells the dead from the slow as well. What rings for long is left
   * alone: the first 1xx ends timer B as ever.
   */
  hurry(invite: InviteClientTransaction<ClientOwner>, firstResponseMs: number, now: Instant): void {
    invite.hurry(firstResponseMs, now);
    this.schedule(invite);
  }

  /** Gives a request to the server transaction that it repeats or acknowledges; `false`: there is none. For a core that decides on requests before it spends a transaction on them. */
  handleKnown(request: SipRequest, now: Instant): boolean {
    const known = this.servers.get(serverKey(request) ?? '');
    if (known === undefined) return false;
    if (request.method !== 'ACK') known.handleRetransmission();
    else if (known.kind === 'inviteServer') {
      // The ACK of a 2xx is its receiver's (RFC 6026 §7.1).
      if (known.state === 'accepted') return false;
      known.handleAck(request, now);
      this.schedule(known);
    }
    return true;
  }

  /** Makes the server transaction of a request that {@link handleKnown} does not know. `undefined`: it has no readable Via, or there are too many, and it was answered 503. */
  accept(request: SipRequest, flow: SipFlow, now: Instant): ServerTransaction<ServerOwner> | undefined {
    const key = serverKey(request);
    if (key === undefined) return undefined;
    if (this.clients.size + this.servers.size >= this.transactionLimit) {
      this.refuse(request, flow);
      return undefined;
    }
    const transaction =
      request.method === 'INVITE' ? new InviteServerTransaction<ServerOwner>(key, request, flow, this) : new NonInviteServerTransaction<ServerOwner>(key, request, flow, this);
    this.servers.set(key, transaction);
    transaction.start(now);
    this.schedule(transaction);
    return transaction;
  }

  /** The INVITE that a CANCEL is for (RFC 3261 §9.2). */
  cancelledBy(cancel: SipRequest): InviteServerTransaction<ServerOwner> | undefined {
    const invite = this.servers.get(serverKey(cancel, 'INVITE') ?? '');
    return invite?.kind === 'inviteServer' ? invite : undefined;
  }

  /** Answers a request; a final response ends the server transaction's waiting, and what comes after it is dropped (but for repeated 2xx to INVITE). */
  respond(transaction: ServerTransaction<ServerOwner>, response: SipResponse, now: Instant): void {
    transaction.respond(response, now);
  }

  /**
   * Sends the CANCEL of an INVITE that has had a provisional response and no final one (RFC 3261 §9.1); before and after there is nothing to cancel, and
   * `false` says so. The final response, or a time-out 64·T1 from now, comes as for any INVITE.
   */
  cancel(invite: InviteClientTransaction<ClientOwner>, now: Instant, reason?: string): boolean {
    if (invite.state !== 'proceeding') return false;
    const key = clientKey(invite.key, 'CANCEL');
    if (this.clients.has(key)) return true;
    invite.handleCancelled(now);
    this.schedule(invite);
    this.startClient(new CancelClientTransaction(key, cancelOf(invite.request, reason), invite.flow, invite.owner, this), now);
    return true;
  }

  /** What was sent to this address does not arrive (RFC 3261 §18.4): requests that nobody has answered yet have failed. */
  handleUnreachable({ remote }: SipFlow): void {
    for (const client of this.clients.values()) {
      const { flow } = client;
      if (flow.transport !== 'udp' || flow.remote.port !== remote.port || flow.remote.address !== remote.address) continue;
      client.handleSendFailure();
      this.schedule(client);
    }
  }

  handleTimeout(now: Instant): void {
    for (let transaction = this.visits.takeDue(now); transaction !== undefined; transaction = this.visits.takeDue(now)) {
      transaction.handleTimeout(now);
      this.visits.add(transaction);
    }
    for (let over = this.absorbing.takeDue(now); over !== undefined; over = this.absorbing.takeDue(now)) for (const transaction of over) transaction.handleTimeout(now);
  }

  poll(): TransactionOutput<ClientOwner, ServerOwner> | undefined {
    return this.outputs.poll();
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.visits.next(), this.absorbing.next());
  }

  put(output: TransactionOutput<ClientOwner, ServerOwner>): void {
    this.outputs.put(output);
  }

  schedule(transaction: TimedTransaction): void {
    this.visits.add(transaction);
  }

  absorb(transaction: TimedTransaction): void {
    this.absorbing.add(transaction, transaction.absorbsUntil);
  }

  forget(transaction: TimedTransaction): void {
    this.visits.add(transaction);
    if (this.clients.get(transaction.key) === transaction) this.clients.delete(transaction.key);
    else if (this.servers.get(transaction.key) === transaction) this.servers.delete(transaction.key);
  }

  private handleRequest(request: SipRequest, flow: SipFlow, now: Instant): void {
    if (this.handleKnown(request, now)) return;
    if (request.method === 'ACK') this.put({ kind: 'ack', request, flow });
    else {
      const cancels = request.method === 'CANCEL' ? this.cancelledBy(request) : undefined;
      const transaction = this.accept(request, flow, now);
      if (transaction !== undefined) this.put({ kind: 'request', transaction, ...(cancels !== undefined && { cancels }) });
    }
  }

  private refuse(request: SipRequest, flow: SipFlow): void {
    this.refusedRequests += 1;
    this.put({ kind: 'send', message: responseTo(request, 503, { headers: [['Retry-After', String(busyRetrySeconds)]] }), flow });
  }

  private handleResponse(response: SipResponse, now: Instant): void {
    const key = clientKeyOfResponse(response.headers);
    const transaction = key === undefined ? undefined : this.clients.get(key);
    if (transaction === undefined) {
      this.strayResponses += 1;
      return;
    }
    transaction.handleResponse(response, now);
    this.schedule(transaction);
  }

  private startClient(transaction: ClientTransaction<ClientOwner>, now: Instant): void {
    this.clients.set(transaction.key, transaction);
    transaction.start(now);
    this.schedule(transaction);
  }
}
