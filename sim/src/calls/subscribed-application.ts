import type { CallCommand, CallOutput } from '@dialplane/call';
import type { Chance } from '../chance.ts';

type UserCalled = Extract<CallOutput, { kind: 'userCalled' }>;
type Decide = Extract<CallCommand, { kind: 'decide' }>;

/** A call that it has answered, and its connection with that. */
export interface AnsweredCall {
  readonly callId: string;
  readonly connectionId: string;
}

/** What it does after a while; a word may come too late, and come twice. */
export type Deed = { readonly afterMs: number } & (
  | { readonly kind: 'word'; readonly callId: string; readonly command: Decide }
  /** Somebody is moved from one of its calls to another. */
  | { readonly kind: 'move'; readonly from: AnsweredCall; readonly to: AnsweredCall }
);

/**
 * An application that has subscribed to some of the calls between users: it rejects, sends on, answers, or says nothing, and has people go from one call that it has answered to the next. It ends with the
 * controller that tells it.
 */
export class SubscribedApplication {
  private readonly chance: Chance;
  private readonly people: readonly string[];
  private readonly told = new Set<string>();
  private latest: AnsweredCall | undefined;

  /** @param people users and numbers that calls are sent on to. */
  constructor(chance: Chance, people: readonly string[]) {
    this.chance = chance;
    this.people = people;
  }

  /** Whether it was told of a call to somebody. */
  knows(callId: string, identifier: string): boolean {
    return this.told.has(`${callId} ${identifier}`);
  }

  hear(callId: string, { identifier }: UserCalled): Deed[] {
    const says = this.chance.weigh({ notTold: 6, nothing: 1, reject: 1, redirect: 2, answer: 1 });
    if (says === 'notTold') return [];
    this.told.add(`${callId} ${identifier}`);
    if (says === 'nothing') return [];
    const afterMs = this.chance.between(10, 20_000);
    const connectionId = this.chance.uuid();
    const command: Decide = { kind: 'decide', commandId: this.chance.uuid(), by: 'application', identifier, decision: this.decision(says, connectionId) };
    const word: Deed = { kind: 'word', afterMs, callId, command };
    const moves = says === 'answer' ? this.moves({ callId, connectionId }, afterMs) : [];
    return [word, ...(this.chance.happens(0.2) ? [{ ...word, afterMs: afterMs + 1 }] : []), ...moves];
  }

  /** From the call that it has answered last. */
  private moves(to: AnsweredCall, answeredAfterMs: number): Deed[] {
    const from = this.latest;
    this.latest = to;
    return from === undefined || from.callId === to.callId ? [] : [{ kind: 'move', afterMs: answeredAfterMs + this.chance.between(1_000, 10_000), from, to }];
  }

  private decision(says: Decide['decision']['kind'], connectionId: string): Decide['decision'] {
    if (says === 'reject') return { kind: 'reject', reason: this.chance.pick(['none', 'busy', 'forbidden']) };
    if (says === 'answer') return { kind: 'answer', application: { connectionId, identifier: '8:acs:sim_application' } };
    const target = this.chance.pick(this.people);
    return { kind: 'redirect', target: target.startsWith('4:') ? { kind: 'number', number: target.slice(2) } : { kind: 'user', identifier: target } };
  }
}
