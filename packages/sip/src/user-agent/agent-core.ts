import type { Instant, Randomness } from '@dialplane/sansio';
import type { Dialog } from '../dialog/dialog.ts';
import { DigestClient } from '../digest/digest-client.ts';
import type { SipCrypto } from '../digest/sip-crypto.ts';
import type { Replaces } from '../headers/replaces.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import { copyOf } from '../message/copy-of.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import type { InviteUsage } from '../session/invite-usage.ts';
import type { OurTransaction, RequestSender, RequestServer, RequestUser, SessionKeeper, TheirTransaction } from '../session/session-keeper.ts';
import type { Session } from '../session/session.ts';
import type { UnacknowledgedAnswer } from '../session/unacknowledged-answer.ts';
import type { InviteClientTransaction } from '../transaction/invite-client-transaction.ts';
import type { TimedTransaction } from '../transaction/timed-transaction.ts';
import { TransactionLayer } from '../transaction/transaction-layer.ts';
import type { TransactionOutput } from '../transaction/transaction-output.ts';
import type { TransactionTimes } from '../transaction/transaction-times.ts';
import { VisitSchedule, type Visited } from '../visit-schedule.ts';
import { DialogTable } from './dialog-table.ts';
import { LastAnswers } from './last-answers.ts';
import type { ExtraHeaders, SipCredentials, SipRoute } from './user-agent-command.ts';
import type { UserAgentEvent } from './user-agent-event.ts';
import { defaultUserAgentLimits, type UserAgentLimits, type UserAgentOptions } from './user-agent-options.ts';

/** A message on its way out. What its owner says of it goes beside it; `transaction` is handed back as `sendFailed` where it cannot be sent. */
export interface UserAgentSend {
  readonly kind: 'send';
  readonly message: SipMessage;
  readonly flow: SipFlow;
  readonly callId?: string;
  readonly trunkId?: string;
  readonly transaction?: TimedTransaction;
}

export type UserAgentOutput = UserAgentSend | UserAgentEvent;

/** What all sessions of a user agent share: its transactions, the dialogs by which requests find them, and what goes out. */
export class AgentCore implements SessionKeeper {
  readonly randomness: Randomness;
  readonly limits: UserAgentLimits;
  readonly minSessionSeconds: number;
  readonly productHeaders: { readonly request: ExtraHeaders; readonly response: ExtraHeaders };
  readonly layer: TransactionLayer<RequestUser, RequestServer>;
  readonly dialogs = new DialogTable();
  readonly lastAnswers = new LastAnswers();
  readonly sessions = new Map<string, Session>();
  /** Whoever waits for something. */
  readonly visits = new VisitSchedule<Visited & Pick<RequestSender, 'handleTimeout'>>();
  readonly outputs: UserAgentOutput[] = [];
  private readonly crypto: SipCrypto;
  private readonly contactSource: (request: SipRequest, flow: SipFlow) => string;

  constructor(options: UserAgentOptions) {
    this.randomness = options.randomness;
    this.crypto = options.crypto;
    this.limits = { ...defaultUserAgentLimits, ...options.limits };
    this.minSessionSeconds = options.minSessionSeconds ?? 90;
    const { product } = options;
    this.productHeaders = product === undefined ? { request: [], response: [] } : { request: [['User-Agent', product]], response: [['Server', product]] };
    this.layer = new TransactionLayer(options.times === undefined ? {} : { times: options.times });
    this.contactSource = options.contactOf ?? ((_request, flow) => `sip:${placeOf(flow)}`);
  }

  get times(): TransactionTimes {
    return this.layer.times;
  }

  newToken(): string {
    return [this.randomness.nextUint32(), this.randomness.nextUint32()].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  /** Who answers challenges with these credentials, in whatever realm. */
  digestFor(credentials: SipCredentials | undefined): DigestClient | undefined {
    return credentials === undefined ? undefined : new DigestClient({ crypto: this.crypto, randomness: this.randomness, credentialsFor: () => credentials });
  }

  contactOf(request: SipRequest, flow: SipFlow): string {
    return this.contactSource(request, flow);
  }

  put(event: UserAgentEvent): void {
    this.outputs.push(event);
  }

  request(request: SipRequest, user: RequestUser, now: Instant): OurTransaction {
    const branch = `z9hG4bK${this.newToken()}`;
    for (const [name, value] of this.productHeaders.request) request.headers.add(name, value);
    request.headers.prepend('Via', viaOf(user.sender.route.flow, branch));
    return this.layer.request(request, branch, user.sender.route.flow, user, now);
  }

  acknowledge(ack: SipRequest, route: SipRoute): void {
    ack.headers.prepend('Via', viaOf(route.flow, `z9hG4bK${this.newToken()}`));
    this.send(ack, route.flow, route);
  }

  respond(transaction: TheirTransaction, response: SipResponse, now: Instant): void {
    this.layer.respond(transaction, response, now);
  }

  cancel(invite: InviteClientTransaction<RequestUser>, now: Instant, reason?: string): boolean {
    return this.layer.cancel(invite, now, reason);
  }

  join(usage: InviteUsage): void {
    this.dialogs.join(usage);
  }

  leave(usage: InviteUsage): void {
    this.dialogs.leave(usage);
  }

  outlive(dialog: Dialog, sequence: number, answer: UnacknowledgedAnswer): void {
    this.visits.add(this.lastAnswers.add(dialog, sequence, answer));
  }

  sessionNamed(sessionId: string): Session | undefined {
    return this.sessions.get(sessionId);
  }

  sessionReplacedBy(replaces: Replaces): Session | undefined {
    return this.dialogs.replacedBy(replaces)?.session;
  }

  forget(session: Session): void {
    this.dialogs.leaveAll(session);
    this.visits.add(session);
    this.sessions.delete(session.sessionId);
  }

  send(message: SipMessage, flow: SipFlow, about?: SipRoute, transaction?: TimedTransaction): void {
    const { callId, trunkId } = about ?? {};
    this.outputs.push({
      kind: 'send',
      // Within the process there are no bytes: who receives a message may change it, and ours may be sent again.
      message: flow.transport === 'inside' ? copyOf(message) : message,
      flow,
      ...(callId === undefined ? {} : { callId }),
      ...(trunkId === undefined ? {} : { trunkId }),
      ...(transaction === undefined ? {} : { transaction }),
    });
  }

  /** Performs a `send` of the layer's. */
  pass(output: Extract<TransactionOutput<RequestUser, RequestServer>, { readonly kind: 'send' }>): void {
    const owner = (output.transaction as OurTransaction | TheirTransaction | undefined)?.owner;
    this.send(output.message, output.flow, owner?.sender.route, output.transaction);
  }
}

/** Our Via on a flow: where responses come back to (RFC 3261 §18.1.1, RFC 3581 §3). */
function viaOf(flow: SipFlow, branch: string): string {
  // Within the process there is no transport to name; what is reliable there is TCP to whoever reads it further on.
  const transport = flow.transport === 'inside' ? 'TCP' : flow.transport.toUpperCase();
  return `SIP/2.0/${transport} ${placeOf(flow)};branch=${branch}${flow.transport === 'udp' ? ';rport' : ''}`;
}

function placeOf(flow: SipFlow): string {
  const { address, port } = flow.local;
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 0 ? host : `${host}:${port}`;
}
