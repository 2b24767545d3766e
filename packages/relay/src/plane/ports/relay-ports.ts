import type { Randomness } from '@dialplane/sansio';
import { formatIpAddress, type IpAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import type { RelayFailure, RelayTransport, TurnServerOutput } from '@dialplane/turn';
import type { PortRange } from '../../relay-plane-options.ts';
import { PortPool } from './port-pool.ts';

export type OpenRelay = Extract<TurnServerOutput, { kind: 'openRelay' }>;

/** Opens the port of a relay: a UDP socket, or a TCP listener. `done` gets a number for `close`, or the system's code; it may be called at once. */
export interface PortOpener {
  open(relay: number, local: TransportAddress, done: (opened: number | { readonly code: string }) => void): void;
  close(opened: number): void;
}

/** What came of `open`. `detail` says why, for the log. */
export type RelayOpening =
  | { readonly kind: 'opened'; readonly local: TransportAddress }
  | { readonly kind: 'failed'; readonly reason: RelayFailure; readonly detail: string };

interface PlacedRelay {
  readonly transport: RelayTransport;
  readonly pool: PortPool;
  readonly local: TransportAddress;
  readonly opened: number;
}

/** A search for a port: those passed over stay taken until it ends, so that it does not meet them again. */
interface PortSearch {
  readonly request: OpenRelay;
  readonly ip: IpAddress;
  readonly pool: PortPool;
  readonly passedOver: number[];
  readonly done: (outcome: RelayOpening) => void;
}

/** Ports that another program holds are passed over, so many of them in a row. */
const attempts = 32;
const occupied: ReadonlySet<string> = new Set(['EADDRINUSE', 'EACCES']);
const exhausted: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** The relayed transport addresses of this machine: a random free port for each relay, opened, and given back when it closes. */
export class RelayPorts {
  private readonly range: PortRange;
  private readonly randomness: Randomness;
  private readonly openers: Readonly<Record<RelayTransport, PortOpener>>;
  private readonly pools = new Map<string, PortPool>();
  private readonly placed = new Map<number, PlacedRelay>();
  private readonly byPort = new Map<number, TransportAddress>();
  /** Relays that are being opened and not withdrawn. */
  private readonly awaited = new Set<number>();

  constructor(range: PortRange, randomness: Randomness, openers: Readonly<Record<RelayTransport, PortOpener>>) {
    this.range = range;
    this.randomness = randomness;
    this.openers = openers;
  }

  /** Opens a relay on `ip`, with `evenAndNext` also the next one. `done` is not called for what was closed meanwhile. */
  open(request: OpenRelay, ip: IpAddress, done: (outcome: RelayOpening) => void): void {
    this.awaited.add(request.relay);
    this.attempt({ request, ip, pool: this.poolOf(request.transport, ip), passedOver: [], done });
  }

  /** Closes a relay, or withdraws one that is being opened. */
  close(relay: number): void {
    this.awaited.delete(relay);
    const placed = this.closePlaced(relay);
    placed?.pool.giveBack(placed.local.port);
  }

  /** The address of the relay with this port. */
  relayAt(family: number, port: number): TransportAddress | undefined {
    return this.byPort.get(family * 0x10000 + port);
  }

  /** Whether a relay has this port, on whatever address. */
  isTaken(port: number): boolean {
    return [...this.pools.values()].some((pool) => pool.isTaken(port));
  }

  /** What the opener called an open relay. */
  openedOf(relay: number): number | undefined {
    return this.placed.get(relay)?.opened;
  }

  localOf(relay: number): TransportAddress | undefined {
    return this.placed.get(relay)?.local;
  }

  private attempt(search: PortSearch): void {
    const { request, ip, pool, passedOver } = search;
    const port = passedOver.length < attempts ? pool.take(request.port.kind) : undefined;
    if (port === undefined) return this.finish(search, { kind: 'failed', reason: 'insufficientCapacity', detail: 'no port is free in the range' });
    const ports = request.port.kind === 'evenAndNext' ? [port, port + 1] : [port];
    this.place(request, pool, transportAddress(ip, port), (code) => {
      if (code === undefined) return this.finish(search, { kind: 'opened', local: transportAddress(ip, port) });
      passedOver.push(...ports);
      if (occupied.has(code) && this.awaited.has(request.relay)) return this.attempt(search);
      this.finish(search, { kind: 'failed', reason: exhausted.has(code) ? 'insufficientCapacity' : 'serverError', detail: code });
    });
  }

  private finish({ request, pool, passedOver, done }: PortSearch, outcome: RelayOpening): void {
    for (const port of passedOver) pool.giveBack(port);
    if (this.awaited.delete(request.relay)) return done(outcome);
    if (outcome.kind === 'failed') return;
    this.close(request.relay);
    if (request.port.kind === 'evenAndNext') this.close(request.port.next);
  }

  /** Opens one or both ports of a request, or neither. */
  private place({ relay, transport, port }: OpenRelay, pool: PortPool, local: TransportAddress, done: (code: string | undefined) => void): void {
    this.placeOne(relay, transport, pool, local, (code) => {
      if (code !== undefined || port.kind !== 'evenAndNext') return done(code);
      this.placeOne(port.next, transport, pool, transportAddress(local, local.port + 1), (nextCode) => {
        if (nextCode !== undefined) this.closePlaced(relay);
        done(nextCode);
      });
    });
  }

  private placeOne(relay: number, transport: RelayTransport, pool: PortPool, local: TransportAddress, done: (code: string | undefined) => void): void {
    this.openers[transport].open(relay, local, (opened) => {
      if (typeof opened !== 'number') return done(opened.code);
      this.placed.set(relay, { transport, pool, local, opened });
      this.byPort.set(local.family * 0x10000 + local.port, local);
      done(undefined);
    });
  }

  private closePlaced(relay: number): PlacedRelay | undefined {
    const placed = this.placed.get(relay);
    this.placed.delete(relay);
    if (placed === undefined) return undefined;
    this.byPort.delete(placed.local.family * 0x10000 + placed.local.port);
    this.openers[placed.transport].close(placed.opened);
    return placed;
  }

  private poolOf(transport: RelayTransport, ip: IpAddress): PortPool {
    const key = `${transport} ${formatIpAddress(ip)}`;
    const pool = this.pools.get(key) ?? new PortPool(this.range, this.randomness);
    this.pools.set(key, pool);
    return pool;
  }
}
