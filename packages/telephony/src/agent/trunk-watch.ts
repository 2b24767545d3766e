import { isHost, type PeerHealthChanged, type RegistrationChanged, type SipLink } from '@dialplane/sip';
import type { TrunkCalled } from '../line/live-line.ts';
import { CallFailures, type FailedCalls } from '../trunks/call-failures.ts';
import type { TrunkBook } from '../trunks/trunk-book.ts';
import type { TrunkHealthBoard } from '../trunks/trunk-health-board.ts';
import type { TrunkSettings } from '../trunks/trunk-settings.ts';
import type { AgentInput } from './telephony-agent.ts';
import { trunkUris } from './trunk-attempts.ts';

export interface TrunkWatchOptions {
  readonly trunks: TrunkBook;
  readonly board: TrunkHealthBoard;
  readonly link: SipLink;
  /** Host of this server, in From. */
  readonly domain: () => string;
  readonly command: (command: Extract<AgentInput, { readonly kind: 'trunk' }>['command']) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A trunk that has not been heard for so long is tried last (ACS Direct Routing: OPTIONS within three minutes). */
const heardWithinMs = 180_000;
const sweepEveryMs = 30_000;
/** A trunk that is not asked by OPTIONS is tried in its turn again so long after it said nothing. */
const silentForMs = 60_000;

/** What is running for a trunk, so that it can be ended when the trunk changes. */
interface Watched {
  readonly settings: TrunkSettings;
  /** URIs of its addresses, or of its name. */
  readonly addresses: readonly string[];
  readonly peers: readonly string[];
  readonly registration: string | undefined;
}

/** Keeps trunks alive: registers with those that want it, asks with OPTIONS whether they are there, hears whether they ask; and writes down how each is. */
export class TrunkWatch {
  readonly #options: TrunkWatchOptions;
  readonly #watched = new Map<string, Watched>();
  /** Of the addresses of a trunk, those that do not answer, with the last status. */
  readonly #silent = new Map<string, Map<string, number | undefined>>();
  readonly #failures = new CallFailures();
  #sweeping: NodeJS.Timeout | undefined;

  constructor(options: TrunkWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { trunks } = this.#options;
    for (const { settings } of trunks.list()) this.#watch(settings);
    trunks.onChange((name) => this.#changed(name));
    this.#sweeping = setInterval(() => this.sweep(), sweepEveryMs);
    this.#sweeping.unref();
  }

  /** Bindings at carriers are removed; the answers are not waited for. */
  stop(): void {
    clearInterval(this.#sweeping);
    for (const name of this.#watched.keys()) this.#end(name);
  }

  hear(news: RegistrationChanged | PeerHealthChanged): void {
    if (news.kind === 'peerHealthChanged') this.#hearHealth(news);
    else this.#hearRegistration(news);
  }

  /** The trunk itself has asked whether we are there. */
  hearOptions(name: string): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    this.#options.board.note(name, { ping: 'active', lastSeenAt: this.#options.now() });
    this.#release(name, watched, () => true);
  }

  /** A trunk was called. One that says nothing is called after the others at once, and is asked whether it is there; one that refuses, after some calls. */
  hearCall({ trunk, address, outcome }: Omit<TrunkCalled, 'kind'>): void {
    const watched = this.#watched.get(trunk);
    if (watched === undefined) return;
    if (outcome.kind === 'heard') {
      const isNews = this.#failures.forgive(trunk, address) || this.#options.board.callsOf(trunk).calls === 'unknown';
      if (isNews) this.#assessCalls(trunk, watched, 'heard');
    } else if (this.#failures.note(trunk, address, outcome, this.#options.now())) {
      this.#assessCalls(trunk, watched);
      if (outcome.kind === 'silent' && watched.peers.length > 0) this.#ask(watched.settings, address);
    }
  }

  /** Trunks that ask us, and are not asked, are heard by that alone; an address to which calls failed is given another one in its turn, when its time has come. Called now and then once it has started. */
  sweep(): void {
    const { board, now } = this.#options;
    for (const [name, watched] of this.#watched) {
      const { peers } = watched;
      this.#release(name, watched, (address, failed) => this.#isDue(name, watched, address, failed));
      const { ping, lastSeenAt } = board.of(name);
      if (peers.length === 0 && ping === 'active' && lastSeenAt !== undefined && now() - lastSeenAt > heardWithinMs) {
        board.note(name, { ping: 'expired', reason: `${name} has not sent OPTIONS for three minutes.` });
      }
    }
  }

  /** Whether an address need not be waited for any longer that has been held for long enough: one that said nothing has to answer OPTIONS first, the first time with news of that, if it is asked at all. */
  #isDue(name: string, { peers }: Watched, address: string, { failure, count, at }: FailedCalls): boolean {
    if (failure.kind === 'refused') return true;
    return peers.length === 0 ? this.#options.now() - at > silentForMs : count > 1 && this.#silent.get(name)?.has(address) !== true;
  }

  #release(name: string, watched: Watched, isDue: (address: string, failed: FailedCalls) => boolean): void {
    const released = [...this.#failures.held(name)].filter(([address, failed]) => isDue(address, failed) && this.#failures.release(name, address, this.#options.now()));
    if (released.length > 0) this.#assessCalls(name, watched);
  }

  #changed(name: string): void {
    const settings = this.#options.trunks.get(name);
    this.#end(name);
    this.#options.board.forget(name);
    if (settings !== undefined) this.#watch(settings);
  }

  #watch(settings: TrunkSettings): void {
    if (!settings.isEnabled) return;
    const { name, optionsIntervalSeconds, registration } = settings;
    const addresses = trunkUris(settings);
    const uris = optionsIntervalSeconds === 0 ? [] : addresses;
    this.#watched.set(name, { settings, addresses, peers: uris.map((uri) => `${name} ${uri}`), registration: registration === undefined ? undefined : name });
    for (const uri of uris) this.#ask(settings, uri);
    if (registration !== undefined) this.#register(settings, registration);
  }

  #ask({ name, transport, optionsIntervalSeconds }: TrunkSettings, uri: string): void {
    const { link, domain, command } = this.#options;
    command({
      kind: 'watch', peerId: `${name} ${uri}`, uri, from: `<sip:${domain()}>`, contact: link.contactOf('telephony', transport),
      route: { flow: link.flow, trunkId: name }, intervalMs: optionsIntervalSeconds * 1000,
    });
  }

  #register({ name, transport, addresses, port }: TrunkSettings, { registrar, user, expiresSeconds }: NonNullable<TrunkSettings['registration']>): void {
    const { link, trunks, command, board } = this.#options;
    const credentials = trunks.credentials(name);
    const host = registrar ?? name;
    const account = user ?? credentials?.username ?? '';
    const [address] = addresses;
    const next = address === undefined ? [] : [`<sip:${isHost(address) ? address : `[${address}]`}:${port}${transport === 'udp' ? '' : `;transport=${transport}`};lr>`];
    board.note(name, { registration: 'pending' });
    command({
      kind: 'register', registrationId: name, route: { flow: link.flow, trunkId: name }, registrar: `sip:${host}${transport === 'udp' ? '' : `;transport=${transport}`}`,
      address: `sip:${account}@${host}`, contact: link.contactOf(account, transport), expiresSeconds,
      ...(credentials !== undefined && { credentials }), ...(next.length > 0 && { headers: [['Route', next.join(', ')] as const] }),
    });
  }

  #end(name: string): void {
    const watched = this.#watched.get(name);
    this.#watched.delete(name);
    this.#silent.delete(name);
    this.#failures.forget(name);
    for (const peerId of watched?.peers ?? []) this.#options.command({ kind: 'unwatch', peerId });
    if (watched?.registration !== undefined) this.#options.command({ kind: 'unregister', registrationId: watched.registration });
  }

  #hearHealth({ peerId, health, status }: PeerHealthChanged): void {
    const [name = '', uri = ''] = peerId.split(' ');
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    const silent = this.#silent.get(name) ?? new Map<string, number | undefined>();
    if (health === 'up') silent.delete(uri);
    else silent.set(uri, status);
    this.#silent.set(name, silent);
    if (health === 'up') this.#failures.release(name, uri, this.#options.now());
    this.#assessCalls(name, watched);
    // One address that answers is enough for calls to get through.
    if (silent.size < watched.peers.length) this.#options.board.note(name, { ping: 'active', lastSeenAt: this.#options.now() });
    else this.#options.board.note(name, { ping: 'error', reason: `${uri} ${status === undefined || status === 408 ? 'does not answer OPTIONS' : `answers OPTIONS with ${status}`}.` });
  }

  /** @param outcome of a call, where it was heard just now. */
  #assessCalls(name: string, { addresses }: Watched, outcome?: 'heard'): void {
    const { board } = this.#options;
    const held = this.#failures.held(name);
    const heldAddresses = new Set([...held.keys(), ...(this.#silent.get(name)?.keys() ?? [])]);
    const [first] = held;
    if (first !== undefined && heldAddresses.size >= addresses.length) {
      board.noteCalls(name, { calls: first[1].failure.kind, heldAddresses, reason: wordsOf(...first) });
      return;
    }
    const before = board.callsOf(name).calls;
    board.noteCalls(name, { calls: outcome ?? (before === 'silent' || before === 'refused' ? 'unknown' : before), heldAddresses });
  }

  #hearRegistration({ registrationId, state, status, reasonPhrase }: RegistrationChanged): void {
    if (this.#watched.get(registrationId)?.registration === undefined) return;
    const { board, now } = this.#options;
    if (state === 'registered') board.note(registrationId, { registration: 'registered', lastSeenAt: now() });
    else if (state === 'registering') board.note(registrationId, { registration: 'pending' });
    else if (state === 'refused') board.note(registrationId, { registration: 'failed', reason: `The registrar refuses the registration: ${status ?? ''} ${reasonPhrase ?? ''}`.trim() });
    else if (state === 'unreachable') board.note(registrationId, { registration: 'failed', reason: 'The registrar does not answer.' });
  }
}

/** Why an address is held, and until when that is known. */
function wordsOf(address: string, { failure, count, at, heldUntil }: FailedCalls): string {
  const until = heldUntil > at ? `; it is called in its turn again after ${timeOf(heldUntil)}` : '';
  const times = count > 1 ? `, for the ${ordinal(count)} time since a call got through` : '';
  if (failure.kind === 'silent') return `${address} said nothing when it was called at ${timeOf(at)}${times}${until}.`;
  return `${address} ${failure.status === 408 ? 'let a call wait in vain' : `refused a call with ${failure.status}`} at ${timeOf(at)}${times}${until}.`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

function ordinal(count: number): string {
  const suffixes: Partial<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
  return `${count}${suffixes[new Intl.PluralRules('en', { type: 'ordinal' }).select(count)] ?? 'th'}`;
}
