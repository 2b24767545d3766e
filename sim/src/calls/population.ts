import type { EndpointIdentity } from '@dialplane/call';
import type { IncomingLine } from '@dialplane/telephony-api';
import type { Chance } from '../chance.ts';

/** Who there is in a world of calls, and whom they may come to think of calling. */
export interface Population {
  /** The endpoints of each user; some have none. */
  readonly directory: ReadonlyMap<string, readonly EndpointIdentity[]>;
  readonly groups: readonly string[];
  readonly rooms: readonly string[];
  /** Whom users call: each other, somebody who does not exist, and telephones. */
  readonly acquaintances: readonly string[];
  /** Whom telephones call. */
  readonly called: readonly IncomingLine['target'][];
}

export function populate(chance: Chance, users: number): Population {
  const directory = new Map(Array.from({ length: users }, (_, index) => [`8:acs:sim_${index}`, endpointsOf(chance, index)] as const));
  const identifiers = [...directory.keys()];
  const groups = Array.from({ length: Math.max(1, Math.floor(users / 8)) }, () => chance.uuid());
  return {
    directory,
    groups,
    rooms: Array.from({ length: Math.max(1, Math.floor(users / 4)) }, (_, index) => String(99_000_000_000_000_000n + BigInt(index))),
    acquaintances: [...identifiers, '8:acs:sim_nobody', ...Array.from({ length: 8 }, (_, last) => `4:+1555010${last}`)],
    called: [
      ...identifiers.map((identifier) => ({ kind: 'users' as const, identifiers: [identifier] })),
      { kind: 'users', identifiers: identifiers.slice(0, 3) },
      ...groups.map((groupId) => ({ kind: 'group' as const, groupId })),
    ],
  };
}

function endpointsOf(chance: Chance, index: number): readonly EndpointIdentity[] {
  const devices = chance.weigh({ none: 1, one: 12, two: 5, three: 2 });
  const count = { none: 0, one: 1, two: 2, three: 3 }[devices];
  return Array.from({ length: count }, (_, device) => ({ endpointId: `${index}.${device}`, identifier: `8:acs:sim_${index}`, displayName: `User ${index}` }));
}
