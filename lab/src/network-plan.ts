import { isIPv4 } from 'node:net';

/** A computer with one network interface. Its default route is the router of its segment, where there is one. */
export interface HostPlan {
  readonly segment: string;
  readonly address: string;
}

/** A computer that forwards between segments: its own address in each of them. */
export interface RouterPlan {
  readonly addresses: Readonly<Record<string, string>>;
}

/**
 * A network as data: Ethernet segments with their subnets, and the hosts and routers on them. Names are lower-case words
 * with hyphens; a name is used once. IPv4 only.
 */
export interface NetworkPlan {
  readonly segments: Readonly<Record<string, { readonly subnet: string }>>;
  readonly hosts: Readonly<Record<string, HostPlan>>;
  readonly routers?: Readonly<Record<string, RouterPlan>>;
}

export interface PlannedInterface {
  /** As the host sees it: `eth0`, `eth1` ... */
  readonly name: string;
  readonly segment: string;
  readonly address: string;
  readonly prefixLength: number;
}

export interface PlannedNode {
  readonly name: string;
  readonly forwards: boolean;
  readonly interfaces: readonly PlannedInterface[];
  readonly gateway?: string;
}

/**
 * Turns a plan into the nodes that have to be built. Throws a sentence that names the fault where the plan contradicts itself
 * (unknown segment, address outside of its subnet or used twice, two routers on a host's segment).
 */
export function resolvePlan(plan: NetworkPlan): readonly PlannedNode[] {
  const routers = Object.entries(plan.routers ?? {});
  const nodes = [...routers.map(([name, router]) => routerNode(plan, name, router)), ...Object.entries(plan.hosts).map(([name, host]) => hostNode(plan, name, host))];
  requireUnique(nodes);
  for (const name of [...nodes.map((node) => node.name), ...Object.keys(plan.segments)]) {
    if (!/^[a-z][a-z0-9-]{0,20}$/.test(name)) throw new Error(`the name "${name}" is not a lower-case word of at most 21 letters`);
  }
  return nodes;
}

function routerNode(plan: NetworkPlan, name: string, router: RouterPlan): PlannedNode {
  const interfaces = Object.entries(router.addresses).map(([segment, address], index) => plannedInterface(plan, name, segment, address, index));
  return { name, forwards: true, interfaces };
}

function hostNode(plan: NetworkPlan, name: string, host: HostPlan): PlannedNode {
  const interfaces = [plannedInterface(plan, name, host.segment, host.address, 0)];
  const gateways = Object.values(plan.routers ?? {}).flatMap((router) => router.addresses[host.segment] ?? []);
  if (gateways.length > 1) throw new Error(`${name} has more than one router on segment "${host.segment}"`);
  return { name, forwards: false, interfaces, ...(gateways[0] === undefined ? {} : { gateway: gateways[0] }) };
}

function plannedInterface(plan: NetworkPlan, node: string, segment: string, address: string, index: number): PlannedInterface {
  const subnet = plan.segments[segment]?.subnet;
  if (subnet === undefined) throw new Error(`${node} is on segment "${segment}", which the plan does not have`);
  const [network = '', length = ''] = subnet.split('/');
  const prefixLength = Number(length);
  if (!isIPv4(network) || !Number.isInteger(prefixLength) || prefixLength < 8 || prefixLength > 30) throw new Error(`"${subnet}" is not an IPv4 subnet`);
  if (!isIPv4(address)) throw new Error(`"${address}" of ${node} is not an IPv4 address`);
  const hostBits = 32 - prefixLength;
  if (toNumber(address) >>> hostBits !== toNumber(network) >>> hostBits) throw new Error(`${address} of ${node} is not in ${subnet}`);
  return { name: `eth${index}`, segment, address, prefixLength };
}

function requireUnique(nodes: readonly PlannedNode[]): void {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const node of nodes) {
    if (names.has(node.name)) throw new Error(`the name ${node.name} is used twice`);
    names.add(node.name);
    for (const { address } of node.interfaces) {
      if (addresses.has(address)) throw new Error(`the address ${address} is used twice`);
      addresses.add(address);
    }
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
