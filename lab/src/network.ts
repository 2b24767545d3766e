import { Host } from './host.ts';
import { ipBatch } from './commands.ts';
import { resolvePlan, type NetworkPlan, type PlannedNode } from './network-plan.ts';
import { listNamespaces, nextRunId, removeNamespaces, sweepStaleNamespaces } from './run-id.ts';

/** A network that stands. Dispose of it (`await using`) and nothing of it remains. */
export interface Network extends AsyncDisposable {
  readonly runId: string;
  /** The host or router of that name. Throws when the plan has none. */
  readonly host: (name: string) => Host;
}

/**
 * Builds a network: a namespace for each host and router, and one for each segment, which holds nothing but its bridge. Nothing
 * is created in the machine's own network, so removing the namespaces removes everything. What crashed runs left is swept first.
 * Needs root.
 */
export async function buildNetwork(plan: NetworkPlan): Promise<Network> {
  const nodes = resolvePlan(plan);
  await sweepStaleNamespaces();
  const runId = nextRunId();
  const remove = async (): Promise<void> => removeNamespaces((await listNamespaces()).filter((name) => name.startsWith(`${runId}-`)));
  try {
    await build(runId, Object.keys(plan.segments), nodes);
  } catch (error) {
    await remove();
    throw error;
  }
  const hosts = new Map(nodes.map((node) => [node.name, new Host(node.name, node.interfaces[0]?.address ?? '', namespaceOf(runId, node.name))]));
  return {
    runId,
    host: (name) => {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`the network has no host "${name}"; it has ${[...hosts.keys()].join(', ')}`);
      return host;
    },
    [Symbol.asyncDispose]: remove,
  };
}

/** The plans speak IPv4 only: without this, neighbour discovery would talk in every capture. */
const noIpv6 = ['net/ipv6/conf/all/disable_ipv6', 'net/ipv6/conf/default/disable_ipv6'];

async function build(runId: string, segments: readonly string[], nodes: readonly PlannedNode[]): Promise<void> {
  const segmentNamespace = (segment: string): string => namespaceOf(runId, `segment-${segment}`);
  const cables = nodes.flatMap((node, index) => node.interfaces.map((end) => ({ node, end, port: `port${index}-${end.name}` })));
  await ipBatch([
    ...segments.map((segment) => `netns add ${segmentNamespace(segment)}`),
    ...nodes.map((node) => `netns add ${namespaceOf(runId, node.name)}`),
    ...cables.map(({ node, end, port }) => `link add ${end.name} netns ${namespaceOf(runId, node.name)} type veth peer name ${port} netns ${segmentNamespace(end.segment)}`),
  ]);
  for (const segment of segments) {
    const ports = cables.filter((cable) => cable.end.segment === segment).map((cable) => cable.port);
    await switchOn(new Host(segment, '', segmentNamespace(segment)), noIpv6);
    await ipBatch(
      ['link add bridge type bridge', 'link set bridge up', ...ports.flatMap((port) => [`link set ${port} master bridge`, `link set ${port} up`])],
      segmentNamespace(segment),
    );
  }
  for (const node of nodes) await configure(node, new Host(node.name, '', namespaceOf(runId, node.name)));
}

/** Writes 1 to switches of the kernel, by their path below /proc/sys. */
async function switchOn(host: Host, switches: readonly string[]): Promise<void> {
  await host.run('sh', ['-c', switches.map((name) => `echo 1 > /proc/sys/${name}`).join(' && ')]);
}

async function configure(node: PlannedNode, host: Host): Promise<void> {
  await switchOn(host, [...noIpv6, ...(node.forwards ? ['net/ipv4/ip_forward'] : [])]);
  await ipBatch(
    [
      'link set lo up',
      ...node.interfaces.flatMap((end) => [`addr add ${end.address}/${end.prefixLength} dev ${end.name}`, `link set ${end.name} up`]),
      ...(node.gateway === undefined ? [] : [`route add default via ${node.gateway}`]),
    ],
    host.namespace,
  );
}

function namespaceOf(runId: string, name: string): string {
  return `${runId}-${name}`;
}
