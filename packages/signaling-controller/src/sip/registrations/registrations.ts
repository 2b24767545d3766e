import type { Instant } from '@dialplane/sansio';
import { type Binding, defaultRegistrarRules, LocationTable, parseSipUri, type ProxyDecision, type ProxyTarget, readAddress, register, type SipFlow, type SipRequest, userOf } from '@dialplane/sip';
import type { Clock } from '../../clock.ts';
import type { DigestGate } from '../admission/digest-gate.ts';
import type { SipRegistration } from '../sip-edge-options.ts';
import { writeSocketAddress } from '../messages/stored-message.ts';
import type { RegistrationStore } from './registration-store.ts';

export interface RegistrationsOptions {
  readonly clock: Clock;
  readonly digest: DigestGate;
  readonly store: RegistrationStore;
  readonly bindingsPerDevice: number;
}

/** The registrar of users' telephones (RFC 3261 §10), and where each of them is reached. */
export class Registrations {
  private readonly options: RegistrationsOptions;
  private readonly table = new LocationTable();
  private readonly listeners = new Set<(username: string) => void>();
  /** Telephones that come over UDP, by the address they come from: they are no strangers. */
  private readonly sources = new Map<string, number>();
  /** As it is written, made once a second. */
  private latestDate = { second: 0, text: '' };

  constructor(options: RegistrationsOptions) {
    this.options = options;
  }

  get size(): number {
    return this.table.size;
  }

  async load(): Promise<void> {
    await this.options.store.load(this.table);
    for (const { binding } of this.table.all()) this.countSource(binding, 1);
  }

  /** Answers a REGISTER. A telephone registers its own address of record, the user part of which is its user name, and no other. */
  handle(request: SipRequest, flow: SipFlow, now: Instant): ProxyDecision {
    const outcome = this.options.digest.check(request, 'Authorization', now);
    if (outcome.kind === 'unknown') return { kind: 'drop' };
    if (outcome.kind === 'refused') return outcome.refusal;
    if (outcome.kind === 'trunk') return { kind: 'respond', status: 403, reason: 'Trunks do not register' };
    const to = readAddress(request.headers, 'To');
    const uri = to === undefined ? undefined : parseSipUri(to.uri);
    if (uri === undefined || userOf(uri) !== outcome.username) return { kind: 'respond', status: 403, reason: 'Another user' };
    const rules = { ...defaultRegistrarRules, bindingsPerAddress: this.options.bindingsPerDevice };
    const { status, headers } = register(this.table, request, outcome.username, flow, rules, now);
    this.tellChanges();
    return { kind: 'respond', status, headers: [...headers, ['Supported', 'path, outbound'], ['Date', this.date()]] };
  }

  /** Where requests for a telephone go (RFC 3261 §16.5). */
  targetsOf(username: string, now: Instant): readonly ProxyTarget[] {
    return this.table.bindingsOf(username, now).map(({ contact, path, flow, q }) => (path.length > 0 ? { uri: contact, q, routes: path } : { uri: contact, q, flow }));
  }

  registrationsOf(username: string): readonly SipRegistration[] {
    const { clock } = this.options;
    const now = clock.now();
    return this.table.bindingsOf(username, now).map((binding) => ({
      username,
      contact: binding.contact,
      transport: binding.flow.transport,
      source: writeSocketAddress(binding.flow.remote),
      userAgent: binding.userAgent,
      expiresAtMs: Math.round(clock.wallMs() + binding.expiresAt - now),
    }));
  }

  /** Whether a telephone is registered over this flow. */
  isFlowOfDevice(flow: SipFlow): boolean {
    return this.sources.has(sourceOf(flow));
  }

  onChange(listener: (username: string) => void): void {
    this.listeners.add(listener);
  }

  unregister(username: string, now: Instant): void {
    this.table.unbind(username, this.table.bindingsOf(username, now), 'removed');
    this.tellChanges();
  }

  loseConnection(connectionId: number): void {
    this.table.loseConnection(connectionId);
    this.tellChanges();
  }

  /** Forgets what has ended, and stores what has changed. */
  async tick(now: Instant): Promise<void> {
    this.table.handleTimeout(now);
    this.tellChanges();
    await this.options.store.save(this.table);
  }

  /** RFC 3261 §20.17. */
  private date(): string {
    const second = Math.floor(this.options.clock.wallMs() / 1000);
    if (this.latestDate.second !== second) this.latestDate = { second, text: new Date(second * 1000).toUTCString() };
    return this.latestDate.text;
  }

  private tellChanges(): void {
    const changes = this.table.takeChanges();
    for (const { kind, addressOfRecord, binding } of changes) {
      this.countSource(binding, kind === 'bound' ? 1 : -1);
      const isRefreshed = kind === 'unbound' && changes.some((other) => other.kind === 'bound' && other.addressOfRecord === addressOfRecord && other.binding.contact === binding.contact);
      if (kind === 'bound') this.options.store.noteBound(addressOfRecord, binding);
      else if (!isRefreshed) this.options.store.noteUnbound(addressOfRecord, binding);
    }
    for (const username of new Set(changes.map(({ addressOfRecord }) => addressOfRecord))) for (const listener of this.listeners) listener(username);
  }

  private countSource({ flow }: Binding, step: 1 | -1): void {
    const source = sourceOf(flow);
    const count = (this.sources.get(source) ?? 0) + step;
    if (count <= 0) this.sources.delete(source);
    else this.sources.set(source, count);
  }
}

function sourceOf({ transport, remote, connectionId }: SipFlow): string {
  return connectionId === undefined ? `${transport} ${remote.address} ${remote.port}` : `${transport} ${connectionId}`;
}
