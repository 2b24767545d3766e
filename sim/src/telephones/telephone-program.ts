import { addMilliseconds, DeadlineHeap, earliest, type Instant } from '@dialplane/sansio';
import { parseSipMessage, type SessionCommand, UserAgent, type UserAgentEvent, writeSipMessage } from '@dialplane/sip';
import type { Chance } from '../chance.ts';
import type { HostMachine, Received, Transmission } from '../host.ts';
import { worldCrypto } from './world-crypto.ts';
import type { InviteLedger } from './invite-ledger.ts';
import { flowBetween, proxyAddress, type SipDatagram } from './sip-datagram.ts';
import { TelephoneUser } from './telephone-user.ts';

/** A call that a user is going to make. */
export interface PlannedCall {
  readonly afterMs: number;
  /** The address of the telephone that is called. */
  readonly callee: string;
}

/** A telephone and who uses it: one user agent, many sessions. Everything that it is told goes to the user, whose wishes have their times. */
export class TelephoneProgram implements HostMachine<SipDatagram> {
  readonly agent: UserAgent;
  readonly user: TelephoneUser;
  private readonly address: string;
  private readonly ledger: InviteLedger;
  private readonly wishes = new DeadlineHeap<{ readonly act: (now: Instant) => void }>();
  private readonly transmissions: Array<Transmission<SipDatagram>> = [];

  /** @param plan whom the user calls, and when. */
  constructor(address: string, plan: readonly PlannedCall[], chance: Chance, ledger: InviteLedger, now: Instant) {
    this.address = address;
    this.ledger = ledger;
    const randomness = chance.fork();
    this.agent = new UserAgent({ crypto: worldCrypto, randomness: { nextUint32: () => randomness.below(2 ** 32) } });
    this.user = new TelephoneUser(address, chance, {
      do: (command, now) => this.do(command, now),
      after: (milliseconds, act, at) => this.wishes.add(addMilliseconds(at, milliseconds), { act }),
    });
    const route = { flow: flowBetween(address, proxyAddress) };
    for (const { afterMs, callee } of plan) this.wishes.add(addMilliseconds(now, afterMs), { act: (at) => this.user.call(callee, route, at) });
  }

  handle({ message }: Received<SipDatagram>, now: Instant): void {
    const parsed = parseSipMessage(message);
    if (parsed.kind === 'fault') throw new Error(`a telephone got a message that it cannot read: ${parsed.sentence}`);
    this.ledger.noteReceived(parsed);
    this.agent.handle({ kind: 'received', message: parsed, flow: flowBetween(this.address, proxyAddress) }, now);
    this.settle(now);
  }

  handleTimeout(now: Instant): void {
    this.agent.handleTimeout(now);
    for (let wish = this.wishes.takeDue(now); wish !== undefined; wish = this.wishes.takeDue(now)) wish.act(now);
    this.settle(now);
  }

  poll(): Transmission<SipDatagram> | undefined {
    return this.transmissions.shift();
  }

  pollTimeout(): Instant | undefined {
    return earliest(this.agent.pollTimeout(), this.wishes.next());
  }

  private do(command: SessionCommand, now: Instant): void {
    this.agent.handle(command, now);
    this.settle(now);
  }

  private settle(now: Instant): void {
    const events: UserAgentEvent[] = [];
    for (let output = this.agent.poll(); output !== undefined; output = this.agent.poll()) {
      if (output.kind !== 'send') {
        events.push(output);
        continue;
      }
      this.ledger.noteSent(output.message);
      this.transmissions.push({ to: output.flow.remote.address, message: writeSipMessage(output.message) });
    }
    for (const event of events) this.user.handleEvent(event, now);
  }
}
