import { parseAddress, parseSipMessage, parseUri, telephoneNumberOf, UserAgent, writeSipMessage, type SessionCommand, type SessionEvent, type SipCrypto, type SipFlow, type SipRequest, type SocketAddress, type UserAgentEvent } from '@dialplane/sip';
import type { Randomness } from '@dialplane/sansio';
import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { RealTime } from '../agent/real-time.ts';
import { DemoCall } from './demo-call.ts';
import { demoNumbers, type DemoBehavior } from './demo-numbers.ts';

export interface DemoCarrierOptions {
  /** IPv4 address that it listens on, for SIP and for sound; loopback by default. */
  readonly address?: string;
  /** UDP; any free one by default. */
  readonly port?: number;
  readonly randomness: Randomness;
  readonly crypto: SipCrypto;
  /** Where the server's SIP edge is, to which it calls. */
  readonly server: () => SocketAddress;
  /** How long telephones ring before they answer. */
  readonly ringMs?: number;
}

/** Calls at a time; further ones are busy. */
const mostCalls = 100;
const preset = { address: '127.0.0.1', ringMs: 1_500 };

/**
 * A carrier in this process for trying telephone calls without a contract: a SIP user agent and sound over sockets of its own, that is, a peer like any other. Numbers behave as
 * {@link demoNumbers} say.
 */
export class DemoCarrier {
  readonly #options: DemoCarrierOptions & typeof preset;
  readonly #socket: Socket;
  readonly #agent: RealTime<Parameters<UserAgent['handle']>[0], NonNullable<ReturnType<UserAgent['poll']>>>;
  readonly #calls = new Map<string, DemoCall>();

  private constructor(options: DemoCarrierOptions & typeof preset, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    const userAgent = new UserAgent({ randomness: options.randomness, crypto: options.crypto, product: 'Dialplane demonstration carrier' });
    this.#agent = new RealTime(userAgent, (output) => {
      if (output.kind === 'send') socket.send(writeSipMessage(output.message), output.flow.remote.port, output.flow.remote.address, () => undefined);
      else this.#hear(output);
    });
    socket.on('message', (bytes, { address, port }) => this.#receive(bytes, { address, port }));
    socket.on('error', () => undefined);
  }

  static async start(options: DemoCarrierOptions): Promise<DemoCarrier> {
    const complete = { ...preset, ...options };
    const socket = createSocket('udp4');
    socket.bind(options.port ?? 0, complete.address);
    await once(socket, 'listening');
    return new DemoCarrier(complete, socket);
  }

  /** Where it takes calls. */
  get place(): SocketAddress {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  /** Calls that it has now. */
  get size(): number {
    return this.#calls.size;
  }

  /** Calls a number of the server, as a telephone of this number would. @param behavior What whom it reaches hears. */
  call(number: string, from: string, behavior: DemoBehavior = 'melody'): void {
    void this.#call(number, from, behavior);
  }

  close(): void {
    this.#agent.stop();
    for (const call of this.#calls.values()) call.close();
    this.#calls.clear();
    this.#socket.close();
  }

  #receive(bytes: Uint8Array, from: SocketAddress): void {
    const message = parseSipMessage(bytes);
    if (message.kind !== 'fault') this.#agent.handle({ kind: 'received', message, flow: this.#flowTo(from), origin: undefined });
  }

  #hear(event: UserAgentEvent): void {
    if (event.kind === 'incoming') void this.#take(event);
    else if ('sessionId' in event) {
      const call = this.#calls.get(event.sessionId);
      call?.hear(event);
      if (event.kind !== 'ended') return;
      call?.close();
      this.#calls.delete(event.sessionId);
    }
  }

  async #take({ sessionId, request, description }: Extract<SessionEvent, { readonly kind: 'incoming' }>): Promise<void> {
    const called = demoNumbers.find(({ number }) => number === numberIn(request.uri));
    if (called === undefined || this.#calls.size >= mostCalls) {
      this.#session({ kind: 'refuse', sessionId, ...(called === undefined ? { status: 404 } : { status: 503, headers: [['Retry-After', '5']] }) });
      return;
    }
    const caller = callerOf(request);
    const call = await this.#open(sessionId, called.behavior, () => {
      if (caller !== undefined) this.call(caller, called.number);
    });
    call.receive(description);
  }

  async #call(number: string, from: string, behavior: DemoBehavior): Promise<void> {
    const sessionId = randomUUID();
    const call = await this.#open(sessionId, behavior, () => undefined);
    const { place } = this;
    const server = this.#options.server();
    this.#session({
      kind: 'invite', sessionId, uri: `sip:${number}@${server.address}:${server.port}`, from: `<sip:${from}@${place.address}>`,
      contact: `sip:${from}@${place.address}:${place.port}`, description: call.offer(), route: { flow: this.#flowTo(server) },
      headers: [['P-Asserted-Identity', `<sip:${from}@${place.address}>`]],
    });
  }

  async #open(sessionId: string, behavior: DemoBehavior, callBack: () => void): Promise<DemoCall> {
    const { address, ringMs } = this.#options;
    const call = await DemoCall.open({ address, ringMs, callBack, session: (command) => this.#session({ ...command, sessionId } as SessionCommand) }, behavior);
    this.#calls.set(sessionId, call);
    return call;
  }

  #session(command: SessionCommand): void {
    this.#agent.handle(command);
  }

  #flowTo(remote: SocketAddress): SipFlow {
    return { transport: 'udp', local: this.place, remote };
  }
}

function numberIn(uri: string): string | undefined {
  const parsed = parseUri(uri);
  return parsed === undefined || parsed.kind === 'other' ? undefined : telephoneNumberOf(parsed)?.digits;
}

function callerOf({ headers }: SipRequest): string | undefined {
  const address = parseAddress(headers.first('P-Asserted-Identity') ?? headers.first('From') ?? '');
  return address === undefined ? undefined : numberIn(address.uri);
}
