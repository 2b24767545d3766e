import type { SocketAddress } from '@dialplane/sip';
import type { LineCommand } from '@dialplane/telephony-api';
import type { NumberBook } from '../numbers/number-book.ts';
import type { RouteBook } from '../routes/route-book.ts';
import type { TrunkBook } from '../trunks/trunk-book.ts';
import { demoNumberPattern, demoOwnedNumbers, demoTrunkName } from './demo-numbers.ts';

/** The books that the demonstration carrier is entered into. */
export interface DemoBooks {
  readonly trunks: Pick<TrunkBook, 'get' | 'put'>;
  readonly numbers: Pick<NumberBook, 'get' | 'put'>;
  readonly routes: Pick<RouteBook, 'routes' | 'replace'>;
}

const routeName = 'Demonstration carrier';

/** Enters the carrier as a trunk like any other: with a route to its numbers, before all others, and numbers to show. What an operator has changed of the numbers stays. */
export async function setUpDemoCarrier({ trunks, numbers, routes }: DemoBooks, { address, port }: SocketAddress): Promise<void> {
  await trunks.put(demoTrunkName, {
    preset: 'generic-udp', description: 'The demonstration carrier in this server', isEnabled: true, addresses: [address], port, optionsIntervalSeconds: 10,
    profile: { codecs: ['PCMU'], srtp: 'forbidden' },
  });
  const others = routes.routes.filter(({ name }) => name !== routeName);
  await routes.replace({ routes: [{ name: routeName, numberPattern: demoNumberPattern, trunks: [demoTrunkName] }, ...others] });
  for (const number of demoOwnedNumbers) {
    if (numbers.get(number) === undefined) await numbers.put(number, { trunk: demoTrunkName, displayName: 'Demonstration' });
  }
}

/** Without the carrier its trunk leads nowhere: it is turned off, and kept for the next time. */
export async function retireDemoCarrier({ trunks }: Pick<DemoBooks, 'trunks'>): Promise<void> {
  const trunk = trunks.get(demoTrunkName);
  if (trunk?.isEnabled !== true) return;
  const { description, preset, addresses, port, transport, optionsIntervalSeconds, profile } = trunk;
  await trunks.put(demoTrunkName, { ...(description !== undefined && { description }), ...(preset !== undefined && { preset }), addresses, port, transport, optionsIntervalSeconds, profile, isEnabled: false });
}

/** Calls to a demonstration number that nobody has given a target ring whoever showed it last, so that the number which calls back has somebody to call. */
export class DemoTargets {
  readonly #numbers: DemoBooks['numbers'];
  readonly #given = new Map<string, string>();

  constructor(numbers: DemoBooks['numbers']) {
    this.#numbers = numbers;
  }

  /** Somebody dials. */
  hear(command: LineCommand): void {
    if (command.kind !== 'dial' || command.target.kind !== 'number') return;
    const { target: { callerId }, from: { identifier } } = command;
    if (callerId === undefined || !demoOwnedNumbers.includes(callerId) || !identifier.startsWith('8:')) return;
    const target = this.#numbers.get(callerId)?.target;
    const given = this.#given.get(callerId);
    const isFree = target?.kind === 'none' || (target?.kind === 'users' && target.identifiers.length === 1 && target.identifiers[0] === given);
    if (!isFree || given === identifier) return;
    this.#given.set(callerId, identifier);
    void this.#numbers.put(callerId, { target: { kind: 'users', identifiers: [identifier] } });
  }
}
