import type { Randomness } from '@dialplane/sansio';
import type { SrvRecord } from './dns.ts';

/**
 * The order in which servers are tried (RFC 2782 "Usage rules"): by priority, lowest first; among equal ones drawn at random, each with a probability in proportion to its
 * weight. Records whose target is `.` are left out.
 */
export function orderSrvRecords(records: readonly SrvRecord[], randomness: Randomness): readonly SrvRecord[] {
  const present = records.filter((record) => record.target !== '.' && record.target !== '');
  const priorities = [...new Set(present.map((record) => record.priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) => drawByWeight(present.filter((record) => record.priority === priority), randomness));
}

function drawByWeight(records: readonly SrvRecord[], randomness: Randomness): readonly SrvRecord[] {
  // Those of weight 0 come first, so that they have their small chance.
  const left = records.toSorted((a, b) => a.weight - b.weight);
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, record) => sum + record.weight, 0);
    let rest = Math.floor((randomness.nextUint32() / 2 ** 32) * (total + 1));
    const at = left.findIndex((record) => {
      rest -= record.weight;
      return rest <= 0;
    });
    drawn.push(...left.splice(Math.max(0, at), 1));
  }
  return drawn;
}
