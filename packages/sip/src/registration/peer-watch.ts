import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { type RequestOutcome, sendRequest } from '../session/send-request.ts';
import type { RequestSender } from '../session/session-keeper.ts';
import type { AgentCore } from '../user-agent/agent-core.ts';
import { outsideRequest } from '../user-agent/outside-request.ts';
import type { SipRoute, WatchCommand } from '../user-agent/user-agent-command.ts';
import type { Visit, Visited } from '../visit-schedule.ts';

type WatchState =
  /** OPTIONS is on its way since `since`; unanswered by `failAt` it counts as a failure, although an answer may still come. */
  | { readonly kind: 'asking'; readonly since: Instant; readonly failAt: Instant }
  | { readonly kind: 'resting'; readonly until: Instant }
  | { readonly kind: 'stopped' };

const defaultIntervalMs = 60_000;
/** While a peer does not answer it is asked more often, so that it is back as soon as it is. */
const retryMs = 10_000;
const patienceMs = 10_000;
/** Failures in a row that make a peer down. */
const downThreshold = 2;

/**
 * Whether a peer is there: OPTIONS again and again (RFC 3261 §11). Every answer but 408 and 503 shows that it is.
 *
 * asking → resting → asking …; every state → stopped.
 */
export class PeerWatch implements RequestSender {
  readonly keeper: AgentCore;
  readonly route: SipRoute;
  readonly digest = undefined;
  visit: Visit<Visited> | undefined;
  private readonly command: WatchCommand;
  private readonly callId: string;
  private sequence = 0;
  private failures = 0;
  private health: 'unknown' | 'up' | 'down' = 'unknown';
  private state: WatchState = { kind: 'stopped' };

  constructor(core: AgentCore, command: WatchCommand) {
    this.keeper = core;
    this.command = command;
    this.route = command.route;
    this.callId = core.newToken();
  }

  get dueAt(): Instant | undefined {
    if (this.state.kind === 'asking') return this.state.failAt;
    return this.state.kind === 'resting' ? this.state.until : undefined;
  }

  start(now: Instant): void {
    const { uri, from, contact } = this.command;
    this.sequence += 1;
    const { sequence } = this;
    const tagged = `${from};tag=${this.keeper.newToken()}`;
    const question = { kind: 'asking', since: now, failAt: addMilliseconds(now, patienceMs) } as const;
    this.state = question;
    const build = () => outsideRequest({ method: 'OPTIONS', uri, from: tagged, to: `<${uri}>`, callId: this.callId, sequence, contact, headers: [['Accept', 'application/sdp']] });
    sendRequest(this, build, (outcome, at) => this.handleOutcome(outcome, question, at), now);
  }

  stop(): void {
    this.state = { kind: 'stopped' };
  }

  handleTimeout(now: Instant): void {
    if (this.state.kind === 'resting' && now >= this.state.until) this.start(now);
    else if (this.state.kind === 'asking' && now >= this.state.failAt) this.handleFailure(408, now);
  }

  /** An answer shows that the peer is there, also a late one; a silence that was counted is not counted again. */
  private handleOutcome(outcome: RequestOutcome, question: Extract<WatchState, { readonly kind: 'asking' }>, now: Instant): void {
    if (this.state.kind === 'stopped') return;
    const isCurrent = this.state === question;
    if (outcome.response === undefined || outcome.status === 408 || outcome.status === 503) return isCurrent ? this.handleFailure(outcome.status, now) : undefined;
    this.failures = 0;
    if (isCurrent) this.rest(this.command.intervalMs ?? defaultIntervalMs, now);
    if (this.health === 'up') return;
    this.health = 'up';
    this.keeper.put({ kind: 'peerHealthChanged', peerId: this.command.peerId, health: 'up', status: outcome.status, roundTripMs: now - question.since });
  }

  private handleFailure(status: number, now: Instant): void {
    this.failures += 1;
    this.rest(Math.min(retryMs, this.command.intervalMs ?? defaultIntervalMs), now);
    if (this.failures < downThreshold || this.health === 'down') return;
    this.health = 'down';
    this.keeper.put({ kind: 'peerHealthChanged', peerId: this.command.peerId, health: 'down', status });
  }

  private rest(milliseconds: number, now: Instant): void {
    this.state = { kind: 'resting', until: addMilliseconds(now, milliseconds) };
  }
}
