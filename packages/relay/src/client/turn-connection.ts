import type { Socket } from 'node:net';
import { nodeCrypto, nodeRandomness } from '@dialplane/kernels';
import { formatIpAddress, formatTransportAddress, type TransportAddress } from '@dialplane/stun';
import { type AllocateWish, type RefusedRequest, StreamFramer, TurnClient, type TurnClientInput, type TurnClientOutput } from '@dialplane/turn';
import { type ClientPath, openClientPath, openServerStream, type TurnServerTarget } from './client-path.ts';
import { MachineClock } from './machine-clock.ts';
import { TurnClientError } from './turn-client-error.ts';

export interface TurnConnectionOptions extends TurnServerTarget {
  readonly username: string;
  readonly password: string;
  /** A packet from a peer; the bytes are the receiver's. */
  readonly onData?: (peer: TransportAddress, bytes: Uint8Array) => void;
  /** An ICMP error about what was sent to a peer. */
  readonly onUnreachable?: (output: OutputOf<'unreachable'>) => void;
  /** A peer has connected to the TCP relay: answer with `bindPeer`. */
  readonly onConnectionAttempt?: (output: OutputOf<'connectionAttempt'>) => void;
  /** The allocation is gone, or will never be. */
  readonly onEnded?: (output: OutputOf<'ended'>) => void;
}

type OutputOf<Kind extends TurnClientOutput['kind']> = Extract<TurnClientOutput, { kind: Kind }>;
export type TurnAllocation = OutputOf<'allocated'>;

interface Waiting<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: TurnClientError) => void;
}

/**
 * The TURN client machine over real sockets: UDP, TCP, TLS. For tests, measurements and diagnosis.
 * @throws The system's error, or that of TLS, when the server cannot be reached; over UDP only `allocate` tells.
 */
export async function connectTurn(options: TurnConnectionOptions): Promise<TurnConnection> {
  return new TurnConnection(options, await openClientPath(options));
}

export class TurnConnection {
  readonly path: ClientPath;
  private readonly options: TurnConnectionOptions;
  private readonly machine: TurnClient;
  private readonly clock: MachineClock<TurnClientInput, TurnClientOutput>;
  /** Who waits for what: `allocated`, or a request and its peer. */
  private readonly waiting = new Map<string, Array<Waiting<never>>>();
  private pathState: 'open' | 'closed' = 'open';
  private ended: TurnClientError | undefined;
  private failure: Error | undefined;

  constructor(options: TurnConnectionOptions, path: ClientPath) {
    this.options = options;
    this.path = path;
    this.machine = new TurnClient({ username: options.username, password: options.password, crypto: nodeCrypto, randomness: nodeRandomness(), isStream: path.isStream });
    this.clock = new MachineClock(this.machine, (output) => this.perform(output));
    path.listen({
      onMessage: (bytes) => this.handle({ kind: 'received', bytes }),
      onFailed: (error) => {
        this.failure = error;
        this.handle({ kind: 'pathFailed' });
      },
    });
  }

  /** Rejects with a {@link TurnClientError}, as all that follows. */
  allocate(wish: AllocateWish = {}): Promise<TurnAllocation> {
    return this.request('allocated', { kind: 'allocate', wish });
  }

  permit(peer: TransportAddress): Promise<void> {
    return this.request(`permit ${formatIpAddress(peer)}`, { kind: 'permit', peers: [peer] });
  }

  bindChannel(peer: TransportAddress): Promise<void> {
    return this.request(`bindChannel ${formatTransportAddress(peer)}`, { kind: 'bindChannel', peer });
  }

  /** Sends over the channel of the peer where one is bound, else as an indication. */
  send(peer: TransportAddress, bytes: Uint8Array): void {
    this.handle({ kind: 'send', peer, bytes });
  }

  /** TCP relays: has the server connect to the peer. @returns the stream to it, paused. */
  async connectPeer(peer: TransportAddress): Promise<Socket> {
    const connectionId = await this.request<number>(`connectPeer ${formatTransportAddress(peer)}`, { kind: 'connectPeer', peer });
    return this.bindPeer(connectionId);
  }

  /** TCP relays: a new stream to the server, bound to a peer's (RFC 6062 §4.3). It is paused: read it or resume it. */
  async bindPeer(connectionId: number): Promise<Socket> {
    const socket = await openServerStream(this.options);
    const framer = new StreamFramer();
    return new Promise((resolve, reject) => {
      const clock = new MachineClock(this.machine.bindConnection(connectionId), (output) => {
        if (output.kind === 'send') return void socket.write(output.bytes);
        clock.stop();
        socket.off('data', take).off('close', fail).pause();
        if (output.kind === 'bound') {
          const rest = framer.takeRest();
          if (rest.length > 0) socket.unshift(rest);
          resolve(socket);
        } else {
          socket.destroy();
          reject(typeof output.code === 'number' ? new TurnClientError('refused', output.code) : new TurnClientError(output.code as 'timedOut'));
        }
      });
      const take = (chunk: Uint8Array): void => {
        framer.push(chunk);
        // One at a time: behind the answer that binds, the bytes are the peer's.
        for (let next = framer.next(); next.kind === 'frame'; next = socket.isPaused() ? { kind: 'incomplete' } : framer.next()) clock.handle({ kind: 'received', bytes: next.bytes });
      };
      const fail = (): void => clock.handle({ kind: 'pathFailed' });
      socket.on('data', take).on('close', fail).on('error', () => {});
      clock.handle({ kind: 'connected' });
    });
  }

  /** Gives the allocation up and closes the path. */
  async release(): Promise<void> {
    if (this.ended === undefined) await this.request('ended', { kind: 'release' });
    this.close();
  }

  /** Closes the path; the server notices over a stream, else when the allocation expires. */
  close(): void {
    this.clock.stop();
    this.ended ??= new TurnClientError('released');
    if (this.pathState === 'open') this.path.close();
    this.pathState = 'closed';
  }

  private handle(input: TurnClientInput): void {
    if (this.ended === undefined) this.clock.handle(input);
  }

  private request<Value>(key: string, input: TurnClientInput): Promise<Value> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    return new Promise<Value>((resolve, reject) => {
      this.waiting.set(key, [...(this.waiting.get(key) ?? []), { resolve, reject } as Waiting<never>]);
      this.handle(input);
    });
  }

  private settle(key: string, settle: (waiting: Waiting<never>) => void): void {
    const waiting = this.waiting.get(key) ?? [];
    this.waiting.delete(key);
    waiting.forEach(settle);
  }

  private perform(output: TurnClientOutput): void {
    switch (output.kind) {
      case 'send':
        return this.path.send(output.bytes);
      case 'data':
        return this.options.onData?.(output.peer, output.bytes);
      case 'unreachable':
        return this.options.onUnreachable?.(output);
      case 'connectionAttempt':
        return this.options.onConnectionAttempt?.(output);
      case 'allocated':
        return this.settle('allocated', ({ resolve }) => resolve(output as never));
      case 'permitted':
        return this.settle(keyOf('permit', output.peers), ({ resolve }) => resolve(undefined as never));
      case 'channelBound':
        return this.settle(keyOf('bindChannel', [output.peer]), ({ resolve }) => resolve(undefined as never));
      case 'peerConnected':
        return this.settle(keyOf('connectPeer', [output.peer]), ({ resolve }) => resolve(output.connectionId as never));
      case 'refused':
        return this.settle(keyOf(output.request, output.peers), ({ reject }) => reject(new TurnClientError(output.request, output.code)));
      default:
        return this.end(output);
    }
  }

  private end(output: OutputOf<'ended'>): void {
    this.ended = new TurnClientError(output.reason, output.code, this.failure);
    const error = this.ended;
    this.settle('ended', ({ resolve }) => resolve(undefined as never));
    for (const key of this.waiting.keys()) this.settle(key, ({ reject }) => reject(error));
    this.options.onEnded?.(output);
  }
}

function keyOf(request: RefusedRequest, peers: readonly TransportAddress[]): string {
  const [peer] = peers;
  if (peer === undefined) return request;
  return request === 'permit' ? `permit ${formatIpAddress(peer)}` : `${request} ${formatTransportAddress(peer)}`;
}
