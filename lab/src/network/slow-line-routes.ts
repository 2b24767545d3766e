import type { PlannedNode } from './network-plan.ts';

/** The tunnel device of a router that delays, and the rules that send every packet from a segment into it once: words for `ip`, one list for each call. */
export function slowLineCommands({ interfaces, uplink }: PlannedNode): ReadonlyArray<readonly string[]> {
  if (uplink?.delayMs === undefined) return [];
  const families = new Set(interfaces.flatMap((end) => end.addresses.map(({ family }) => `-${family}`)));
  return [
    ['tuntap', 'add', 'slow', 'mode', 'tun'],
    ['link', 'set', 'slow', 'up'],
    ...[...families].map((family) => [family, 'route', 'add', 'default', 'dev', 'slow', 'table', '100']),
    ...[...families].flatMap((family) => interfaces.map((end) => [family, 'rule', 'add', 'iif', end.name, 'lookup', '100'])),
  ];
}
