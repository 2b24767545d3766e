import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { writeWarning } from '../headers/warning.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipResponse } from '../message/sip-message.ts';
import type { TransactionLayer } from '../transaction/transaction-layer.ts';
import { parseSipUri } from '../uri/sip-uri.ts';
import type { BranchNames } from './branch-names.ts';
import { forwardedRequest, forwardingPath, viaOf } from './forwarded-request.ts';
import { proxyWarnAgent, type OwnResponses } from './own-responses.ts';
import type { ProxySurroundings, ProxyTarget } from './proxy-surroundings.ts';
import { presetBreadth } from './request-checks.ts';
import { ProxyBranch, type ResponseContext } from './response-context.ts';

export interface RequestForwardingOptions {
  readonly surroundings: ProxySurroundings;
  readonly layer: TransactionLayer<ProxyBranch, ResponseContext>;
  readonly ownResponses: OwnResponses;
  readonly branchNames: BranchNames;
  /** Asks where a branch's URI leads; {@link RequestForwarding.handleFlow} is the answer. */
  readonly resolve: (branch: ProxyBranch) => void;
}

/** RFC 3261 §16.6 item 11: longer than three minutes. Looked at every ten seconds, so that a call costs no timer. */
const timerCMs = 185_000;
const timerCIntervalMs = 10_000;

/** What a request goes through once it is decided where to: branches, what comes back of them, and one answer (RFC 3261 §16.6 to §16.10). */
export class RequestForwarding {
  private readonly options: RequestForwardingOptions;
  /** Branches of INVITEs without a final response. */
  private readonly ringing = new Set<ProxyBranch>();
  private timerCVisit: Instant | undefined;

  constructor(options: RequestForwardingOptions) {
    this.options = options;
  }

  /** Starts the next group of targets; where there is none and nothing is under way, the request is over. */
  tryNext(context: ResponseContext, now: Instant): void {
    const { proxied } = context;
    const targets = context.nextTargets();
    if (proxied !== undefined && targets.length > 0) {
      const breadth = breadthOf(proxied.request.headers.first('Max-Breadth'), targets.length);
      if (breadth === 'exceeded') context.refuse(this.options.ownResponses.to(context.server.request, 440));
      else for (const target of targets) this.findFlow(context.addBranch(target, forwardingPath(proxied.request, target), breadth), now);
    }
    if (context.isIdle && context.state !== 'answered') this.finish(context, now);
  }

  /** The flow for a branch was found, or there is none. */
  handleFlow(branch: ProxyBranch, flow: SipFlow | undefined, now: Instant): void {
    if (branch.state.kind !== 'resolving') return;
    if (flow === undefined || branch.isCancelled) this.giveUp(branch, now);
    else this.call(branch, flow, now);
  }

  /** RFC 3261 §16.7. */
  handleResponse(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    const { context } = branch;
    response.headers.removeFirst('Via');
    if (!response.headers.has('Via')) return;
    if (response.status < 200) this.handleProvisional(branch, response, now);
    else if (response.status < 300) this.succeed(branch, response, now);
    else if (response.status === 503 && mayGoElsewhere(branch)) this.tryElsewhere(branch, response, now);
    else {
      this.end(branch);
      context.keep(response);
      if (context.state === 'closing') this.cancelBranches(context, now);
      this.proceed(context, now);
    }
  }

  /** No answer, or nowhere to send it (RFC 3261 §16.9): the next address of the same URI, else as if it had been answered so. */
  handleFailure(branch: ProxyBranch, status: 408 | 503, now: Instant): void {
    const { context } = branch;
    if (branch.state.kind === 'over') return;
    if (context.state === 'answered') return this.end(branch);
    const response = this.failure(context, status, status === 408 ? 'Nothing was heard from where the call was sent.' : 'Where the call was sent cannot be reached.');
    if (mayGoElsewhere(branch) && context.state === 'gathering') return this.tryElsewhere(branch, response, now);
    this.end(branch);
    context.keep(response);
    this.proceed(context, now);
  }

  /** Nobody waits for it any more (RFC 3261 §16.10). */
  cancel(context: ResponseContext, now: Instant, reason: string | undefined): void {
    if (context.state === 'answered') return;
    context.state = 'closing';
    this.cancelBranches(context, now, reason);
    if (context.isIdle) this.finish(context, now);
  }

  /** RFC 3261 §16.8: what rings too long is cancelled; what has not even answered provisionally counts as 408. */
  handleTimeout(now: Instant): void {
    if (this.timerCVisit === undefined || now < this.timerCVisit) return;
    for (const branch of this.ringing) {
      if (branch.expiresAt === undefined || branch.expiresAt > now || branch.state.kind !== 'calling') continue;
      branch.expiresAt = undefined;
      branch.isCancelled = true;
      if (branch.state.hasProvisional) this.cancelBranch(branch, now);
      else this.handleFailure(branch, 408, now);
    }
    this.timerCVisit = this.ringing.size === 0 ? undefined : addMilliseconds(now, timerCIntervalMs);
  }

  pollTimeout(): Instant | undefined {
    return this.timerCVisit;
  }

  private findFlow(branch: ProxyBranch, now: Instant): void {
    const known = branch.attempts === 0 ? this.knownFlow(branch.target, branch.path.nextHop) : undefined;
    if (known !== undefined) return this.call(branch, known, now);
    branch.state = { kind: 'resolving' };
    this.options.resolve(branch);
  }

  private knownFlow(target: ProxyTarget, nextHop: string): SipFlow | undefined {
    if (target.flow !== undefined) return target.flow;
    const uri = parseSipUri(nextHop);
    return uri === undefined ? undefined : this.options.surroundings.flowTo(uri);
  }

  private call(branch: ProxyBranch, flow: SipFlow, now: Instant): void {
    const { surroundings, layer, branchNames } = this.options;
    const { proxied, loopHash, staysOnPath } = branch.context;
    if (proxied === undefined) return this.end(branch);
    const sentBy = surroundings.sentBy(flow);
    branchNames.noteSentBy(sentBy);
    const name = branchNames.next(loopHash);
    const recordRoutes = staysOnPath ? surroundings.recordRoutes(proxied, flow) : [];
    const request = forwardedRequest(proxied.request, branch.path, { via: viaOf(flow, sentBy, name), recordRoutes, maxBreadth: branch.maxBreadth });
    branch.attempts += 1;
    const client = layer.request(request, name, flow, branch, now);
    branch.state = { kind: 'calling', client, hasProvisional: false };
    if (client.kind !== 'inviteClient') return;
    const { firstResponseMs } = branch.target;
    if (firstResponseMs !== undefined) layer.hurry(client, firstResponseMs, now);
    this.awaitFinal(branch, now);
  }

  private handleProvisional(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    const { context } = branch;
    if (branch.state.kind !== 'calling') return;
    if (!branch.state.hasProvisional) branch.state = { ...branch.state, hasProvisional: true };
    if (branch.isCancelled) this.cancelBranch(branch, now);
    if (response.status === 100) return;
    branch.expiresAt = addMilliseconds(now, timerCMs);
    if (context.state !== 'answered') this.options.layer.respond(context.server, response, now);
  }

  /** RFC 3261 §16.7 items 5 and 10: every 2xx to an INVITE is passed on, and the other branches are over with the first. */
  private succeed(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    const { context } = branch;
    this.end(branch);
    const isFirst = context.state !== 'answered';
    if (!isFirst && context.server.kind !== 'inviteServer') return;
    this.options.layer.respond(context.server, response, now);
    if (!isFirst) return;
    context.markAnswered();
    this.cancelBranches(context, now);
  }

  /** RFC 3263 §4.3. `response` stands where there is no other address. */
  private tryElsewhere(branch: ProxyBranch, response: SipResponse, now: Instant): void {
    branch.context.keep(response);
    if (branch.target.flow !== undefined) return this.giveUp(branch, now);
    this.ringing.delete(branch);
    this.findFlow(branch, now);
  }

  private giveUp(branch: ProxyBranch, now: Instant): void {
    const { context } = branch;
    this.end(branch);
    if (context.state === 'answered') return;
    if (branch.attempts === 0 && branch.isCancelled) context.keep(this.options.ownResponses.to(context.server.request, 487));
    else if (branch.attempts === 0) context.keep(this.failure(context, 503, 'No address was found for where the call is to go.'));
    this.proceed(context, now);
  }

  /** What stands where nobody has answered, with a word for people that tells it from the same status of somebody further on (RFC 3261 §20.43). */
  private failure({ server }: ResponseContext, status: 408 | 503, text: string): SipResponse {
    return this.options.ownResponses.to(server.request, status, { headers: [['Warning', writeWarning({ code: 399, agent: proxyWarnAgent, text })]] });
  }

  private proceed(context: ResponseContext, now: Instant): void {
    if (!context.isIdle || context.state === 'answered') return;
    if (context.state === 'gathering') this.tryNext(context, now);
    else this.finish(context, now);
  }

  /** Everything was tried: the best that came back is the answer (RFC 3261 §16.7 item 6). */
  private finish(context: ResponseContext, now: Instant): void {
    const { server } = context;
    const isCancelled = context.branches.some((branch) => branch.isCancelled);
    this.options.layer.respond(server, context.takeBest() ?? this.options.ownResponses.to(server.request, isCancelled ? 487 : 408), now);
    context.markAnswered();
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
    if (state.kind === 'calling' && state.client.kind === 'inviteClient') this.options.layer.cancel(state.client, now, reason);
  }

  private end(branch: ProxyBranch): void {
    if (branch.state.kind === 'calling') branch.state.client.forgetRequest();
    branch.state = { kind: 'over' };
    this.ringing.delete(branch);
  }

  private awaitFinal(branch: ProxyBranch, now: Instant): void {
    branch.expiresAt = addMilliseconds(now, timerCMs);
    this.ringing.add(branch);
    this.timerCVisit ??= addMilliseconds(now, timerCIntervalMs);
  }
}

/** Whether another address of the same URI may be tried: nobody has heard of the request yet, and somebody still waits. */
function mayGoElsewhere({ state, isCancelled }: ProxyBranch): boolean {
  return state.kind === 'calling' && !state.hasProvisional && !isCancelled;
}

/** RFC 5393 §5.3.3: branches that run at once share the breadth of their request. `undefined`: nothing has to be written. */
function breadthOf(given: string | undefined, count: number): number | undefined | 'exceeded' {
  if (given === undefined && count < 2) return undefined;
  const share = Math.floor((given === undefined ? presetBreadth : Number.parseInt(given, 10)) / count);
  return share >= 1 ? share : 'exceeded';
}
