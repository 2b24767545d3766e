import { earliest, type Instant, type Machine } from '@dialplane/sansio';
import { checkSipMessage } from '../message/check-sip-message.ts';
import { responseTo } from '../message/response-to.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import { OutgoingInvite } from '../session/outgoing-invite.ts';
import type { RequestServer, RequestUser } from '../session/session-keeper.ts';
import { Session } from '../session/session.ts';
import type { TimedTransaction } from '../transaction/timed-transaction.ts';
import type { TransactionStatistics } from '../transaction/transaction-layer.ts';
import type { TransactionOutput } from '../transaction/transaction-output.ts';
import { AgentCore, type UserAgentOutput } from './agent-core.ts';
import { IncomingRequests } from './incoming-requests.ts';
import { StandingOrders } from '../registration/standing-orders.ts';
import { askOnce } from './ask-once.ts';
import type { InviteCommand, UserAgentCommand } from './user-agent-command.ts';
import type { UserAgentOptions } from './user-agent-options.ts';

/** What a user agent is told by its transports and its owner. */
export type UserAgentInput =
  /** `origin`: what the transport knows of the sender; it comes back with `incoming`. */
  | { readonly kind: 'received'; readonly message: SipMessage; readonly flow: SipFlow; readonly origin?: unknown }
  /** A message that was put out with this transaction could not be sent. */
  | { readonly kind: 'sendFailed'; readonly transaction: TimedTransaction }
  | UserAgentCommand;

export interface UserAgentStatistics extends TransactionStatistics {
  readonly sessions: number;
  /** Those of sessions, and those of which nothing is left but an answer without its ACK. */
  readonly dialogs: number;
}

/**
 * A SIP user agent (RFC 3261 §8, §12 to §15): calls and is called, in any number of sessions at once, registers, and asks peers whether they are there. Its owner
 * decides what is said in descriptions and who is answered; the agent carries it, with 100rel (RFC 3262), UPDATE (RFC 3311), session timers (RFC 4028), REFER (RFC 3515),
 * Replaces (RFC 3891) and INFO (RFC 6086).
 *
 * Every message of a session goes over the session's flow: the agent stands behind an outbound proxy, or talks to one peer.
 *
 * ```ts
 * agent.handle({ kind: 'invite', sessionId: 'line-1', route: { flow }, uri: 'sip:+15550100@sbc.example.com', from: '<sip:+15550111@example.com>', contact: 'sip:line-1@192.0.2.1', description: offer }, now);
 * for (let output = agent.poll(); output !== undefined; output = agent.poll()) perform(output);
 * const wakeAt = agent.pollTimeout(); // call agent.handleTimeout(now) when it has come
 * ```
 */
export class UserAgent implements Machine<UserAgentInput, UserAgentOutput> {
  private readonly core: AgentCore;
  private readonly requests: IncomingRequests;
  private readonly standing: StandingOrders;

  constructor(options: UserAgentOptions) {
    this.core = new AgentCore(options);
    this.requests = new IncomingRequests(this.core);
    this.standing = new StandingOrders(this.core);
  }

  get statistics(): UserAgentStatistics {
    return { ...this.core.layer.statistics, sessions: this.core.sessions.size, dialogs: this.core.dialogs.size + this.core.lastAnswers.size };
  }

  handle(input: UserAgentInput, now: Instant): void {
    if (input.kind === 'received') return this.receive(input.message, input.flow, input.origin, now);
    if (input.kind === 'sendFailed') this.core.layer.handle(input, now);
    else this.obey(input, now);
    this.settle(undefined, now);
  }

  handleTimeout(now: Instant): void {
    const { core } = this;
    core.layer.handleTimeout(now);
    this.settle(undefined, now);
    const visited = [];
    for (let waiting = core.visits.takeDue(now); waiting !== undefined; waiting = core.visits.takeDue(now)) {
      waiting.handleTimeout(now);
      visited.push(waiting);
    }
    for (const waiting of visited) core.visits.add(waiting);
    this.settle(undefined, now);
  }

  poll(): UserAgentOutput | undefined {
    return this.core.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.core.layer.pollTimeout(), this.core.visits.next());
  }

  private receive(message: SipMessage, flow: SipFlow, origin: unknown, now: Instant): void {
    const fault = checkSipMessage(message);
    if (fault === undefined) {
      this.core.layer.handle({ kind: 'received', message, flow }, now);
      this.settle(origin, now);
    } else if (message.kind === 'request' && message.method !== 'ACK' && message.headers.has('Via')) {
      this.core.send(responseTo(message, fault.status, { reason: fault.sentence, toTag: this.core.newToken() }), flow);
    }
  }

  private obey(command: UserAgentCommand, now: Instant): void {
    switch (command.kind) {
      case 'invite':
        return this.invite(command, now);
      case 'request':
        return askOnce(this.core, command, now);
      case 'register':
      case 'unregister':
        return this.standing.obeyRegistration(command, now);
      case 'watch':
      case 'unwatch':
        return this.standing.obeyWatch(command, now);
      default: {
        const session = this.core.sessionNamed(command.sessionId);
        if (session === undefined) return;
        session.handleCommand(command, now);
        this.core.visits.add(session);
      }
    }
  }

  private invite(command: InviteCommand, now: Instant): void {
    const { core } = this;
    if (core.sessions.has(command.sessionId)) return;
    const session = new Session(core, { sessionId: command.sessionId, route: command.route, digest: core.digestFor(command.credentials), timerWish: command.sessionTimer });
    core.sessions.set(command.sessionId, session);
    session.call(new OutgoingInvite(session, command), now);
    core.visits.add(session);
  }

  /** Carries on what the transactions have to say, until they say nothing more. */
  private settle(origin: unknown, now: Instant): void {
    const { layer } = this.core;
    for (let output = layer.poll(); output !== undefined; output = layer.poll()) this.carryOn(output, origin, now);
  }

  private carryOn(output: TransactionOutput<RequestUser, RequestServer>, origin: unknown, now: Instant): void {
    switch (output.kind) {
      case 'send':
        return this.core.pass(output);
      case 'request':
        return this.requests.handle(output.transaction, output.cancels, origin, now);
      case 'ack':
        return this.requests.handleAck(output.request, now);
      case 'response':
        output.transaction.owner.handleResponse(output.response, now);
        break;
      case 'timedOut':
        output.transaction.owner.handleSilence(408, now);
        break;
      case 'sendFailed':
        output.transaction.owner.handleSilence(503, now);
        break;
      default:
        // An ACK that never came for a refusal changes nothing: the session is over.
        return;
    }
    this.core.visits.add(output.transaction.owner.sender);
  }
}
