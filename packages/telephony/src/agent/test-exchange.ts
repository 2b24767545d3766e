import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import { instant, seededRandomness, type Instant } from '@dialplane/sansio';
import { parseSipMessage, UserAgent, writeSipMessage, type SessionCommand, type SipMessage, type SipOrigin, type UserAgentEvent } from '@dialplane/sip';
import type { LineCommand, LineEvent } from '@dialplane/telephony-api';
import { nodeSipCrypto } from '@dialplane/kernels';
import { sdpBytes } from '../line/sdp-text.ts';
import { attempt, far, inside } from '../line/test-line.ts';
import type { NamingOutput } from './call-names.ts';
import type { LineDirectory } from './line-directory.ts';
import { TelephonyAgent, type AgentInput } from './telephony-agent.ts';

const numbers = { carrier: '+12025550100', ours: '+12025550190' };

/**
 * The agent and a carrier's user agent with a reliable link between them, in virtual time; every message is written and parsed on its way. The media processor describes what it
 * is asked to. Whoever calls our number is let in.
 */
export class TestExchange {
  readonly told: LineEvent[] = [];
  readonly heard: UserAgentEvent[] = [];
  readonly media: MediaCommand[] = [];
  readonly messages: SipMessage[] = [];
  readonly named: Extract<NamingOutput, { readonly kind: 'dialogNamed' }>[] = [];
  readonly over: string[] = [];
  readonly agent: TelephonyAgent;
  readonly carrier: UserAgent;
  now: Instant = instant(0);
  origin: SipOrigin = { kind: 'trunk', trunkId: 'a.test' };
  #ids = 0;

  constructor(directory: Partial<LineDirectory> = {}) {
    const newId = (): string => `incoming ${(this.#ids += 1)}`;
    this.agent = new TelephonyAgent({ randomness: seededRandomness(1), crypto: nodeSipCrypto, newId, directory: { ...this.#directory(), ...directory } });
    this.carrier = new UserAgent({ randomness: seededRandomness(2), crypto: nodeSipCrypto });
  }

  command(command: LineCommand): void {
    this.agent.handle({ kind: 'command', command }, this.now);
    this.#settle();
  }

  tellMedia(event: MediaEvent): void {
    this.agent.handle({ kind: 'media', event }, this.now);
    this.#settle();
  }

  decide(lineId: string, decision: Extract<AgentInput, { readonly kind: 'decided' }>['decision']): void {
    this.agent.handle({ kind: 'decided', lineId, decision }, this.now);
    this.#settle();
  }

  /** Calls our way out. */
  dial(lineId = 'line'): void {
    this.command({
      kind: 'dial', callId: `call of ${lineId}`, lineId, target: { kind: 'number', number: numbers.carrier, callerId: numbers.ours }, from: { identifier: '8:acs:ada' },
      conferenceId: 'conference', legId: `leg of ${lineId}`,
    });
  }

  carrierDoes(command: SessionCommand): void {
    this.carrier.handle(command, this.now);
    this.#settle();
  }

  /** The carrier calls our number. */
  carrierCalls(sessionId: string, more: Partial<Extract<SessionCommand, { readonly kind: 'invite' }>> = {}): void {
    this.carrierDoes({
      kind: 'invite', sessionId, route: { flow: inside }, uri: `sip:${numbers.ours}@here.test`, from: `<sip:${numbers.carrier}@a.test>`, contact: 'sip:a.test', description: sdpBytes('carrier offer'), ...more,
    });
  }

  /** The newest event of a kind at the carrier. */
  last<Kind extends UserAgentEvent['kind']>(kind: Kind): Extract<UserAgentEvent, { readonly kind: Kind }> {
    const found = this.heard.findLast((event) => event.kind === kind);
    if (found === undefined) throw new Error(`the carrier has heard no ${kind}; ${this.heard.map((event) => event.kind).join()}`);
    return found as Extract<UserAgentEvent, { readonly kind: Kind }>;
  }

  /** Lets time pass, each timer in its turn. */
  wait(milliseconds: number): void {
    const end = instant(this.now + milliseconds);
    for (;;) {
      const next = Math.min(this.agent.pollTimeout() ?? Infinity, this.carrier.pollTimeout() ?? Infinity);
      if (next > end) break;
      this.now = instant(Math.max(this.now, next));
      this.agent.handleTimeout(this.now);
      this.carrier.handleTimeout(this.now);
      this.#settle();
    }
    this.now = end;
  }

  #directory(): LineDirectory {
    return {
      plan: (dial) => ({ kind: 'ways', attempts: [attempt('a.test')], identifier: `4:${numbers.carrier}`, dial }),
      redirect: () => ({ kind: 'notFollowed', sentence: 'No redirection is followed here.' }),
      receive: () => ({ kind: 'line', far: far('a.test'), line: { from: `4:${numbers.carrier}`, to: `4:${numbers.ours}`, target: { kind: 'users', identifiers: ['8:acs:ada'] } } }),
      addressOf: () => 'sip:elsewhere@a.test',
      targetOf: () => ({ kind: 'number', number: '+12025550101' }),
    };
  }

  #settle(): void {
    for (let isBusy = true; isBusy;) {
      isBusy = false;
      for (let output = this.agent.poll(); output !== undefined; output = this.agent.poll()) {
        isBusy = true;
        if (output.kind === 'send') this.carrier.handle({ kind: 'received', message: this.#carried(output.message), flow: inside, origin: undefined }, this.now);
        else if (output.kind === 'tell') this.told.push(output.event);
        else if (output.kind === 'media') this.#describe(output.command);
        else if (output.kind === 'dialogNamed') this.named.push(output);
        else if (output.kind === 'dialogOver') this.over.push(output.sipCallId);
      }
      for (let output = this.carrier.poll(); output !== undefined; output = this.carrier.poll()) {
        isBusy = true;
        if (output.kind === 'send') this.agent.handle({ kind: 'received', message: this.#carried(output.message), flow: inside, origin: this.origin }, this.now);
        else this.heard.push(output);
      }
    }
  }

  #carried(message: SipMessage): SipMessage {
    const copy = parseSipMessage(writeSipMessage(message));
    if (copy.kind === 'fault') throw new Error(copy.sentence);
    this.messages.push(copy);
    return copy;
  }

  #describe(command: MediaCommand): void {
    this.media.push(command);
    const described = (type: 'offer' | 'answer'): void => {
      if (!('legId' in command) || command.legId === undefined) return;
      const { conferenceId, legId } = command;
      const event: MediaEvent = { kind: 'legDescribed', conferenceId, legId, description: { type, sdp: `our ${type}`, revision: 1, streams: [] } };
      this.agent.handle({ kind: 'media', event }, this.now);
    };
    if (command.kind === 'openLeg') described(command.request.offer === undefined ? 'offer' : 'answer');
    else if (command.kind === 'offer') described('offer');
    else if (command.kind === 'describe' && command.description.type === 'offer') described('answer');
  }
}

/** Events of one line, in short. */
export function kindsOf(events: readonly LineEvent[], lineId: string): readonly string[] {
  return events.filter((event) => (event.kind === 'incoming' ? event.line.lineId : event.lineId) === lineId).map(({ kind }) => kind);
}
