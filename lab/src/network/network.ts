import { Host } from './host.ts';
import { buildNodes, namespaceOf, replug } from './network-builder.ts';
import { resolvePlan, type HostPlan, type NetworkPlan, type PlannedNode } from './network-plan.ts';
import { listNamespaces, nextRunId, removeNamespaces, sweepStaleNamespaces } from './run-id.ts';

/** A network that stands. Dispose of it (`await using`) and nothing of it remains. */
export interface Network extends AsyncDisposable {
  readonly runId: string;
  /** The host or router of that name. Throws when the plan has none. */
  readonly host: (name: string) => Host;
  /**
   * Carries a host elsewhere while its programs run, as from the office's network to a mobile one: its interface is gone, and a new one (`eth1`, then `eth2` ...)
   * comes up with another address. `host` knows the new address then. Throws, and moves nothing, where the plan would not allow it.
   */
  readonly move: (name: string, place: HostPlan) => Promise<void>;
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
    await buildNodes(runId, Object.keys(plan.segments), nodes);
  } catch (error) {
    await remove();
    throw error;
  }
  const hosts = new Map(nodes.map((node) => [node.name, hostOf(runId, node)]));
  const host = (name: string): Host => {
    const found = hosts.get(name);
    if (found === undefined) throw new Error(`the network has no host "${name}"; it has ${[...hosts.keys()].join(', ')}`);
    return found;
  };
  let current = plan;
  const moves = new Map<string, number>();
  return {
    runId,
    host,
    move: async (name, place) => {
      if (!(name in plan.hosts)) throw new Error(`only hosts move, and "${name}" is none`);
      const changed = { ...current, hosts: { ...current.hosts, [name]: place } };
      const after = resolvePlan(changed);
      const index = after.findIndex((node) => node.name === name);
      const node = after[index];
      const end = node?.interfaces[0];
      if (node === undefined || end === undefined) return;
      const earlier = moves.get(name) ?? 0;
      const renamed = { ...end, name: `eth${earlier + 1}` };
      await replug(runId, `eth${earlier}`, node, { node: name, end: renamed, port: `port${index}-${renamed.name}` });
      moves.set(name, earlier + 1);
      current = changed;
      hosts.set(name, hostOf(runId, node));
    },
    [Symbol.asyncDispose]: remove,
  };
}

function hostOf(runId: string, { name, interfaces }: PlannedNode): Host {
  return new Host(name, interfaces.flatMap((end) => end.addresses.map(({ address }) => address)), namespaceOf(runId, name));
}
