import { parseSubnets, placeAddresses, type PerFamily, type PlannedAddress, type Subnet } from './addressing.ts';
import { routesOf, type PlannedRoute } from './planned-routes.ts';
import { checkUplink, type UplinkPlan } from './uplink.ts';

/** A computer with one network interface. Its default route is the router of its segment, where there is one. */
export interface HostPlan {
  readonly segment: string;
  readonly address: PerFamily;
}

/** A computer that forwards between segments: its own address in each of them. */
export interface RouterPlan {
  readonly addresses: Readonly<Record<string, PerFamily>>;
  /** What stands between its other segments and this one; without it, it only forwards. */
  readonly uplink?: UplinkPlan;
}

/**
 * A network as data: Ethernet segments with their subnets, and the hosts and routers on them. Names are lower-case words
 * with hyphens; a name is used once. Each segment, host and router speaks IPv4, IPv6 or both.
 */
export interface NetworkPlan {
  readonly segments: Readonly<Record<string, { readonly subnet: PerFamily }>>;
  readonly hosts: Readonly<Record<string, HostPlan>>;
  readonly routers?: Readonly<Record<string, RouterPlan>>;
}

export interface PlannedInterface {
  /** As the host sees it: `eth0`, `eth1` ... */
  readonly name: string;
  readonly segment: string;
  readonly addresses: readonly PlannedAddress[];
}

export interface PlannedNode {
  readonly name: string;
  readonly forwards: boolean;
  readonly interfaces: readonly PlannedInterface[];
  readonly uplink?: UplinkPlan;
  readonly routes: readonly PlannedRoute[];
}

/**
 * Turns a plan into the nodes that have to be built. Throws a sentence that names the fault where the plan contradicts itself
 * (unknown segment, address outside of its subnet or used twice, two routers on a host's segment, an uplink that nobody can build).
 */
export function resolvePlan(plan: NetworkPlan): readonly PlannedNode[] {
  const subnets = Object.fromEntries(Object.entries(plan.segments).map(([name, { subnet }]) => [name, parseSubnets(name, subnet)]));
  const routers = Object.entries(plan.routers ?? {}).map(([name, router]) => routerNode(subnets, name, router));
  const hosts = Object.entries(plan.hosts).map(([name, host]) => ({ name, forwards: false, interfaces: [plannedInterface(subnets, name, host.segment, host.address, 0)] }));
  const nodes = [...routers, ...hosts];
  requireUnique(nodes);
  for (const name of [...nodes.map((node) => node.name), ...Object.keys(plan.segments)]) {
    if (!/^[a-z][a-z0-9-]{0,20}$/.test(name)) throw new Error(`the name "${name}" is not a lower-case word of at most 21 letters`);
  }
  return nodes.map((node) => Object.assign(node, { routes: routesOf(node, routers, subnets) }));
}

type Subnets = Readonly<Record<string, readonly Subnet[]>>;
type Unrouted = Omit<PlannedNode, 'routes'>;

function routerNode(subnets: Subnets, name: string, { addresses, uplink }: RouterPlan): Unrouted {
  const interfaces = Object.entries(addresses).map(([segment, address], index) => plannedInterface(subnets, name, segment, address, index));
  if (uplink === undefined) return { name, forwards: true, interfaces };
  if (!(uplink.segment in addresses)) throw new Error(`the uplink of ${name} is segment "${uplink.segment}", where it has no address`);
  checkUplink(name, uplink);
  return { name, forwards: true, interfaces, uplink };
}

function plannedInterface(subnets: Subnets, node: string, segment: string, addresses: PerFamily, index: number): PlannedInterface {
  const ofSegment = subnets[segment];
  if (ofSegment === undefined) throw new Error(`${node} is on segment "${segment}", which the plan does not have`);
  return { name: `eth${index}`, segment, addresses: placeAddresses(node, addresses, ofSegment) };
}

function requireUnique(nodes: readonly Unrouted[]): void {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const node of nodes) {
    if (names.has(node.name)) throw new Error(`the name ${node.name} is used twice`);
    names.add(node.name);
    for (const { address } of node.interfaces.flatMap((end) => end.addresses)) {
      if (addresses.has(address)) throw new Error(`the address ${address} is used twice`);
      addresses.add(address);
    }
  }
}
