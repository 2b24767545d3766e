import type { SipDevice } from '@dialplane/calling-api';
import type { MediaControl } from '@dialplane/media-api';
import type { Randomness } from '@dialplane/sansio';
import type { SipCrypto, SipLink } from '@dialplane/sip';
import type { Logger, Metrics } from '@dialplane/telemetry';
import type { LineCommand, LineDevice, LineEnd, LineEvent, TelephoneControl } from '@dialplane/telephony-api';
import { randomUUID } from 'node:crypto';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import { askApplication } from '../webhooks/ask-application.ts';
import { CallReceiver, type AskedCall } from './call-receiver.ts';
import type { IncomingDecision, LineDirectory } from './line-directory.ts';
import { LineMetrics } from './line-metrics.ts';
import { LinePlanner } from './line-planner.ts';
import { RealTime } from './real-time.ts';
import { TelephonyAgent, type AgentInput, type AgentOutput } from './telephony-agent.ts';
import { TrunkWatch } from './trunk-watch.ts';

export interface TelephoneServiceOptions {
  readonly link: SipLink;
  readonly media: MediaControl;
  readonly books: TelephonyBooks;
  /** Has the messages with this Call-ID stand in a call's flow record; returns what ends that. */
  readonly watch: (sipCallId: string, about: { readonly callId: string; readonly lane: string }) => () => void;
  /** Whether a SIP phone, by its username, can be rung now. */
  readonly isRegistered: (username: string) => boolean;
  /** Host of this server, for From. */
  readonly domain: () => string;
  readonly randomness: Randomness;
  readonly crypto: SipCrypto;
  readonly product: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Telephone control over the SIP edge's link and media control: drives the agent, meters its lines, watches trunks. */
export class TelephoneService implements TelephoneControl {
  readonly #options: TelephoneServiceOptions;
  readonly #agent: RealTime<AgentInput, AgentOutput>;
  readonly #watch: TrunkWatch;
  readonly #lines: LineMetrics;
  readonly #listeners: Array<(event: LineEvent) => void> = [];
  readonly #deviceListeners: Array<(identifier: string, device: LineDevice) => void> = [];
  /** Usernames of phones that could be rung when that was looked at last: a binding that is refreshed is no news. */
  readonly #registered = new Set<string>();
  /** Calls from outside that an application is being asked about. */
  readonly #asked = new Map<string, AskedCall['line']>();
  /** What ends the watch over a dialog, by its Call-ID. */
  readonly #watches = new Map<string, () => void>();
  #isDraining = false;

  constructor(options: TelephoneServiceOptions) {
    this.#options = options;
    const { link, media, books, randomness, crypto, product, domain, metrics } = options;
    this.#lines = new LineMetrics(metrics);
    const agent = new TelephonyAgent({ directory: this.#directory(), newId: randomUUID, randomness, crypto, product, contactOf: () => link.contactOf('telephony') });
    this.#agent = new RealTime(agent, (output) => this.#perform(output));
    this.#watch = new TrunkWatch({ trunks: books.trunks, board: books.health, link, domain, now: () => Date.now(), command: (command) => this.#agent.handle({ kind: 'trunk', command }) });
    link.onMessage((message, origin) => this.#agent.handle({ kind: 'received', message, flow: link.flow, origin }));
    media.onEvent((event) => this.#agent.handle({ kind: 'media', event }));
    books.meter.onExhausted((lineId, sentence) => this.#exhausted(lineId, sentence));
  }

  /** Lines that exist. */
  get size(): number {
    return this.#lines.size;
  }

  /** Registers with trunks and begins to watch them; the edge is open. */
  start(): void {
    const { books, isRegistered } = this.#options;
    for (const { username } of books.devices.list()) if (isRegistered(username)) this.#registered.add(username);
    this.#watch.start();
  }

  send(command: LineCommand): void {
    if (command.kind === 'dial') this.#lines.began(command.lineId, 'outbound');
    this.#agent.handle({ kind: 'command', command });
  }

  onEvent(listener: (event: LineEvent) => void): void {
    this.#listeners.push(listener);
  }

  devicesOf(identifier: string): readonly LineDevice[] {
    const { books, isRegistered } = this.#options;
    return books.devices.list().filter((device) => device.identifier === identifier && isRegistered(device.username)).map(asLineDevice);
  }

  onDevice(listener: (identifier: string, device: LineDevice) => void): void {
    this.#deviceListeners.push(listener);
  }

  /** The registrations of a phone have changed. */
  hearRegistration(username: string): void {
    const { books, isRegistered } = this.#options;
    const device = isRegistered(username) ? books.devices.get(username)?.device : undefined;
    if (device === undefined) this.#registered.delete(username);
    else if (!this.#registered.has(username)) {
      this.#registered.add(username);
      for (const listener of this.#deviceListeners) listener(device.identifier, asLineDevice(device));
    }
  }

  absence(): string | undefined {
    const { media, books } = this.#options;
    return media.absence() ?? books.router.absence();
  }

  /** A trunk has asked whether we are there. */
  hearOptions(trunk: string): void {
    this.#watch.hearOptions(trunk);
  }

  /** Calls from outside are refused from now on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Hangs up what is left and takes leave of registrars; the edge must still be open. Answers are not waited for. */
  async close(): Promise<void> {
    this.#agent.handle({ kind: 'shutDown' });
    this.#watch.stop();
    this.#agent.stop();
    // The link hands messages over in turns of their own.
    await new Promise((sent) => setImmediate(sent));
  }

  /** An application has decided about a call that was put to it. */
  #decide(lineId: string, decision: Exclude<IncomingDecision, { readonly kind: 'later' }>): void {
    this.#asked.delete(lineId);
    if (decision.kind === 'refuse') this.#options.books.meter.end(lineId, String(decision.status));
    this.#agent.handle({ kind: 'decided', lineId, decision });
  }

  /** The caller has hung up before the application had decided: what remains is a record of the call. */
  #withdraw(lineId: string): void {
    const { incomingCalls, meter } = this.#options.books;
    const line = this.#asked.get(lineId);
    this.#asked.delete(lineId);
    incomingCalls.withdraw(lineId);
    meter.end(lineId, '487');
    if (line === undefined) return;
    this.#tell({ kind: 'incoming', line: { ...line, target: { kind: 'nobody', status: 487, sentence: 'The caller hung up before the application had decided about the call.' } } });
    this.#tell({ kind: 'ended', lineId, end: { by: 'remote', status: 487 } });
  }

  #perform(output: AgentOutput): void {
    const { link, media } = this.#options;
    switch (output.kind) {
      case 'send':
        return link.send(output.message, output.about);
      case 'media':
        return media.send(output.command);
      case 'dialogNamed':
        this.#watches.get(output.sipCallId)?.();
        this.#watches.set(output.sipCallId, this.#options.watch(output.sipCallId, output));
        return;
      case 'dialogOver':
        this.#watches.get(output.sipCallId)?.();
        this.#watches.delete(output.sipCallId);
        return;
      case 'withdrawn':
        return this.#withdraw(output.lineId);
      case 'trunkNews':
        return this.#watch.hear(output.news);
      case 'trunkCalled':
        this.#lines.hearTrunk(output.outcome);
        return this.#watch.hearCall(output);
      case 'tell':
        return this.#tell(output.event);
    }
  }

  #tell(event: LineEvent): void {
    const { books: { meter }, logger } = this.#options;
    this.#lines.hear(event);
    if (event.kind === 'routed') meter.moveTo(event.lineId, event.trunk);
    else if (event.kind === 'answered') meter.answered(event.lineId);
    else if (event.kind === 'ended') {
      meter.end(event.lineId, endWord(event.end));
      logger.debug({ lineId: event.lineId, end: event.end }, 'A line has ended.');
    }
    for (const listener of this.#listeners) listener(event);
  }

  #exhausted(lineId: string, sentence: string): void {
    this.#options.logger.warn({ lineId }, sentence);
    this.#agent.handle({ kind: 'command', command: { kind: 'hangUp', lineId } });
  }

  #ask(call: AskedCall): void {
    this.#asked.set(call.line.lineId, call.line);
    askApplication(this.#options.books.incomingCalls, call, (lineId, decision) => this.#decide(lineId, decision));
  }

  /** The books, as the agent asks them. While the server ends, nobody new is let in. */
  #directory(): LineDirectory {
    const { books, link, domain, isRegistered } = this.#options;
    const planner = new LinePlanner({ books, link, domain, isRegistered });
    const receiver = new CallReceiver({ books, ask: (call) => this.#ask(call) });
    return {
      plan: (dial) => planner.plan(dial),
      redirect: (dial, far, contacts, reason) => planner.redirect(dial, far, contacts, reason),
      receive: (lineId, request, origin) => (this.#isDraining ? { kind: 'refuse', status: 503, headers: [['Retry-After', '30']] } : receiver.receive(lineId, request, origin)),
      addressOf: (target, far) => planner.addressOf(target, far),
      targetOf: (uri, far) => receiver.targetOf(uri, far),
    };
  }
}

function asLineDevice({ username, displayName }: SipDevice): LineDevice {
  return { deviceId: username, ...(displayName !== undefined && { displayName }) };
}

/** What the ledger says of an end. */
function endWord({ status, refusal, by }: LineEnd): string {
  return refusal ?? (status === undefined ? (by === 'network' ? 'lost' : 'hungUp') : String(status));
}
