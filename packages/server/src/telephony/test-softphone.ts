import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import type { CreatedSipDevice } from '@dialplane/calling-api';
import { nodeRandomness, nodeSipCrypto } from '@dialplane/kernels';
import { instant } from '@dialplane/sansio';
import { parseSipMessage, UserAgent, writeSipMessage, type UserAgentCommand, type UserAgentEvent, type SipFlow } from '@dialplane/sip';
import { patienceMs } from '@dialplane/testing';
import { eventPayloadType, PhoneSound } from './test-phone-sound.ts';

const host = '127.0.0.1';
const now = () => instant(performance.now());
type EventOf<Kind extends UserAgentEvent['kind']> = Extract<UserAgentEvent, { readonly kind: Kind }>;

/** A desk phone of a user: our user agent over a socket of its own, registered with the server by digest. It hears and presses keys, and says nothing. */
export class Softphone {
  readonly #agent = new UserAgent({ randomness: nodeRandomness(), crypto: nodeSipCrypto });
  readonly #socket: Socket;
  readonly #sound: PhoneSound;
  readonly #events: UserAgentEvent[] = [];
  readonly #arrivals = new EventEmitter();
  readonly #sipPort: number;
  readonly #username: string;
  readonly #password: string;
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, sound: PhoneSound, { username, password }: CreatedSipDevice, sipPort: number) {
    this.#socket = socket;
    this.#sound = sound;
    this.#username = username;
    this.#password = password;
    this.#sipPort = sipPort;
    socket.on('message', (bytes, { address, port }) => {
      const message = parseSipMessage(bytes);
      if (message.kind === 'fault') return;
      this.#agent.handle({ kind: 'received', message, flow: this.#flowTo(address, port) }, now());
      this.#settle();
    });
  }

  /** Resolves when it is registered with the credentials of a device. */
  static async start(t: TestContext, device: CreatedSipDevice, sipPort: number): Promise<Softphone> {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    const phone = new Softphone(socket, await PhoneSound.open(host), device, sipPort);
    t.after(() => phone.#close());
    phone.#command({ kind: 'register', registrationId: 'home', route: phone.#route, registrar: `sip:${host}:${sipPort}`, address: `sip:${device.username}@${host}:${sipPort}`, contact: phone.#contact, credentials: phone.#credentials });
    for (let { state } = await phone.event('registrationChanged'); state !== 'registered';) ({ state } = await phone.event('registrationChanged'));
    return phone;
  }

  /** @param reliable Whether it takes reliable provisional responses (RFC 3262). */
  dial(number: string, reliable: 'supported' | 'none' = 'supported'): void {
    const from = `<sip:${this.#username}@${host}:${this.#sipPort}>`;
    this.#command({ kind: 'invite', sessionId: number, route: this.#route, uri: `sip:${number}@${host}:${this.#sipPort}`, from, contact: this.#contact, credentials: this.#credentials, reliable, description: this.#sdp() });
  }

  answer({ sessionId }: EventOf<'incoming'>): void {
    this.#command({ kind: 'accept', sessionId, description: this.#sdp() });
  }

  answerOffer({ sessionId }: EventOf<'offerReceived'>): void {
    this.#command({ kind: 'answerOffer', sessionId, description: this.#sdp() });
  }

  /** Call forwarding: 302, and where the call is to go (RFC 3261 §21.3.3). */
  forward({ sessionId }: EventOf<'incoming'>, user: string): void {
    this.#command({ kind: 'refuse', sessionId, status: 302, headers: [['Contact', `<sip:${user}@${host}:${this.#sipPort}>`]] });
  }

  hangUp(sessionId: string): void {
    this.#command({ kind: 'end', sessionId });
  }

  /** REFER: whom it talks to is to be connected to `target`. */
  transfer(sessionId: string, target: string): void {
    this.#command({ kind: 'refer', sessionId, target: `sip:${target}@${host}:${this.#sipPort}` });
  }

  /** Resolves when sound comes, from now on. */
  sound(): Promise<void> {
    return this.#sound.arrives();
  }

  /** Resolves when it hears a tone, and nothing else. */
  hears(frequencyHz: number): Promise<void> {
    return this.#sound.hears(frequencyHz);
  }

  hearsRinging(): Promise<void> {
    return this.#sound.hearsRinging();
  }

  hearsNothing(): Promise<void> {
    return this.#sound.hearsNothing();
  }

  /** Keys, `0-9*#A-D`. Sound has to have come. */
  press(tones: string): void {
    this.#sound.press(tones);
  }

  /** The next event of a kind; others before it are passed over. */
  async event<Kind extends UserAgentEvent['kind']>(kind: Kind): Promise<EventOf<Kind>> {
    const patience = AbortSignal.timeout(patienceMs);
    for (;;) {
      const event = this.#events.shift();
      if (event?.kind === kind) return event as EventOf<Kind>;
      if (event === undefined) await once(this.#arrivals, 'event', { signal: patience });
    }
  }

  get #credentials() {
    return { username: this.#username, password: this.#password };
  }

  get #contact(): string {
    return `sip:${this.#username}@${host}:${this.#socket.address().port}`;
  }

  get #route() {
    return { flow: this.#flowTo(host, this.#sipPort) };
  }

  #flowTo(address: string, port: number): SipFlow {
    const local = this.#socket.address();
    return { transport: 'udp', local: { address: local.address, port: local.port }, remote: { address, port } };
  }

  #sdp(): Uint8Array {
    return new TextEncoder().encode(['v=0', `o=- 1 1 IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0', `m=audio ${this.#sound.port} RTP/AVP 0 ${eventPayloadType}`, 'a=rtpmap:0 PCMU/8000', `a=rtpmap:${eventPayloadType} telephone-event/8000`, ''].join('\r\n'));
  }

  #command(command: UserAgentCommand): void {
    this.#agent.handle(command, now());
    this.#settle();
  }

  #settle(): void {
    for (let output = this.#agent.poll(); output !== undefined; output = this.#agent.poll()) {
      if (output.kind === 'send') this.#socket.send(writeSipMessage(output.message), output.flow.remote.port, output.flow.remote.address);
      else {
        this.#events.push(output);
        this.#arrivals.emit('event');
      }
    }
    clearTimeout(this.#timer);
    const next = this.#agent.pollTimeout();
    if (next !== undefined) this.#timer = setTimeout(() => this.#wake(), Math.max(0, next - now()));
  }

  #wake(): void {
    this.#agent.handleTimeout(now());
    this.#settle();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#socket.close();
    this.#sound.close();
  }
}
