import { addMilliseconds, earliest, type Instant, type Machine, type Randomness } from '@dialplane/sansio';
import { readTopVia } from '../headers/via.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import { responseTo } from '../message/response-to.ts';
import { TransactionLayer, type TransactionLayerOptions, type TransactionStatistics } from '../transaction/transaction-layer.ts';
import type { TimedTransaction } from '../transaction/timed-transaction.ts';
import type { TransactionOutput } from '../transaction/transaction-output.ts';
import { parseSipUri, type SipUri } from '../uri/sip-uri.ts';
import { forwardedRequest, forwardingPath, viaOf } from './forwarded-request.ts';
import { ownRouteRemoved } from './own-route.ts';
import type { ProxiedRequest, ProxyDecision, ProxySurroundings, ProxyTarget } from './proxy-surroundings.ts';
import { branchPrefix, checkForwarding, loopHashOf, presetBreadth } from './request-checks.ts';
import { noteReceivedFrom } from './received-from.ts';
import { ProxyBranch, ResponseContext } from './response-context.ts';
import { textHash } from './text-hash.ts';

/** What the proxy is told. */
export type ProxyInput =
  | { readonly kind: 'received'; readonly message: SipMessage; readonly flow: SipFlow }
  /** Answers `resolve`: the flow to the address that comes `attempt`th of those that the URI leads to; none where there are no more. */
  | { readonly kind: 'resolved'; readonly branchId: number; readonly flow: SipFlow | undefined }
  /** A message that was put out with this transaction could not be sent. */
  | { readonly kind: 'sendFailed'; readonly transaction: TimedTransaction };

/** What the proxy wants done. */
export type ProxyOutput =
  | { readonly kind: 'send'; readonly message: SipMessage; readonly flow: SipFlow; readonly transaction?: TimedTransaction }
  /** Where does this URI lead (RFC 3263)? `attempt` counts the addresses that have failed already. */
  | { readonly kind: 'resolve'; readonly branchId: number; readonly uri: string; readonly attempt: number };

export interface ProxyOptions {
  readonly surroundings: ProxySurroundings;
  readonly randomness: Randomness;
  readonly transactions?: TransactionLayerOptions;
}

/** An ACK for a 2xx on its way: it belongs to no transaction (RFC 3261 §16.11). */
interface PassingAck {
  readonly kind: 'ack';
  readonly proxied: ProxiedRequest;
  readonly target: ProxyTarget;
  readonly loopHash: string;
}

type AwaitingFlow = { readonly kind: 'branch'; readonly branch: ProxyBranch } | PassingAck;

/** RFC 3261 §16.6 item 11: longer than three minutes. Looked at every ten seconds, so that a call costs no timer. */
const timerCMs = 185_000;
const timerCIntervalMs = 10_000;

/**
 * A stateful proxy (RFC 3261 §16) that stays on the path of dialogs, forks, finds loops (RFC 5393) and goes on to the next address where one fails (RFC 3263 §4.3).
 *
 * Each request that no transaction knows is decided on by the surroundings; what is refused or answered there costs no state, so that a flood is answered or ignored from
 * one look at it. What is forwarded has a {@link ResponseContext} until its server transaction is over. Responses that belong to no transaction are dropped (RFC 6026 §7.3);
 * so is an ACK that the surroundings do not let pass. Deviation: a CANCEL of an INVITE that is not known is answered with 481 or dropped, and never forwarded, since a
 * transaction of its INVITE would be here.
 */
export class ProxyCore implements Machine<ProxyInput, ProxyOutput> {
  private readonly surroundings: ProxySurroundings;
  private readonly layer: TransactionLayer<ProxyBranch, ResponseContext>;
  private readonly branchSeed: string;
  private readonly tagSeed: string;
  private readonly isOwn: (uri: SipUri) => boolean;
  /** What this proxy has put into Vias. */
  private readonly sentBys = new Set<string>();
  private readonly awaitingFlow = new Map<number, AwaitingFlow>();
  /** Branches of INVITEs without a final response. */
  private readonly ringing = new Set<ProxyBranch>();
  private timerCVisit: Instant | undefined;
  private branchCount = 0;
  private outputs: ProxyOutput[] = [];
  private polled = 0;

  constructor({ surroundings, randomness, transactions }: ProxyOptions) {
    this.surroundings = surroundings;
    this.layer = new TransactionLayer(transactions);
    this.branchSeed = randomness.nextUint32().toString(36);
    this.tagSeed = randomness.nextUint32().toString(36) + randomness.nextUint32().toString(36);
    this.isOwn = (uri) => surroundings.isOwn(uri);
  }

  get statistics(): TransactionStatistics {
    return this.layer.statistics;
  }

  handle(input: ProxyInput, now: Instant): void {
    if (input.kind === 'resolved') this.handleResolved(input.branchId, input.flow, now);
    else if (input.kind === 'sendFailed') this.layer.handle(input, now);
    else if (input.message.kind === 'request') this.handleRequest(input.message, input.flow, now);
    else this.layer.handle(input, now);
    this.drainLayer(now);
  }

  handleTimeout(now: Instant): void {
    this.layer.handleTimeout(now);
    if (this.timerCVisit !== undefined && now >= this.timerCVisit) this.visitRinging(now);
    this.drainLayer(now);
  }

  poll(): ProxyOutput | undefined {
    const output = this.outputs[this.polled];
    if (output !== undefined) {
      this.polled += 1;
      return output;
    }
    if (this.polled > 0) this.outputs = [];
    this.polled = 0;
    return undefined;
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.layer.pollTimeout(), this.timerCVisit);
  }

  private handleRequest(request: SipRequest, arrived: SipFlow, now: Instant): void {
    const via = readTopVia(request.headers);
    if (via === undefined) return;
    const flow = noteReceivedFrom(request, via, arrived);
    if (this.layer.handleKnown(request, now)) return;
    if (request.method === 'CANCEL') this.cancel(request, flow, now);
    else this.handleNew(request, { arrived, flow }, now);
  }

  private handleNew(received: SipRequest, { arrived, flow }: { readonly arrived: SipFlow; readonly flow: SipFlow }, now: Instant): void {
    const loopHash = loopHashOf(received);
    const proxied = ownRouteRemoved(received, arrived, this.isOwn);
    let decision: ProxyDecision = this.surroundings.decide(proxied, now);
    if (decision.kind === 'forward') decision = checkForwarding(proxied.request, loopHash, this.sentBys) ?? decision;
    if (decision.kind === 'forward' && decision.targets.length === 0) decision = { kind: 'respond', status: 480 };
    if (decision.kind === 'respond') this.answer(proxied.request, flow, decision);
    if (decision.kind !== 'forward') return;
    if (received.method === 'ACK') return this.passAck(proxied, decision.targets, loopHash);
    const server = this.layer.accept(received, flow, now);
    if (server === undefined) return;
    const context = new ResponseContext(server, proxied, decision.targets, decision.staysOnPath, loopHash);
    server.owner = context;
    this.tryNext(context, now);
  }

  /** RFC 3261 §8.2.7: without a transaction; the tag follows from the request, so that each repetition gets the same. */
  private answer(request: SipRequest, flow: SipFlow, { status, reason, headers = [] }: Extract<ProxyDecision, { kind: 'respond' }>): void {
    if (request.method === 'ACK') return;
    this.outputs.push({ kind: 'send', message: responseTo(request, status, { toTag: this.tagFor(request), headers, ...(reason !== undefined && { reason }) }), flow });
  }

  private ownResponse(request: SipRequest, status: number): SipResponse {
    return responseTo(request, status, { toTag: this.tagFor(request) });
  }

  private tagFor({ headers }: SipRequest): string {
    return textHash([this.tagSeed, headers.first('Call-ID') ?? '', headers.first('From') ?? '', headers.first('CSeq') ?? '']);
  }

  /** RFC 3261 §16.10: the CANCEL is answered at once, and what is under way for its INVITE is cancelled. */
  private cancel(request: SipRequest, flow: SipFlow, now: Instant): void {
    const invite = this.layer.cancelledBy(request);
    if (invite === undefined) {
      const decision = this.surroundings.decide(ownRouteRemoved(request, flow, this.isOwn), now);
      if (decision.kind !== 'drop') this.answer(request, flow, { kind: 'respond', status: 481 });
      return;
    }
    const server = this.layer.accept(request, flow, now);
    if (server === undefined) return;
    this.layer.respond(server, this.ownResponse(request, 200), now);
    const context = invite.owner;
    if (context === undefined || context.state === 'answered') return;
    context.state = 'closing';
    this.cancelBranches(context, now, request.headers.first('Reason'));
    if (context.isIdle) this.finish(context, now);
  }

  /** Starts the next group of targets; where there is none and nothing is under way, the request is over. */
  private tryNext(context: ResponseContext, now: Instant): void {
    const targets = context.nextTargets();
    const breadths = this.breadthsOf(context, targets.length);
    if (breadths === 'exceeded') {
      context.state = 'closing';
      context.keep(this.ownResponse(context.server.request, 440));
    } else {
      for (const target of targets) {
        this.branchCount += 1;
        const branch = new ProxyBranch(this.branchCount, context, target, forwardingPath(context.proxied.request, target), breadths);
        context.branches.push(branch);
        this.findFlow(branch, now);
      }
    }
    if (context.isIdle && context.state !== 'answered') this.finish(context, now);
  }

  /** RFC 5393 §5.3.3: branches that run at once share the breadth of their request. `undefined`: nothing has to be written. */
  private breadthsOf({ proxied }: ResponseContext, count: number): number | undefined | 'exceeded' {
    const given = proxied.request.headers.first('Max-Breadth');
    if (given === undefined && count < 2) return undefined;
    const share = Math.floor((given === undefined ? presetBreadth : Number.parseInt(given, 10)) / Math.max(1, count));
    return share >= 1 ? share : 'exceeded';
  }

  private findFlow(branch: ProxyBranch, now: Instant): void {
    const known = branch.attempts === 0 ? this.knownFlow(branch.target, branch.path.nextHop) : undefined;
    if (known !== undefined) return this.call(branch, known, now);
    branch.state = { kind: 'resolving' };
    this.awaitingFlow.set(branch.id, { kind: 'branch', branch });
    this.outputs.push({ kind: 'resolve', branchId: branch.id, uri: branch.path.nextHop, attempt: branch.attempts });
  }

  private knownFlow(target: ProxyTarget, nextHop: string): SipFlow | undefined {
    if (target.flow !== undefined) return target.flow;
    const uri = parseSipUri(nextHop);
    return uri === undefined ? undefined : this.surroundings.flowTo(uri);
  }

  private handleResolved(branchId: number, flow: SipFlow | undefined, now: Instant): void {
    const awaiting = this.awaitingFlow.get(branchId);
    if (awaiting === undefined) return;
    this.awaitingFlow.delete(branchId);
    if (awaiting.kind === 'ack') {
      if (flow !== undefined) this.sendAck(awaiting, flow);
      return;
    }
    const { branch } = awaiting;
    if (flow === undefined || branch.isCancelled) this.giveUp(branch, now);
    else this.call(branch, flow, now);
  }

  private call(branch: ProxyBranch, flow: SipFlow, now: Instant): void {
    const { context, path, maxBreadth } = branch;
    const { proxied, loopHash, staysOnPath } = context;
    const sentBy = this.surroundings.sentBy(flow);
    this.sentBys.add(sentBy);
    this.branchCount += 1;
    const name = `${branchPrefix}${loopHash}${this.branchSeed}${this.branchCount.toString(36)}`;
    const recordRoutes = staysOnPath ? this.surroundings.recordRoutes(proxied, flow) : [];
    const request = forwardedRequest(proxied.request, path, { via: viaOf(flow, sentBy, name), recordRoutes, maxBreadth });
    const client = this.layer.request(request, name, flow, branch, now);
    branch.attempts += 1;
    if (branch.state.kind === 'over') return;
    branch.state = { kind: 'calling', client, hasProvisional: false };
    if (request.method === 'INVITE') this.awaitFinal(branch, now);
  }

  private passAck(proxied: ProxiedRequest, [target]: readonly ProxyTarget[], loopHash: string): void {
    if (target === undefined) return;
    const ack: PassingAck = { kind: 'ack', proxied, target, loopHash };
    const path = forwardingPath(proxied.request, target);
    const known = this.knownFlow(target, path.nextHop);
    if (known !== undefined) return this.sendAck(ack, known);
    this.branchCount += 1;
    this.awaitingFlow.set(this.branchCount, ack);
    this.outputs.push({ kind: 'resolve', branchId: this.branchCount, uri: path.nextHop, attempt: 0 });
  }

  /** RFC 3261 §16.11: the branch follows from the request's, so that a repeated ACK is the same again. */
  private sendAck({ proxied, target, loopHash }: PassingAck, flow: SipFlow): void {
    const { request } = proxied;
    const sentBy = this.surroundings.sentBy(flow);
    this.sentBys.add(sentBy);
    const name = `${branchPrefix}${loopHash}${this.branchSeed}${textHash([request.headers.first('Via') ?? ''])}`;
    const message = forwardedRequest(request, forwardingPath(request, target), { via: viaOf(flow, sentBy, name), recordRoutes: [], maxBreadth: undefined });
    this.outputs.push({ kind: 'send', message, flow });
  }

  private drainLayer(now: Instant): void {
    for (let output = this.layer.poll(); output !== undefined; output = this.layer.poll()) this.take(output, now);
  }

  private take(output: TransactionOutput<ProxyBranch, ResponseContext>, now: Instant): void {
    switch (output.kind) {
      case 'send':
        this.outputs.push(output);
        return;
      case 'response':
        return this.handleResponse(output.transaction.owner, output.response, now);
      case 'timedOut':
      case 'sendFailed':
        return this.handleFailure(output.transaction.owner, output.kind === 'timedOut' ? 408 : 503, now);
      case 'request':
      case 'ack':
      case 'ackMissing':
    }
  }

  /** RFC 3261 §16.7. */
  private handleResponse(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    const { context } = branch;
    response.headers.removeFirst('Via');
    if (!response.headers.has('Via')) return;
    if (response.status < 200) this.handleProvisional(branch, response, now);
    else if (response.status < 300) this.succeed(branch, response, now);
    else if (response.status === 503 && branch.state.kind === 'calling' && !branch.state.hasProvisional && !branch.isCancelled) this.tryElsewhere(branch, response, now);
    else {
      this.end(branch);
      context.keep(response);
      if (context.state === 'closing') this.cancelBranches(context, now);
      this.proceed(context, now);
    }
  }

  private handleProvisional(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    const { context } = branch;
    if (branch.state.kind !== 'calling') return;
    if (!branch.state.hasProvisional) branch.state = { ...branch.state, hasProvisional: true };
    if (branch.isCancelled) this.cancelBranch(branch, now);
    if (response.status === 100) return;
    branch.expiresAt = addMilliseconds(now, timerCMs);
    if (context.state !== 'answered') this.layer.respond(context.server, response, now);
  }

  /** RFC 3261 §16.7 items 5 and 10: every 2xx to an INVITE is passed on, and the other branches are over with the first. */
  private succeed(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    const { context } = branch;
    this.end(branch);
    if (context.state === 'answered' && context.server.kind !== 'inviteServer') return;
    const isFirst = context.state !== 'answered';
    context.state = 'answered';
    this.layer.respond(context.server, response, now);
    if (isFirst && context.branches.length > 1) this.cancelBranches(context, now);
  }

  /** No answer, or nowhere to send it (RFC 3261 §16.9): the next address of the same URI, else as if it had been answered so. */
  private handleFailure(branch: ProxyBranch, status: 408 | 503, now: Instant): void {
    if (branch.state.kind === 'over') return;
    const { context } = branch;
    const response = this.ownResponse(context.server.request, status);
    const mayGoOn = branch.state.kind === 'calling' && !branch.state.hasProvisional && !branch.isCancelled && context.state === 'gathering';
    if (mayGoOn) return this.tryElsewhere(branch, response, now);
    this.end(branch);
    context.keep(response);
    this.proceed(context, now);
  }

  /** RFC 3263 §4.3. `response` stands where there is no other address. */
  private tryElsewhere(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    branch.context.keep(response);
    if (branch.target.flow !== undefined) return this.giveUp(branch, now);
    this.ringing.delete(branch);
    this.findFlow(branch, now);
  }

  private giveUp(branch: ProxyBranch, now: Instant): void {
    this.end(branch);
    if (branch.attempts === 0) branch.context.keep(this.ownResponse(branch.context.server.request, branch.isCancelled ? 487 : 503));
    this.proceed(branch.context, now);
  }

  private proceed(context: ResponseContext, now: Instant): void {
    if (!context.isIdle || context.state === 'answered') return;
    if (context.state === 'gathering') this.tryNext(context, now);
    else this.finish(context, now);
  }

  /** Everything was tried: the best that came back is the answer (RFC 3261 §16.7 item 6). */
  private finish(context: ResponseContext, now: Instant): void {
    context.state = 'answered';
    const { request } = context.server;
    this.layer.respond(context.server, context.takeBest() ?? this.ownResponse(request, context.branches.some((branch) => branch.isCancelled) ? 487 : 408), now);
  }

  private cancelBranches(context: ResponseContext, now: Instant, reason?: string): void {
    for (const branch of context.branches) {
      if (branch.state.kind === 'over' || branch.isCancelled) continue;
      branch.isCancelled = true;
      if (branch.state.kind === 'resolving') this.end(branch);
      else this.cancelBranch(branch, now, reason);
    }
  }

  private cancelBranch({ state }: ProxyBranch, now: Instant, reason?: string): void {
    if (state.kind === 'calling' && state.client.kind === 'inviteClient') this.layer.cancel(state.client, now, reason);
  }

  private end(branch: ProxyBranch): void {
    branch.state = { kind: 'over' };
    this.ringing.delete(branch);
  }

  private awaitFinal(branch: ProxyBranch, now: Instant): void {
    branch.expiresAt = addMilliseconds(now, timerCMs);
    this.ringing.add(branch);
    this.timerCVisit ??= addMilliseconds(now, timerCIntervalMs);
  }

  /** RFC 3261 §16.8: what rings too long is cancelled; what has not even answered provisionally counts as 408. */
  private visitRinging(now: Instant): void {
    for (const branch of this.ringing) {
      if (branch.expiresAt === undefined || branch.expiresAt > now || branch.state.kind !== 'calling') continue;
      branch.expiresAt = undefined;
      branch.isCancelled = true;
      if (branch.state.hasProvisional) this.cancelBranch(branch, now);
      else this.handleFailure(branch, 408, now);
    }
    this.timerCVisit = this.ringing.size === 0 ? undefined : addMilliseconds(now, timerCIntervalMs);
  }
}
