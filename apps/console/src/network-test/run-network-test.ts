import type { NetworkConfiguration } from '@dialplane/calling-api';
import { probeMapping } from './mapping-probe.ts';
import { reportNetwork, type NetworkReport, type ServerFindings, type TestedServer } from './network-report.ts';
import { probeRelay } from './relay-probe.ts';

/** Tries every way to every address of the server from this browser. Only the server itself is asked. */
export async function runNetworkTest(configuration: NetworkConfiguration, signal: AbortSignal): Promise<NetworkReport> {
  const found: ServerFindings[] = [];
  // One address after the other: probes side by side would be measured in each other's traffic.
  for (const server of configuration.servers) found.push(await testServer(server, configuration, signal));
  return reportNetwork(configuration.relay, found);
}

async function testServer(server: TestedServer, { username, credential }: NetworkConfiguration, signal: AbortSignal): Promise<ServerFindings> {
  const access = username === undefined || credential === undefined ? undefined : { username, credential };
  const [mapping, relays] = await Promise.all([
    server.stunUrls.length === 0 ? { mappings: [], unanswered: [] } : probeMapping(server.stunUrls, signal),
    Promise.all(access === undefined ? [] : server.relayUrls.map(async ({ transport, url }) => ({ transport, url, finding: await probeRelay(url, access, signal) }))),
  ]);
  return { server, mapping, relays };
}
