import assert from 'node:assert/strict';
import { type Instant, instant, seededRandomness } from '@dialplane/sansio';
import {
  LongTermClient,
  longTermKey,
  MessageBuilder,
  parseStunMessage,
  parseTransportAddress,
  readErrorCode,
  type StunMessage,
  type TransportAddress,
  transportAddress,
} from '@dialplane/stun';
import { nodeCrypto } from '@dialplane/kernels';
import { type ClientPath, type TurnErrorCode, TurnServer, type TurnServerInput, type TurnServerOptions, type TurnServerOutput } from './index.ts';

export const realm = 'example.org';
export const passwords: Readonly<Record<string, string>> = { alice: 'a secret', bob: 'b secret' };

export function address(text: string): TransportAddress {
  const parsed = parseTransportAddress(text);
  assert.ok(parsed, text);
  return parsed;
}

export const datagramPath = (remote = '192.0.2.1:4000', listener = 1): ClientPath & { kind: 'datagram' } => ({ kind: 'datagram', listener, remote: address(remote) });
export const streamPath = (connection = 1, remote = `192.0.2.1:${5000 + connection}`): ClientPath & { kind: 'stream' } => ({ kind: 'stream', connection, remote: address(remote) });

type OutputOf<Kind extends TurnServerOutput['kind']> = Extract<TurnServerOutput, { kind: Kind }>;

/** A server with a driver made of memory: ports are opened at once, outputs are kept until they are asked for. */
export class TestTurnServer {
  readonly server: TurnServer;
  now: Instant = instant(0);
  /** What becomes of `openRelay`: the driver opens ports from 50000 on, fails, or leaves it to the test. */
  relays: 'open' | 'manual' = 'open';
  private readonly outputs: TurnServerOutput[] = [];
  private readonly clients = new Map<string, LongTermClient>();
  private nextPort = 50_000;
  private transactions = 0;

  constructor(options: Partial<TurnServerOptions> = {}) {
    this.server = new TurnServer({
      realm,
      crypto: nodeCrypto,
      randomness: seededRandomness(1),
      nonceSecret: new Uint8Array(16),
      credentials: {
        key: (username, algorithm) => {
          const password = passwords[username];
          return password === undefined ? undefined : longTermKey(nodeCrypto, algorithm, { username, realm, password });
        },
      },
      peers: { permits: (peer) => peer.w0 >>> 24 !== 127 },
      admission: { admit: ({ held }) => (held < 10 ? { kind: 'admitted' } : { kind: 'refused', code: 486 }) },
      families: new Set([4, 6]),
      transports: new Set(['udp', 'tcp']),
      canSetDontFragment: true,
      ...options,
    });
  }

  give(input: TurnServerInput): void {
    this.server.handle(input, this.now);
    this.drain();
  }

  /** Lets time pass, firing every timer on its way. */
  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    for (let next = this.server.pollTimeout(); next !== undefined && next <= end; next = this.server.pollTimeout()) {
      this.now = instant(Math.max(next, this.now));
      this.server.handleTimeout(this.now);
      this.drain();
    }
    this.now = instant(end);
  }

  /** Removes and returns what was put out, of one kind or all. */
  taken(): TurnServerOutput[] {
    return this.outputs.splice(0);
  }

  takenOf<Kind extends TurnServerOutput['kind']>(kind: Kind): Array<OutputOf<Kind>> {
    return this.taken().filter((output): output is OutputOf<Kind> => output.kind === kind);
  }

  /** Sends bytes as a client does. */
  send(path: ClientPath, bytes: Uint8Array): void {
    if (path.kind === 'datagram') this.give({ kind: 'clientDatagram', path, bytes });
    else this.give({ kind: 'clientFrame', path, bytes });
  }

  /** Sends a request with credentials, challenge included, and returns the response; fails when there is none. */
  ask(path: ClientPath, method: number, write: (builder: MessageBuilder) => void = () => undefined, username = 'alice'): StunMessage {
    const credentials = this.clientOf(path, username);
    for (;;) {
      const { generation } = credentials;
      this.send(path, this.encode(method, write, credentials));
      const response = this.takeResponse(path);
      if (credentials.handleResponse(response, generation).kind !== 'retry') return response;
    }
  }

  /** As `ask`, for the code of the error; 0 is success. */
  code(path: ClientPath, method: number, write?: (builder: MessageBuilder) => void, username?: string): TurnErrorCode | 0 {
    return codeOf(this.ask(path, method, write, username));
  }

  /** A request with the credentials known so far, not sent. */
  encode(method: number, write: (builder: MessageBuilder) => void, credentials: LongTermClient): Uint8Array {
    this.transactions += 1;
    const builder = new MessageBuilder(new Uint8Array(4096)).begin('request', method, Uint8Array.from({ length: 12 }, (_, index) => (index === 11 ? this.transactions & 255 : this.transactions >>> 8)));
    write(builder);
    credentials.writeCredentials(builder);
    return builder.finish().slice();
  }

  clientOf(path: ClientPath, username = 'alice'): LongTermClient {
    const key = JSON.stringify([path, username]);
    const known = this.clients.get(key) ?? new LongTermClient({ username, password: passwords[username] ?? 'wrong' }, nodeCrypto);
    this.clients.set(key, known);
    return known;
  }

  /** The response among the outputs; the others stay. */
  takeResponse(path: ClientPath): StunMessage {
    const index = this.outputs.findIndex((output) => output.kind === 'sendToClient' && JSON.stringify(output.path) === JSON.stringify(path));
    const [output] = index < 0 ? [] : this.outputs.splice(index, 1);
    assert.ok(output?.kind === 'sendToClient', 'no response');
    return parsed(output.bytes);
  }

  private drain(): void {
    for (let output = this.server.poll(); output !== undefined; output = this.server.poll()) {
      this.outputs.push(output);
      if (output.kind === 'openRelay' && this.relays === 'open') this.openRelay(output);
    }
  }

  private openRelay({ relay, family, port }: OutputOf<'openRelay'>): void {
    if (port.kind !== 'any') this.nextPort += this.nextPort % 2;
    const opened = transportAddress(address(family === 4 ? '203.0.113.1:0' : '[2001:db8::1]:0'), this.nextPort);
    this.nextPort += port.kind === 'evenAndNext' ? 2 : 1;
    this.server.handle({ kind: 'relayOpened', relay, address: opened }, this.now);
  }
}

export function parsed(bytes: Uint8Array): StunMessage {
  const result = parseStunMessage(bytes);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

export function codeOf(response: StunMessage): TurnErrorCode | 0 {
  return response.messageClass === 'success' ? 0 : ((readErrorCode(response)?.code ?? 0) as TurnErrorCode);
}
