import { earliest, type Instant, type Machine, OutputQueue, type Randomness } from '@dialplane/sansio';
import { readTopVia } from '../headers/via.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipMessage, SipRequest } from '../message/sip-message.ts';
import type { TimedTransaction } from '../transaction/timed-transaction.ts';
import { TransactionLayer, type TransactionLayerOptions, type TransactionStatistics } from '../transaction/transaction-layer.ts';
import type { SendOutput } from '../transaction/timed-transaction.ts';
import type { TransactionOutput } from '../transaction/transaction-output.ts';
import { parseSipUri, type SipUri } from '../uri/sip-uri.ts';
import { BranchNames } from './branch-names.ts';
import { forwardedRequest, forwardingPath, viaOf } from './forwarded-request.ts';
import { OwnResponses } from './own-responses.ts';
import { ownRouteRemoved } from './own-route.ts';
import type { ProxiedRequest, ProxyDecision, ProxySurroundings, ProxyTarget } from './proxy-surroundings.ts';
import { noteReceivedFrom } from './received-from.ts';
import { checkForwarding, loopHashOf } from './request-checks.ts';
import { RequestForwarding } from './request-forwarding.ts';
import { type ProxyBranch, ResponseContext } from './response-context.ts';
import { textHash } from './text-hash.ts';

/** What the proxy is told. */
export type ProxyInput =
  | { readonly kind: 'received'; readonly message: SipMessage; readonly flow: SipFlow }
  /** Answers `resolve`: the flow to the address that comes `attempt`th of those that the URI leads to; none where there are no more. */
  | { readonly kind: 'resolved'; readonly resolutionId: number; readonly flow: SipFlow | undefined }
  /** Datagrams on this flow do not arrive (ICMP). */
  | { readonly kind: 'unreachable'; readonly flow: SipFlow }
  /** A message that was put out with this transaction could not be sent. */
  | { readonly kind: 'sendFailed'; readonly transaction: TimedTransaction };

/** What the proxy wants done. */
export type ProxyOutput =
  | SendOutput
  /** Where does this URI lead (RFC 3263)? `attempt` counts the addresses that have failed already. */
  | { readonly kind: 'resolve'; readonly resolutionId: number; readonly uri: string; readonly attempt: number };

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
  private readonly forwarding: RequestForwarding;
  private readonly ownResponses: OwnResponses;
  private readonly branchNames: BranchNames;
  private readonly isOwn: (uri: SipUri) => boolean;
  private readonly awaitingFlow = new Map<number, AwaitingFlow>();
  private resolutions = 0;
  private readonly outputs = new OutputQueue<ProxyOutput>();

  constructor({ surroundings, randomness, transactions }: ProxyOptions) {
    this.surroundings = surroundings;
    this.layer = new TransactionLayer(transactions);
    this.ownResponses = new OwnResponses(randomness);
    this.branchNames = new BranchNames(randomness);
    this.isOwn = (uri) => surroundings.isOwn(uri);
    const resolve = (branch: ProxyBranch): void => this.resolve({ kind: 'branch', branch }, branch.path.nextHop, branch.attempts);
    this.forwarding = new RequestForwarding({ surroundings, layer: this.layer, ownResponses: this.ownResponses, branchNames: this.branchNames, resolve });
  }

  get statistics(): TransactionStatistics {
    return this.layer.statistics;
  }

  handle(input: ProxyInput, now: Instant): void {
    if (input.kind === 'resolved') this.handleResolved(input.resolutionId, input.flow, now);
    else if (input.kind === 'unreachable') this.layer.handleUnreachable(input.flow);
    else if (input.kind === 'received' && input.message.kind === 'request') this.handleRequest(input.message, input.flow, now);
    else this.layer.handle(input, now);
    this.drainLayer(now);
  }

  handleTimeout(now: Instant): void {
    this.layer.handleTimeout(now);
    this.forwarding.handleTimeout(now);
    this.drainLayer(now);
  }

  poll(): ProxyOutput | undefined {
    return this.outputs.poll();
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.layer.pollTimeout(), this.forwarding.pollTimeout());
  }

  private handleRequest(request: SipRequest, arrived: SipFlow, now: Instant): void {
    const via = readTopVia(request.headers);
    if (via === undefined) return;
    const flow = noteReceivedFrom(request, via, arrived);
    if (this.layer.handleKnown(request, now)) return;
    if (request.method === 'CANCEL') this.handleCancel(request, flow, now);
    else this.handleNew(request, { arrived, flow }, now);
  }

  private handleNew(received: SipRequest, { arrived, flow }: { readonly arrived: SipFlow; readonly flow: SipFlow }, now: Instant): void {
    // Routes are part of it, also those that are about to be taken away; where there are none it waits until it is needed.
    const hashBefore = received.headers.has('Route') ? loopHashOf(received) : undefined;
    const proxied = ownRouteRemoved(received, arrived, this.isOwn);
    const wanted = this.surroundings.decide(proxied, now);
    const loopHash = hashBefore ?? (wanted.kind === 'forward' ? loopHashOf(received) : '');
    const decision = this.checked(wanted, proxied.request, loopHash);
    if (decision.kind === 'respond' && received.method !== 'ACK') {
      this.outputs.put({ kind: 'send', message: this.ownResponses.to(received, decision.status, decision), flow });
    }
    if (decision.kind !== 'forward') return;
    const [target] = decision.targets;
    if (received.method === 'ACK') {
      if (target !== undefined) this.passAck({ kind: 'ack', proxied, target, loopHash });
      return;
    }
    const server = this.layer.accept(received, flow, now);
    if (server === undefined) return;
    const context = new ResponseContext(server, proxied, decision.targets, decision.staysOnPath, loopHash);
    server.owner = context;
    this.forwarding.tryNext(context, now);
  }

  /** RFC 3261 §16.3 and §16.5: forwarding has its conditions. */
  private checked(decision: ProxyDecision, request: SipRequest, loopHash: string): ProxyDecision {
    if (decision.kind !== 'forward') return decision;
    if (decision.targets.length === 0) return { kind: 'respond', status: 480 };
    return checkForwarding(request, loopHash, this.branchNames.sentBys) ?? decision;
  }

  /** RFC 3261 §16.10: the CANCEL is answered at once, and what is under way for its INVITE is cancelled. */
  private handleCancel(request: SipRequest, flow: SipFlow, now: Instant): void {
    const invite = this.layer.cancelledBy(request);
    if (invite === undefined) {
      const decision = this.surroundings.decide(ownRouteRemoved(request, flow, this.isOwn), now);
      if (decision.kind !== 'drop') this.outputs.put({ kind: 'send', message: this.ownResponses.to(request, 481), flow });
      return;
    }
    const server = this.layer.accept(request, flow, now);
    if (server === undefined) return;
    this.layer.respond(server, this.ownResponses.to(request, 200), now);
    if (invite.owner !== undefined) this.forwarding.cancel(invite.owner, now, request.headers.first('Reason'));
  }

  private resolve(awaiting: AwaitingFlow, uri: string, attempt: number): void {
    this.resolutions += 1;
    this.awaitingFlow.set(this.resolutions, awaiting);
    this.outputs.put({ kind: 'resolve', resolutionId: this.resolutions, uri, attempt });
  }

  private handleResolved(resolutionId: number, flow: SipFlow | undefined, now: Instant): void {
    const awaiting = this.awaitingFlow.get(resolutionId);
    this.awaitingFlow.delete(resolutionId);
    if (awaiting?.kind === 'branch') this.forwarding.handleFlow(awaiting.branch, flow, now);
    else if (awaiting !== undefined && flow !== undefined) this.sendAck(awaiting, flow);
  }

  private passAck(ack: PassingAck): void {
    const { nextHop } = forwardingPath(ack.proxied.request, ack.target);
    const uri = ack.target.flow === undefined ? parseSipUri(nextHop) : undefined;
    const known = ack.target.flow ?? (uri === undefined ? undefined : this.surroundings.flowTo(uri));
    if (known === undefined) this.resolve(ack, nextHop, 0);
    else this.sendAck(ack, known);
  }

  /** RFC 3261 §16.11: the branch follows from the request's, so that a repeated ACK is the same again. */
  private sendAck({ proxied, target, loopHash }: PassingAck, flow: SipFlow): void {
    const { request } = proxied;
    const sentBy = this.surroundings.sentBy(flow);
    this.branchNames.noteSentBy(sentBy);
    const name = this.branchNames.repeatable(loopHash, textHash([request.headers.first('Via') ?? '']));
    const message = forwardedRequest(request, forwardingPath(request, target), { via: viaOf(flow, sentBy, name), recordRoutes: [], maxBreadth: undefined });
    this.outputs.put({ kind: 'send', message, flow });
  }

  private drainLayer(now: Instant): void {
    for (let output = this.layer.poll(); output !== undefined; output = this.layer.poll()) this.take(output, now);
  }

  private take(output: TransactionOutput<ProxyBranch, ResponseContext>, now: Instant): void {
    switch (output.kind) {
      case 'send':
        this.outputs.put(output);
        return;
      case 'response':
        return this.forwarding.handleResponse(output.transaction.owner, output.response, now);
      case 'timedOut':
      case 'sendFailed':
        return this.forwarding.handleFailure(output.transaction.owner, output.kind === 'timedOut' ? 408 : 503, now);
      case 'request':
      case 'ack':
      case 'ackMissing':
        // Requests are accepted one by one above, and what nobody acknowledges is over all the same.
    }
  }
}
