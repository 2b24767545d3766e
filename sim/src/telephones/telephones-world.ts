import assert from 'node:assert/strict';
import { census } from '@dialplane/sansio';
import { Chance } from '../chance.ts';
import type { Host } from '../host.ts';
import type { LinkConditions } from '../link.ts';
import { World } from '../world.ts';
import { InviteLedger } from './invite-ledger.ts';
import { ProxyProgram } from './proxy-program.ts';
import { proxyAddress, type SipDatagram, telephoneAddress } from './sip-datagram.ts';
import { type PlannedCall, TelephoneProgram } from './telephone-program.ts';
import type { UserTally } from './telephone-user.ts';

/** How big a world of telephones is. */
export interface TelephonesSize {
  readonly telephones: number;
  readonly calls: number;
  /** Over which the calls begin, evenly. */
  readonly minutes: number;
}

/** What happened, for a test to see that it looked at something. */
export interface TelephonesReport extends UserTally {
  readonly invites: number;
  /** INVITEs without a final answer, of telephones that have vanished. */
  readonly abandoned: number;
  readonly vanished: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly steps: number;
}

/** A tenth of all messages is lost, others come twice or late. */
const badLink: LinkConditions = { lossRate: 0.1, duplicateRate: 0.05, delayMs: 20, jitterMs: 60, reorderRate: 0.05, reorderMs: 700, isOrdered: false };

/**
 * Telephones that call each other through a proxy, all on bad links; some of them vanish in the middle of their calls. In the end: each session has ended once, each INVITE
 * between those that are left had one final response, and nobody keeps a session, dialog or transaction, nor anything else that they did not have at the start.
 */
export function runTelephonesWorld(seed: number, size: TelephonesSize): TelephonesReport {
  const world = new World<SipDatagram>(seed);
  world.setDefaultConditions(badLink);
  const ledger = new InviteLedger();
  const proxy = world.add(proxyAddress, () => new ProxyProgram(new Chance(seed)));
  const end = size.minutes * 60_000;
  const plans = planOf(world.chance.fork(), size, end);
  const telephones = plans.map((plan, number) => {
    const address = telephoneAddress(number);
    return world.add(address, (_, now) => new TelephoneProgram(address, plan, world.chance.fork(), ledger, now));
  });
  const survivors = telephones.filter((_, number) => number % 10 !== 9);
  const keptAtStart = survivors.map(({ program }) => census(program?.agent ?? []));
  for (const telephone of telephones) if (!survivors.includes(telephone)) world.after(world.chance.between(end / 2, end), () => world.crash(telephone.name));
  world.run(end + 45 * 60_000);
  for (const [index, { program }] of survivors.entries()) checkNothingLeft(program, keptAtStart[index] ?? 0);
  const { clientTransactions, serverTransactions } = proxy.program?.statistics ?? { clientTransactions: -1, serverTransactions: -1 };
  assert.deepEqual({ clientTransactions, serverTransactions }, { clientTransactions: 0, serverTransactions: 0 });
  const { unanswered, abandoned, contradicted } = ledger.verdict(new Set(telephones.filter((telephone) => !survivors.includes(telephone)).map(({ name }) => name)));
  assert.equal(unanswered, 0, 'an INVITE has had no final response');
  assert.equal(contradicted, 0, 'an INVITE has had final responses that differ');
  return { ...sumOf(survivors), invites: ledger.size, abandoned, vanished: telephones.length - survivors.length, lost: world.tally.lost, duplicated: world.tally.duplicated, steps: world.tally.steps };
}

/** Who calls whom and when: for each telephone its calls. */
function planOf(chance: Chance, size: TelephonesSize, end: number): ReadonlyArray<readonly PlannedCall[]> {
  const plans = Array.from({ length: size.telephones }, (): PlannedCall[] => []);
  for (let call = 0; call < size.calls; call += 1) {
    const caller = chance.below(size.telephones);
    const callee = (caller + 1 + chance.below(size.telephones - 1)) % size.telephones;
    plans[caller]?.push({ afterMs: chance.below(end), callee: telephoneAddress(callee) });
  }
  return plans;
}

function checkNothingLeft(program: TelephoneProgram | undefined, keptAtStart: number): void {
  assert.ok(program !== undefined);
  const { sessions, dialogs, clientTransactions, serverTransactions } = program.agent.statistics;
  assert.deepEqual({ sessions, dialogs, clientTransactions, serverTransactions }, { sessions: 0, dialogs: 0, clientTransactions: 0, serverTransactions: 0 });
  assert.equal(census(program.agent), keptAtStart, 'a user agent keeps more than it did at the start');
  for (const [sessionId, { ends }] of program.user.sessions) assert.equal(ends, 1, `session ${sessionId} has ended ${ends} times`);
}

function sumOf(telephones: ReadonlyArray<Host<SipDatagram, TelephoneProgram>>): UserTally {
  const tallies = telephones.flatMap(({ program }) => (program === undefined ? [] : [program.user.tally]));
  const [first, ...others] = tallies;
  assert.ok(first !== undefined);
  const sum = { ...first };
  for (const tally of others) for (const name of Object.keys(sum) as Array<keyof UserTally>) sum[name] += tally[name];
  return sum;
}
