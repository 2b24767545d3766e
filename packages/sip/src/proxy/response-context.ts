import type { Instant } from '@dialplane/sansio';
import type { SipResponse } from '../message/sip-message.ts';
import type { ClientTransaction, ServerTransaction } from '../transaction/transaction-output.ts';
import { addChallenges, betterResponse } from './best-response.ts';
import type { ForwardingPath } from './forwarded-request.ts';
import type { ProxiedRequest, ProxyTarget } from './proxy-surroundings.ts';

/**
 * One way that a request was sent, or is to be sent (RFC 3261 §16.6).
 *
 * resolving (asked where its URI leads) → calling (client transaction) → over (final response, time-out, nowhere to send it); calling → resolving (the next
 * address after a failure, RFC 3263 §4.3).
 */
export type BranchState =
  | { readonly kind: 'resolving' }
  | { readonly kind: 'calling'; readonly client: ClientTransaction<ProxyBranch>; readonly hasProvisional: boolean }
  | { readonly kind: 'over' };

export class ProxyBranch {
  readonly context: ResponseContext;
  readonly target: ProxyTarget;
  readonly path: ForwardingPath;
  /** RFC 5393 §5.3.3. */
  readonly maxBreadth: number | undefined;
  state: BranchState = { kind: 'resolving' };
  /** How many addresses were tried: where to go on after a failure. */
  attempts = 0;
  /** Nobody waits for it any more; what has an INVITE under way gets a CANCEL once it has answered provisionally (RFC 3261 §9.1). */
  isCancelled = false;
  /** Timer C (RFC 3261 §16.8). */
  expiresAt: Instant | undefined;

  constructor(context: ResponseContext, target: ProxyTarget, path: ForwardingPath, maxBreadth: number | undefined) {
    this.context = context;
    this.target = target;
    this.path = path;
    this.maxBreadth = maxBreadth;
  }
}

/**
 * What a stateful proxy knows of a request that it forwards (RFC 3261 §16.2, §16.7).
 *
 * gathering (branches are tried) → closing (a 6xx or a CANCEL: no more branches) → answered (a final response was sent); gathering → answered.
 */
export class ResponseContext {
  readonly server: ServerTransaction<ResponseContext>;
  /** `undefined` once it is answered: nothing is sent of it any more. */
  proxied: ProxiedRequest | undefined;
  readonly staysOnPath: boolean;
  readonly loopHash: string;
  state: 'gathering' | 'closing' | 'answered' = 'gathering';
  branches: ProxyBranch[] = [];
  /** Targets not tried yet, in groups of equal q, the highest first. */
  private readonly waiting: ProxyTarget[][];
  private best: SipResponse | undefined;
  private challenges: SipResponse[] = [];

  constructor(server: ServerTransaction<ResponseContext>, proxied: ProxiedRequest, targets: readonly ProxyTarget[], staysOnPath: boolean, loopHash: string) {
    this.server = server;
    this.proxied = proxied;
    this.staysOnPath = staysOnPath;
    this.loopHash = loopHash;
    this.waiting = targets.length === 1 ? [[...targets]] : groupsOf(targets);
  }

  /** The targets that are to be tried next; none where all were, or no more may be. */
  nextTargets(): readonly ProxyTarget[] {
    return this.state === 'gathering' ? (this.waiting.shift() ?? []) : [];
  }

  addBranch(target: ProxyTarget, path: ForwardingPath, maxBreadth: number | undefined): ProxyBranch {
    const branch = new ProxyBranch(this, target, path, maxBreadth);
    this.branches.push(branch);
    return branch;
  }

  /** No more branches, and this as the answer unless there is a better one. */
  refuse(response: SipResponse): void {
    this.state = 'closing';
    this.keep(response);
  }

  /** Whether nothing is under way any more. */
  get isIdle(): boolean {
    return this.branches.every(({ state }) => state.kind === 'over');
  }

  /** Keeps a final response other than 2xx, its Via already gone, until the best is sent. */
  keep(response: SipResponse): void {
    this.best = betterResponse(this.best, response);
    if (response.status === 401 || response.status === 407) this.challenges.push(response);
    if (response.status >= 600 && this.state === 'gathering') this.state = 'closing';
  }

  /** The best response that was kept, with the challenges of all (RFC 3261 §16.7 items 6 and 7). */
  takeBest(): SipResponse | undefined {
    if (this.best !== undefined) addChallenges(this.best, this.challenges);
    return this.best;
  }

  /** A final response was sent. What is kept from here on is the way back for another 2xx, and branches that are still to end. */
  markAnswered(): void {
    this.state = 'answered';
    this.proxied = undefined;
    this.best = undefined;
    this.challenges = [];
    this.branches = this.branches.filter(({ state }) => state.kind !== 'over');
    this.server.forgetRequest();
  }
}

function groupsOf(targets: readonly ProxyTarget[]): ProxyTarget[][] {
  const byPreference = Map.groupBy(targets, ({ q }) => q ?? 1000);
  return [...byPreference].toSorted(([a], [b]) => b - a).map(([, group]) => group);
}
