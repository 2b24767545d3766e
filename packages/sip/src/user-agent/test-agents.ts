import assert from 'node:assert/strict';
import { instant, type Instant, seededRandomness } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import type { SipFlow } from '../link/sip-flow.ts';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import type { SipMessage } from '../message/sip-message.ts';
import { writeSipMessage } from '../message/write-sip-message.ts';
import type { UserAgentOutput } from './agent-core.ts';
import type { InviteCommand, UserAgentCommand } from './user-agent-command.ts';
import type { UserAgentEvent } from './user-agent-event.ts';
import type { UserAgentOptions } from './user-agent-options.ts';
import { UserAgent } from './user-agent.ts';

/** Whether a message on its way arrives: called with its sender and the message. */
type Passage = (from: 'alice' | 'bob', message: SipMessage) => boolean;

const addresses = { alice: '192.0.2.1', bob: '192.0.2.2' } as const;

/**
 * Two user agents with a wire between them that takes 10 ms and turns every message into bytes and back. What is sent is written down in short
 * (`alice > INVITE`), and what each agent tells its owner is kept until the test takes it.
 */
export class TwoAgents {
  readonly alice: UserAgent;
  readonly bob: UserAgent;
  readonly ladder: string[] = [];
  readonly messages: SipMessage[] = [];
  passes: Passage = () => true;
  now: Instant = instant(0);
  private readonly transport: SipFlow['transport'];
  private readonly told: { alice: UserAgentEvent[]; bob: UserAgentEvent[] } = { alice: [], bob: [] };
  private readonly wire: Array<{ readonly at: Instant; readonly to: 'alice' | 'bob'; readonly bytes: Uint8Array }> = [];

  constructor(options: Partial<UserAgentOptions> & { readonly transport?: SipFlow['transport'] } = {}) {
    this.transport = options.transport ?? 'udp';
    this.alice = new UserAgent({ crypto: nodeSipCrypto, randomness: seededRandomness(1), ...options });
    this.bob = new UserAgent({ crypto: nodeSipCrypto, randomness: seededRandomness(2), ...options });
  }

  flowOf(who: 'alice' | 'bob'): SipFlow {
    const other = who === 'alice' ? 'bob' : 'alice';
    return { transport: this.transport, local: { address: addresses[who], port: 5060 }, remote: { address: addresses[other], port: 5060 } };
  }

  /** Alice calls Bob, with an offer. */
  call(more: Partial<InviteCommand> = {}): void {
    this.callWithoutOffer({ description: sdp('offer'), ...more });
  }

  callWithoutOffer(more: Partial<InviteCommand> = {}): void {
    this.do('alice', { kind: 'invite', sessionId: 'a', route: { flow: this.flowOf('alice') }, uri: 'sip:bob@192.0.2.2', from: '"Alice" <sip:alice@192.0.2.1>', contact: 'sip:alice@192.0.2.1', ...more });
  }

  do(who: 'alice' | 'bob', command: UserAgentCommand): void {
    this[who].handle(command, this.now);
    this.drain(who);
  }

  /** A message out of the blue. */
  receive(who: 'alice' | 'bob', message: string | SipMessage): void {
    this.deliver(who, typeof message === 'string' ? new TextEncoder().encode(message.replaceAll('\n', '\r\n')) : writeSipMessage(message));
  }

  /** Lets time pass, with all that happens in it. */
  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const next = Math.min(this.wire[0]?.at ?? Infinity, this.alice.pollTimeout() ?? Infinity, this.bob.pollTimeout() ?? Infinity);
      if (next > until) break;
      this.now = instant(Math.max(this.now, next));
      const arrived = this.wire[0];
      if (arrived !== undefined && arrived.at <= this.now) {
        this.wire.shift();
        this.deliver(arrived.to, arrived.bytes);
      } else {
        for (const who of ['alice', 'bob'] as const) {
          this[who].handleTimeout(this.now);
          this.drain(who);
        }
      }
    }
    this.now = instant(until);
  }

  /** Removes and returns what was told to an owner. */
  events(who: 'alice' | 'bob'): UserAgentEvent[] {
    return this.told[who].splice(0);
  }

  /** The next event of this kind, which must be there; those before it are dropped. */
  event<Kind extends UserAgentEvent['kind']>(who: 'alice' | 'bob', kind: Kind): Extract<UserAgentEvent, { readonly kind: Kind }> {
    for (let event = this.told[who].shift(); event !== undefined; event = this.told[who].shift()) if (event.kind === kind) return event as Extract<UserAgentEvent, { readonly kind: Kind }>;
    assert.fail(`${who} was not told ${kind}`);
  }

  /** Removes and returns the ladder so far. */
  steps(): string[] {
    return this.ladder.splice(0);
  }

  /** The latest message that begins so in the ladder's words: `INVITE`, `200 INVITE`. */
  latest(name: string): SipMessage {
    return this.messages.findLast((message) => nameOf(message) === name) ?? assert.fail(`no ${name} was sent`);
  }

  /** Nothing is left of any session. */
  assertNothingLeft(): void {
    this.pass(200_000);
    for (const agent of [this.alice, this.bob]) {
      const { sessions, dialogs, clientTransactions, serverTransactions } = agent.statistics;
      assert.deepEqual({ sessions, dialogs, clientTransactions, serverTransactions }, { sessions: 0, dialogs: 0, clientTransactions: 0, serverTransactions: 0 });
    }
  }

  private deliver(to: 'alice' | 'bob', bytes: Uint8Array): void {
    const message = parseSipMessage(bytes);
    if (message.kind === 'fault') assert.fail(message.sentence);
    this[to].handle({ kind: 'received', message, flow: this.flowOf(to) }, this.now);
    this.drain(to);
  }

  private drain(who: 'alice' | 'bob'): void {
    for (let output = this[who].poll(); output !== undefined; output = this[who].poll()) this.perform(who, output);
  }

  private perform(who: 'alice' | 'bob', output: UserAgentOutput): void {
    if (output.kind !== 'send') {
      this.told[who].push(output);
      return;
    }
    const passes = this.passes(who, output.message);
    this.messages.push(output.message);
    this.ladder.push(`${who} ${passes ? '>' : '×'} ${nameOf(output.message)}`);
    if (passes) this.wire.push({ at: instant(this.now + 10), to: who === 'alice' ? 'bob' : 'alice', bytes: writeSipMessage(output.message) });
  }
}

/** `INVITE`, `200 INVITE`; with `+` where there is a body. */
function nameOf(message: SipMessage): string {
  const name = message.kind === 'request' ? message.method : `${message.status} ${message.headers.first('CSeq')?.split(' ')[1] ?? ''}`;
  return name;
}

/** Stands for a description: opaque bytes to a user agent. */
export function sdp(text: string): Uint8Array {
  return new TextEncoder().encode(`v=0 ${text}`);
}

export function textOf(description: Uint8Array | undefined): string | undefined {
  return description === undefined ? undefined : new TextDecoder().decode(description).slice('v=0 '.length);
}
