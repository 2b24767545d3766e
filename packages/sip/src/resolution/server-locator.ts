import { addMilliseconds, type Instant, type Machine } from '@dialplane/sansio';
import type { SipUri } from '../uri/sip-uri.ts';
import { numericHost } from '../uri/host.ts';
import type { DnsAnswer, DnsQuestion } from './dns.ts';
import { defaultPort, defaultTransport, type LocationFailure, type LocationWish, locationWish, numericTarget, type ServerLocationOptions, type ServerTarget, type SipTransport, srvName, transportOfService } from './server-location.ts';
import { orderSrvRecords } from './srv-order.ts';

export type LocatorInput = { readonly kind: 'locate'; readonly uri: SipUri } | { readonly kind: 'answered'; readonly answer: DnsAnswer };

export type LocatorOutput =
  | { readonly kind: 'ask'; readonly question: DnsQuestion }
  /** Once, as the last output. At least one target, in the order in which they are tried (RFC 3263 §4.3). */
  | { readonly kind: 'located'; readonly targets: readonly ServerTarget[] }
  | { readonly kind: 'failed'; readonly why: LocationFailure };

/** A host and port whose addresses are asked for. */
interface Server {
  readonly transport: SipTransport;
  readonly host: string;
  readonly port: number;
}

/** A name under which a domain offers SIP over a transport. */
interface Service {
  readonly transport: SipTransport;
  readonly name: string;
}

/**
 * Where it is in the questions of RFC 3263 §4: transports by NAPTR, servers by SRV, addresses by A and AAAA. Steps that the URI makes needless are skipped.
 */
type LocatorState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'transports'; readonly wish: LocationWish }
  | { readonly kind: 'servers'; readonly wish: LocationWish; readonly services: readonly Service[] }
  | { readonly kind: 'addresses'; readonly wish: LocationWish; readonly servers: readonly Server[] }
  | { readonly kind: 'done' };

/** What one domain can make us ask and try. */
const serviceLimit = 6;
const serverLimit = 16;
const targetLimit = 32;

/**
 * Finds the servers that a request to a URI may be sent to (RFC 3263 §4), for one `locate`. Name servers that do not answer are as good as those that know nothing: the next step
 * follows.
 */
export class ServerLocator implements Machine<LocatorInput, LocatorOutput> {
  private readonly options: ServerLocationOptions;
  private readonly outputs: LocatorOutput[] = [];
  /** Questions of the current step that have no answer yet. */
  private readonly open = new Set<string>();
  private readonly answers = new Map<string, DnsAnswer>();
  private state: LocatorState = { kind: 'idle' };
  private deadline: Instant | undefined;

  constructor(options: ServerLocationOptions) {
    this.options = options;
  }

  handle(input: LocatorInput, now: Instant): void {
    if (input.kind === 'locate') {
      if (this.state.kind === 'idle') this.locate(input.uri, now);
      return;
    }
    const key = keyOf(input.answer);
    if (!this.open.delete(key)) return;
    this.answers.set(key, input.answer);
    if (this.open.size === 0) this.proceed(now);
  }

  handleTimeout(now: Instant): void {
    if (this.deadline === undefined || now < this.deadline) return;
    this.open.clear();
    this.proceed(now);
  }

  poll(): LocatorOutput | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.deadline;
  }

  private locate(uri: SipUri, now: Instant): void {
    const wish = locationWish(uri);
    const transport = wish === undefined ? undefined : (wish.transport ?? defaultTransport(wish));
    if (wish === undefined || transport === undefined || (wish.transport !== undefined && !this.options.transports.includes(transport))) return this.fail('transport');
    if (numericHost(wish.host) !== undefined) {
      const target = numericTarget(wish, this.options);
      return target === undefined ? this.fail('transport') : this.finish([target]);
    }
    if (wish.port !== undefined) return this.askAddresses(wish, [{ transport, host: wish.host, port: wish.port }], now);
    if (wish.transport !== undefined) return this.askServers(wish, [{ name: srvName(transport, wish.host), transport }], now);
    this.state = { kind: 'transports', wish };
    this.ask([{ type: 'NAPTR', name: wish.host }], now);
  }

  /** All questions of a step are answered, or their time is over. */
  private proceed(now: Instant): void {
    const { state } = this;
    if (state.kind === 'transports') this.chooseServices(state.wish, now);
    else if (state.kind === 'servers') this.chooseServers(state.wish, state.services, now);
    else if (state.kind === 'addresses') this.chooseTargets(state.wish, state.servers);
  }

  /** RFC 3263 §4.1: of the services that we speak those with the lowest order, by preference; without NAPTR records those of the domain itself. */
  private chooseServices(wish: LocationWish, now: Instant): void {
    const answer = this.answers.get(keyOf({ type: 'NAPTR', name: wish.host }));
    const usable = (answer?.type === 'NAPTR' ? answer.records : []).flatMap((record) => {
      const transport = record.flags.toLowerCase() === 's' ? transportOfService(record.service) : undefined;
      return transport === undefined || !this.mayUse(wish, transport) ? [] : { order: record.order, preference: record.preference, name: record.replacement, transport };
    });
    const lowest = Math.min(...usable.map((record) => record.order));
    const chosen = usable.filter((record) => record.order === lowest).sort((a, b) => a.preference - b.preference);
    const own = this.options.transports.filter((transport) => this.mayUse(wish, transport)).map((transport) => ({ name: srvName(transport, wish.host), transport }));
    this.askServers(wish, chosen.length === 0 ? own : chosen, now);
  }

  /** RFC 3263 §4.2: servers by SRV; without any the domain itself, at the default port. */
  private chooseServers(wish: LocationWish, services: readonly Service[], now: Instant): void {
    const servers = services.flatMap(({ name, transport }) => {
      const answer = this.answers.get(keyOf({ type: 'SRV', name }));
      const records = answer?.type === 'SRV' ? answer.records : [];
      return orderSrvRecords(records, this.options.randomness).map((record) => ({ transport, host: record.target, port: record.port }));
    });
    const transport = wish.transport ?? defaultTransport(wish);
    this.askAddresses(wish, servers.length === 0 ? [{ transport, host: wish.host, port: defaultPort(transport) }] : servers.slice(0, serverLimit), now);
  }

  private chooseTargets(wish: LocationWish, servers: readonly Server[]): void {
    const targets = servers.flatMap(({ transport, host, port }) =>
      this.options.families.flatMap((family) => this.addressesOf(host, family).map((address) => ({ transport, address, port, domain: wish.domain }))),
    );
    if (targets.length === 0) this.fail('name');
    else this.finish(targets.slice(0, targetLimit));
  }

  /** What was answered; a server that is named by its address is itself the answer. */
  private addressesOf(host: string, family: 4 | 6): readonly string[] {
    const numeric = numericHost(host);
    if (numeric !== undefined) return numeric.family === family ? [numeric.address] : [];
    const answer = this.answers.get(keyOf({ type: addressType(family), name: host }));
    return answer?.type === 'A' || answer?.type === 'AAAA' ? answer.records : [];
  }

  private askServers(wish: LocationWish, services: readonly Service[], now: Instant): void {
    if (services.length === 0) return this.fail('transport');
    const few = services.slice(0, serviceLimit);
    this.state = { kind: 'servers', wish, services: few };
    this.ask(few.map(({ name }) => ({ type: 'SRV', name })), now);
  }

  private askAddresses(wish: LocationWish, servers: readonly Server[], now: Instant): void {
    const usable = servers.filter(({ transport }) => this.options.transports.includes(transport));
    if (usable.length === 0) return this.fail('transport');
    this.state = { kind: 'addresses', wish, servers: usable };
    const names = usable.map(({ host }) => host).filter((host) => numericHost(host) === undefined);
    this.ask(names.flatMap((name) => this.options.families.map((family) => ({ type: addressType(family), name }))), now);
  }

  /** RFC 3263 §4.1: a sips URI goes over TLS only; a sip URI over TLS, too. */
  private mayUse(wish: LocationWish, transport: SipTransport): boolean {
    return this.options.transports.includes(transport) && (!wish.isSecure || transport === 'tls');
  }

  private ask(questions: readonly DnsQuestion[], now: Instant): void {
    this.deadline = addMilliseconds(now, this.options.answerMs ?? 5000);
    for (const question of questions) {
      if (this.open.has(keyOf(question))) continue;
      this.open.add(keyOf(question));
      this.outputs.push({ kind: 'ask', question });
    }
    if (this.open.size === 0) this.proceed(now);
  }

  private finish(targets: readonly ServerTarget[]): void {
    this.end({ kind: 'located', targets });
  }

  private fail(why: LocationFailure): void {
    this.end({ kind: 'failed', why });
  }

  private end(output: LocatorOutput): void {
    this.state = { kind: 'done' };
    this.deadline = undefined;
    this.open.clear();
    this.outputs.push(output);
  }
}

function addressType(family: 4 | 6): 'A' | 'AAAA' {
  return family === 4 ? 'A' : 'AAAA';
}

function keyOf(question: DnsQuestion | DnsAnswer): string {
  return `${question.type} ${question.name.toLowerCase()}`;
}
