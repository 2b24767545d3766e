/**
 * How a router treats what passes between its inner segments and the segment outside: kernel NAT, firewall, loss and delay.
 */
export interface UplinkPlan {
  /** The segment outside. Hosts there do not take this router as theirs. */
  readonly segment: string;
  /** Translates IPv4, never IPv6. Without it, the nodes outside know the way to the inner subnets. */
  readonly nat?: NatKind;
  readonly firewall?: FirewallKind;
  /** The share of packets that is lost in each direction, above 0 and below 1. */
  readonly loss?: number;
  /** How long each packet takes in each direction, in milliseconds. Not together with `nat`: put two routers in a row. */
  readonly delayMs?: number;
}

/**
 * - `port-preserving`: the inner port is kept outside for every destination (RFC 4787 §4.1: in effect endpoint-independent mapping); only who was
 *   sent to may answer (address and port-dependent filtering).
 * - `symmetric`: another random port for every destination (address and port-dependent mapping), and the same filtering.
 */
export type NatKind = 'port-preserving' | 'symmetric';

/**
 * - `no-udp`: drops all UDP, both ways.
 * - `tcp-443-only`: lets connections to TCP port 443 out, and nothing else in or out.
 */
export type FirewallKind = 'no-udp' | 'tcp-443-only';

/** One call of `iptables` or `ip6tables`. */
export type FilterCommand = readonly ['iptables' | 'ip6tables', ...string[]];

/** Throws a sentence where the uplink contradicts itself. */
export function checkUplink(router: string, { nat, loss, delayMs }: UplinkPlan): void {
  if (loss !== undefined && !(loss > 0 && loss < 1)) throw new Error(`${router} loses a share of ${loss}, which is not between 0 and 1`);
  if (delayMs === undefined) return;
  if (!(Number.isInteger(delayMs) && delayMs > 0)) throw new Error(`${router} delays by ${delayMs}, which is not a whole number of milliseconds above 0`);
  if (nat !== undefined) throw new Error(`${router} translates and delays; put two routers in a row`);
}

/** What makes the kernel of a router behave so; `outside` is its interface on the outer segment. */
export function filterCommands({ nat, firewall, loss }: UplinkPlan, outside: string): readonly FilterCommand[] {
  return [
    ...(nat === undefined ? [] : natCommands(nat, outside)),
    ...forBoth(loss === undefined ? [] : [['-A', 'FORWARD', '-m', 'statistic', '--mode', 'random', '--probability', String(loss), '-j', 'DROP']]),
    ...forBoth(firewall === undefined ? [] : firewallRules[firewall](outside)),
  ];
}

function natCommands(nat: NatKind, outside: string): readonly FilterCommand[] {
  return [
    ['iptables', '-t', 'nat', '-A', 'POSTROUTING', '-o', outside, '-j', 'MASQUERADE', ...(nat === 'symmetric' ? ['--random-fully'] : [])],
    // A packet that comes before its hole is punched must leave no trace: if the kernel tracked it as a connection of the router itself, it would have
    // the port, and the mapping that the hosts inside have told would not be kept.
    ['iptables', '-A', 'INPUT', '-i', outside, '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'],
  ];
}

const firewallRules: Readonly<Record<FirewallKind, (outside: string) => ReadonlyArray<readonly string[]>>> = {
  'no-udp': () => [['-A', 'FORWARD', '-p', 'udp', '-j', 'DROP']],
  'tcp-443-only': (outside) => [
    ['-P', 'FORWARD', 'DROP'],
    ['-A', 'FORWARD', '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT'],
    ['-A', 'FORWARD', '-o', outside, '-p', 'tcp', '--dport', '443', '-j', 'ACCEPT'],
  ],
};

function forBoth(rules: ReadonlyArray<readonly string[]>): readonly FilterCommand[] {
  return rules.flatMap((rule) => [['iptables', ...rule] as const, ['ip6tables', ...rule] as const]);
}
