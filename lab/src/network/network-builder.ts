import { join } from 'node:path';
import { ipBatch } from '../commands.ts';
import { Host } from './host.ts';
import type { PlannedInterface, PlannedNode } from './network-plan.ts';
import { slowLineCommands } from './slow-line-routes.ts';
import { filterCommands } from './uplink.ts';

/** What connects an interface to its segment: a veth pair whose other end is a port of the segment's bridge. */
export interface Cable {
  readonly node: string;
  readonly end: PlannedInterface;
  /** Name of the port, used once in a network. */
  readonly port: string;
}

/** Makes the namespaces, cables, addresses, routes and filters of a network. Leaves to the caller to remove what stands when it fails. */
export async function buildNodes(runId: string, segments: readonly string[], nodes: readonly PlannedNode[]): Promise<void> {
  await ipBatch([...segments.map((segment) => `netns add ${segmentNamespace(runId, segment)}`), ...nodes.map((node) => `netns add ${namespaceOf(runId, node.name)}`)]);
  await Promise.all(segments.map(async (segment) => {
    const namespace = segmentNamespace(runId, segment);
    await setSwitches(new Host(segment, [], namespace), noIpv6);
    await ipBatch(['link add bridge type bridge', 'link set bridge up'], namespace);
  }));
  await layCables(runId, nodes.flatMap((node, index) => node.interfaces.map((end) => ({ node: node.name, end, port: `port${index}-${end.name}` }))));
  await Promise.all(nodes.map((node) => configure(node, new Host(node.name, [], namespaceOf(runId, node.name)))));
}

/** Pulls the cable of a host and puts another one in: one interface goes with its address and routes, another comes up. */
export async function replug(runId: string, pulled: string, node: PlannedNode, cable: Cable): Promise<void> {
  const namespace = namespaceOf(runId, node.name);
  await ipBatch([`link del ${pulled}`], namespace);
  await layCables(runId, [cable]);
  await ipBatch(addressing({ ...node, interfaces: [cable.end] }), namespace);
}

export function namespaceOf(runId: string, name: string): string {
  return `${runId}-${name}`;
}

function segmentNamespace(runId: string, segment: string): string {
  return namespaceOf(runId, `segment-${segment}`);
}

/**
 * The numbers that interfaces of nodes have start here, so that no interface has the number of its port: the kernel would hold back for a second what it has to
 * do when a cable is in (`linkwatch_urgent_event` tells a veth by that difference).
 */
const firstInterfaceIndex = 1000;

async function layCables(runId: string, cables: readonly Cable[]): Promise<void> {
  const indexOf = ({ name }: PlannedInterface): number => firstInterfaceIndex + Number(name.replace('eth', ''));
  await ipBatch(cables.map(({ node, end, port }) => `link add ${end.name} index ${indexOf(end)} netns ${namespaceOf(runId, node)} type veth peer name ${port} netns ${segmentNamespace(runId, end.segment)}`));
  await Promise.all(Array.from(Map.groupBy(cables, ({ end }) => end.segment), ([segment, ofSegment]) =>
    ipBatch(ofSegment.flatMap(({ port }) => [`link set ${port} master bridge`, `link set ${port} up`]), segmentNamespace(runId, segment)),
  ));
}

/** Where a plan speaks IPv4 only, neighbour discovery would talk in every capture. */
const noIpv6 = { 'net/ipv6/conf/all/disable_ipv6': 1, 'net/ipv6/conf/default/disable_ipv6': 1 };

const forwarding = { 'net/ipv4/ip_forward': 1, 'net/ipv6/conf/all/forwarding': 1 };

/** What comes out of the tunnel device has a sender that lives elsewhere. */
const anyWayBack = { 'net/ipv4/conf/all/rp_filter': 0, 'net/ipv4/conf/default/rp_filter': 0 };

/**
 * No detection of duplicate addresses, also of the link-local ones that routers ask for neighbours with: an address of the lab is nobody else's, and
 * works at once.
 */
function trustAddresses(interfaces: readonly PlannedInterface[]): Readonly<Record<string, number>> {
  return Object.fromEntries(['all', 'default', ...interfaces.map(({ name }) => name)].map((name) => [`net/ipv6/conf/${name}/accept_dad`, 0]));
}

/** Sets switches of the kernel, by their path below /proc/sys. */
async function setSwitches(host: Host, switches: Readonly<Record<string, number>>): Promise<void> {
  await host.run('sh', ['-ec', Object.entries(switches).map(([name, value]) => `echo ${value} > /proc/sys/${name}`).join('\n')]);
}

async function configure(node: PlannedNode, host: Host): Promise<void> {
  const speaksIpv6 = node.interfaces.some((end) => end.addresses.some(({ family }) => family === 6));
  await setSwitches(host, { ...(speaksIpv6 ? trustAddresses(node.interfaces) : noIpv6), ...(node.forwards ? forwarding : {}), ...(node.uplink?.delayMs === undefined ? {} : anyWayBack) });
  await ipBatch(['link set lo up', ...addressing(node)], host.namespace);
  await setUplink(node, host);
}

function addressing({ interfaces, routes }: PlannedNode): readonly string[] {
  return [
    ...interfaces.flatMap((end) => [...end.addresses.map(({ address, prefixLength }) => `addr add ${address}/${prefixLength} dev ${end.name}`), `link set ${end.name} up`]),
    ...routes.map(({ to, via }) => `route add ${to} via ${via}`),
  ];
}

async function setUplink(node: PlannedNode, host: Host): Promise<void> {
  const { interfaces, uplink } = node;
  const outside = interfaces.find((end) => end.segment === uplink?.segment);
  if (uplink === undefined || outside === undefined) return;
  for (const [program, ...args] of filterCommands(uplink, outside.name)) await host.run(program, args);
  if (uplink.delayMs === undefined) return;
  for (const words of slowLineCommands(node)) await host.run('ip', words);
  await host.start(process.execPath, [join(import.meta.dirname, 'slow-line.ts'), String(uplink.delayMs)]).line(/^the slow line is open$/);
}
