import type { IpFamily, PlannedAddress, Subnet } from './addressing.ts';
import type { PlannedInterface, PlannedNode } from './network-plan.ts';

export interface PlannedRoute {
  readonly to: string;
  readonly via: string;
}

/**
 * The routes of a node: by default the router of its segment (for a router, of its outer segment), and from outside the way to the inner
 * subnets of every router that does not translate them. One router deep. Throws a sentence when a segment has two routers.
 */
export function routesOf(node: Omit<PlannedNode, 'routes'>, routers: ReadonlyArray<Omit<PlannedNode, 'routes'>>, subnets: Readonly<Record<string, readonly Subnet[]>>): readonly PlannedRoute[] {
  const others = routers.filter((router) => router.name !== node.name);
  return node.interfaces.flatMap((end) => {
    const outer = others.filter(({ uplink }) => uplink?.segment === end.segment);
    return [...(leadsOut(node, end) ? defaultRoutes(node.name, end, others) : []), ...outer.flatMap((router) => inwardRoutes(end, router, subnets))];
  });
}

function leadsOut({ forwards, uplink }: Omit<PlannedNode, 'routes'>, end: PlannedInterface): boolean {
  return !forwards || uplink?.segment === end.segment;
}

function defaultRoutes(name: string, end: PlannedInterface, others: ReadonlyArray<Omit<PlannedNode, 'routes'>>): readonly PlannedRoute[] {
  const gateways = others.filter(({ uplink }) => uplink?.segment !== end.segment).flatMap((router) => router.interfaces.filter(({ segment }) => segment === end.segment));
  if (gateways.length > 1) throw new Error(`${name} has more than one router on segment "${end.segment}"`);
  return (gateways[0]?.addresses ?? []).filter(({ family }) => has(end.addresses, family)).map(({ address }) => ({ to: 'default', via: address }));
}

function inwardRoutes(end: PlannedInterface, router: Omit<PlannedNode, 'routes'>, subnets: Readonly<Record<string, readonly Subnet[]>>): readonly PlannedRoute[] {
  const outside = router.interfaces.find(({ segment }) => segment === end.segment)?.addresses ?? [];
  const reachable = outside.filter(({ family }) => has(end.addresses, family) && (family === 6 || router.uplink?.nat === undefined));
  const inner = router.interfaces.filter(({ segment }) => segment !== end.segment).flatMap(({ segment }) => subnets[segment] ?? []);
  return reachable.flatMap(({ family, address }) => inner.filter((subnet) => subnet.family === family).map(({ text }) => ({ to: text, via: address })));
}

function has(addresses: readonly PlannedAddress[], wanted: IpFamily): boolean {
  return addresses.some(({ family }) => family === wanted);
}
