import type { Instant } from '@dialplane/sansio';
import { checkSipMessage, numericHost, parseAddress, parseSipUri, type ProxiedRequest, type ProxyDecision, type ProxySurroundings, type ProxyTarget, type SipFlow, type SipOrigin, type SipUri, userOf } from '@dialplane/sip';
import type { OverloadGate } from '../admission/overload-gate.ts';
import type { DigestGate } from '../admission/digest-gate.ts';
import type { SipEdgeDirectory, SipSource } from '../edge-directory.ts';
import type { Registrations } from '../registrations/registrations.ts';
import { aboutOf, deliveryFlow } from './edge-flows.ts';
import type { OwnAddresses } from './own-addresses.ts';
import type { RouteToken, RouteTokens } from './route-tokens.ts';

export interface EdgePolicyOptions {
  readonly directory: SipEdgeDirectory;
  readonly addresses: OwnAddresses;
  readonly registrations: Registrations;
  readonly digest: DigestGate;
  readonly tokens: RouteTokens;
  readonly overload: OverloadGate;
  readonly strangers: 'silent' | 'refuse';
  /** Where the user agents are, if not in this process. */
  readonly userAgents: string | undefined;
  readonly tlsNamesOf: (flow: SipFlow) => readonly string[];
  readonly flowTo: (uri: SipUri) => SipFlow | undefined;
  /** Whether messages can still leave on a flow. */
  readonly isOpen: (flow: SipFlow) => boolean;
  readonly onTrunkOptions: (trunkId: string) => void;
  readonly counters: AdmissionCounters;
}

/** What became of requests, for metrics. */
export interface AdmissionCounters {
  count(outcome: 'trunk' | 'device' | 'dialog' | 'challenged' | 'stranger' | 'overload' | 'malformed' | 'inside'): void;
}

/** Requests that a dialog may begin with (RFC 3261 §12.1, RFC 6665, RFC 3515). */
const opensDialog: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);
const allowed = 'INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, REFER, NOTIFY, OPTIONS, REGISTER';

type Refusal = Extract<ProxyDecision, { kind: 'respond' }>;

/**
 * Who may send what where. From outside: trunks, known by address, certificate or credentials; telephones of users, by credentials; whoever is in a dialog that came this way. All
 * of it goes to the user agents. From inside: to a registered telephone, or to wherever the request says.
 */
export class EdgePolicy implements ProxySurroundings {
  private readonly options: EdgePolicyOptions;

  constructor(options: EdgePolicyOptions) {
    this.options = options;
  }

  isOwn(uri: SipUri): boolean {
    return this.options.addresses.isOwn(uri);
  }

  sentBy(flow: SipFlow): string {
    return this.options.addresses.nameOf(flow);
  }

  flowTo(uri: SipUri): SipFlow | undefined {
    return this.options.flowTo(uri);
  }

  decide(proxied: ProxiedRequest, now: Instant): ProxyDecision {
    if (proxied.flow.transport === 'inside') return this.decideInside(proxied, now);
    const token = this.tokenOf(proxied);
    if (token !== undefined) return this.decideInDialog(proxied, token);
    const { request } = proxied;
    const trunk = this.options.directory.trunkOf(this.sourceOf(proxied.flow));
    if (request.method === 'ACK' || request.method === 'CANCEL') return trunk === undefined ? { kind: 'drop' } : this.deliverUnrouted(request.method);
    const fault = checkSipMessage(request);
    if (fault !== undefined) {
      this.options.counters.count('malformed');
      return trunk === undefined && this.options.strangers === 'silent' ? { kind: 'drop' } : { kind: 'respond', status: fault.status, reason: fault.sentence };
    }
    if (request.method === 'REGISTER') return this.register(proxied, now);
    return trunk === undefined ? this.decideSigned(proxied, now) : this.decideOfTrunk(proxied, trunk.trunkId);
  }

  /** RFC 5658 §5.1: where both sides are outside and differ, a value for each, that of the side it came from below. */
  recordRoutes(proxied: ProxiedRequest, leaves: SipFlow): readonly string[] {
    const { flow: arrived, request, uri } = proxied;
    const sipCallId = request.headers.first('Call-ID') ?? '';
    const scheme = uri?.scheme ?? 'sip';
    const outside = arrived.transport === 'inside' ? leaves : arrived;
    const token = this.options.tokens.write({ trunkId: this.trunkIdOf(proxied), flow: this.flowToKeep(proxied, leaves) }, sipCallId);
    const routeOf = (flow: SipFlow): string => `<${scheme}:${token}@${this.sentBy(flow)}${flow.transport === 'udp' ? '' : `;transport=${flow.transport}`};lr>`;
    const isOneSided = arrived.transport === 'inside' || leaves.transport === 'inside' || (arrived.transport === leaves.transport && this.sentBy(arrived) === this.sentBy(leaves));
    return isOneSided ? [routeOf(outside)] : [routeOf(leaves), routeOf(arrived)];
  }

  private decideInside(proxied: ProxiedRequest, now: Instant): ProxyDecision {
    const { request, uri } = proxied;
    const token = this.tokenOf(proxied);
    const staysOnPath = opensDialog.has(request.method);
    this.options.counters.count('inside');
    if (token?.flow !== undefined && this.options.isOpen(token.flow)) return { kind: 'forward', targets: [{ flow: token.flow }], staysOnPath };
    if (uri === undefined || !this.isOwn(uri) || request.headers.has('Route')) return { kind: 'forward', targets: [targetOutside(proxied.flow)], staysOnPath };
    const username = userOf(uri);
    if (username === undefined || this.options.directory.deviceOf(username) === undefined) return { kind: 'respond', status: 404 };
    const targets = this.options.registrations.targetsOf(username, now);
    return targets.length === 0 ? { kind: 'respond', status: 480, reason: 'Not registered' } : { kind: 'forward', targets, staysOnPath };
  }

  private decideInDialog({ request, uri }: ProxiedRequest, token: RouteToken): ProxyDecision {
    this.options.counters.count('dialog');
    const staysOnPath = opensDialog.has(request.method);
    if (this.options.userAgents === undefined) return { kind: 'forward', targets: [{ flow: deliveryFlow({ kind: 'dialog' }) }], staysOnPath };
    if (uri !== undefined && this.isOwn(uri) && !request.headers.has('Route')) return { kind: 'respond', status: 404 };
    return { kind: 'forward', targets: [token.flow !== undefined && this.options.isOpen(token.flow) ? { flow: token.flow } : {}], staysOnPath };
  }

  private register(proxied: ProxiedRequest, now: Instant): ProxyDecision {
    const decision = this.options.registrations.handle(proxied.request, proxied.flow, now);
    if (decision.kind === 'drop') return this.refuseStranger();
    this.options.counters.count(decision.kind === 'respond' && decision.status === 401 ? 'challenged' : 'device');
    return decision;
  }

  private decideOfTrunk(proxied: ProxiedRequest, trunkId: string): ProxyDecision {
    this.options.counters.count('trunk');
    if (proxied.request.method === 'OPTIONS' && this.isForUs(proxied)) return this.answerOptions(trunkId);
    return this.deliver(proxied, { kind: 'trunk', trunkId });
  }

  private decideSigned(proxied: ProxiedRequest, now: Instant): ProxyDecision {
    const outcome = this.options.digest.check(proxied.request, 'Proxy-Authorization', now);
    if (outcome.kind === 'unknown') return this.refuseStranger();
    if (outcome.kind === 'refused') {
      this.options.counters.count('challenged');
      return outcome.refusal;
    }
    if (outcome.kind === 'trunk') return this.decideOfTrunk(proxied, outcome.trunkId);
    this.options.counters.count('device');
    // What proves who somebody is to us is nobody else's (RFC 3261 §22.3).
    proxied.request.headers.remove('Proxy-Authorization');
    if (proxied.request.method === 'OPTIONS' && this.isForUs(proxied)) return { kind: 'respond', status: 200, headers: [['Allow', allowed]] };
    return this.deliver(proxied, { kind: 'user', identifier: outcome.identifier, username: outcome.username });
  }

  private deliver({ request }: ProxiedRequest, origin: SipOrigin): ProxyDecision {
    const seconds = this.options.overload.take();
    if (seconds > 0) {
      this.options.counters.count('overload');
      return { kind: 'respond', status: 503, headers: [['Retry-After', String(seconds)]] };
    }
    return { kind: 'forward', targets: [this.userAgentsTarget(origin)], staysOnPath: opensDialog.has(request.method) };
  }

  /** A trunk's ACK that ignores our Record-Route, as some do; and its CANCEL of an INVITE that is not here. */
  private deliverUnrouted(method: 'ACK' | 'CANCEL'): ProxyDecision {
    return method === 'CANCEL' ? { kind: 'respond', status: 481 } : { kind: 'forward', targets: [this.userAgentsTarget({ kind: 'dialog' })], staysOnPath: false };
  }

  private userAgentsTarget(origin: SipOrigin): ProxyTarget {
    return this.options.userAgents === undefined ? { flow: deliveryFlow(origin) } : { routes: [this.options.userAgents] };
  }

  /** Whether a request asks about the edge itself, and not about somebody behind it. */
  private isForUs({ uri, request }: ProxiedRequest): boolean {
    return uri !== undefined && uri.user === undefined && !request.headers.has('Route') && this.isOwn(uri);
  }

  private answerOptions(trunkId: string): Refusal {
    this.options.onTrunkOptions(trunkId);
    return { kind: 'respond', status: 200, headers: [['Allow', allowed], ['Accept', 'application/sdp']] };
  }

  private refuseStranger(): ProxyDecision {
    this.options.counters.count('stranger');
    return this.options.strangers === 'silent' ? { kind: 'drop' } : { kind: 'respond', status: 403 };
  }

  private tokenOf({ ownRoute, request }: ProxiedRequest): RouteToken | undefined {
    return ownRoute?.user === undefined ? undefined : this.options.tokens.read(ownRoute.user, request.headers.first('Call-ID') ?? '');
  }

  private trunkIdOf(proxied: ProxiedRequest): string | undefined {
    if (proxied.flow.transport === 'inside') return aboutOf(proxied.flow).trunkId;
    return this.options.directory.trunkOf(this.sourceOf(proxied.flow))?.trunkId;
  }

  /**
   * The flow to a peer that is not to be found by its Contact: a telephone that has registered, whoever holds a connection to us, and who names an address in Contact
   * that it does not come from.
   */
  private flowToKeep({ flow, request }: ProxiedRequest, leaves: SipFlow): SipFlow | undefined {
    if (flow.transport === 'inside') return this.options.registrations.isFlowOfDevice(leaves) ? leaves : undefined;
    if (leaves.transport !== 'inside') return undefined;
    if (flow.transport !== 'udp' || this.options.registrations.isFlowOfDevice(flow)) return flow;
    const contact = parseSipUri(parseAddress(request.headers.first('Contact') ?? '')?.uri ?? '');
    const host = contact === undefined ? undefined : numericHost(contact.host);
    const isNeighbour = request.headers.count('Via') === 1 && !request.headers.has('Record-Route');
    return isNeighbour && host !== undefined && host.address !== (numericHost(flow.remote.address)?.address ?? '') ? flow : undefined;
  }

  private sourceOf(flow: SipFlow): SipSource {
    return { transport: flow.transport === 'inside' ? 'udp' : flow.transport, address: flow.remote.address, port: flow.remote.port, tlsNames: this.options.tlsNamesOf(flow) };
  }
}

/** Wherever the request says. */
function targetOutside(flow: SipFlow): ProxyTarget {
  const { firstResponseMs } = aboutOf(flow);
  return firstResponseMs === undefined ? {} : { firstResponseMs };
}
