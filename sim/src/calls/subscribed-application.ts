import type { CallCommand, CallOutput } from '@dialplane/call';
import type { Chance } from '../chance.ts';

type UserCalled = Extract<CallOutput, { kind: 'userCalled' }>;
type Decide = Extract<CallCommand, { kind: 'decide' }>;

/** What it says after a while; it may come too late, and come twice. */
export interface Word {
  readonly afterMs: number;
  readonly command: Decide;
}

/** An application that has subscribed to some of the calls between users: it rejects, sends on, answers, or says nothing. It ends with the controller that tells it. */
export class SubscribedApplication {
  private readonly chance: Chance;
  private readonly people: readonly string[];
  private readonly told = new Set<string>();

  /** @param people users and numbers that calls are sent on to. */
  constructor(chance: Chance, people: readonly string[]) {
    this.chance = chance;
    this.people = people;
  }

  /** Whether it was told of a call to somebody. */
  knows(callId: string, identifier: string): boolean {
    return this.told.has(`${callId} ${identifier}`);
  }

  hear(callId: string, { identifier }: UserCalled): Word[] {
    const says = this.chance.weigh({ notTold: 6, nothing: 1, reject: 1, redirect: 2, answer: 1 });
    if (says === 'notTold') return [];
    this.told.add(`${callId} ${identifier}`);
    if (says === 'nothing') return [];
    const word = this.wordOn(identifier, says);
    return this.chance.happens(0.2) ? [word, { ...word, afterMs: word.afterMs + 1 }] : [word];
  }

  private wordOn(identifier: string, says: Decide['decision']['kind']): Word {
    const offer = { kind: 'decide', commandId: this.chance.uuid(), by: 'application', identifier } as const;
    return { afterMs: this.chance.between(10, 20_000), command: { ...offer, decision: this.decision(says) } };
  }

  private decision(says: Decide['decision']['kind']): Decide['decision'] {
    if (says === 'reject') return { kind: 'reject', reason: this.chance.pick(['none', 'busy', 'forbidden']) };
    if (says === 'answer') return { kind: 'answer', application: { connectionId: this.chance.uuid(), identifier: '8:acs:sim_application' } };
    const target = this.chance.pick(this.people);
    return { kind: 'redirect', target: target.startsWith('4:') ? { kind: 'number', number: target.slice(2) } : { kind: 'user', identifier: target } };
  }
}
