import type { NetworkConfiguration } from '@dialplane/calling-api';
import type { MappingFindings } from './mapping-probe.ts';
import type { RelayFinding } from './relay-probe.ts';

export type TestedServer = NetworkConfiguration['servers'][number];
export type RelayTransport = TestedServer['relayUrls'][number]['transport'];

/** What was found of one name or address of the server. */
export interface ServerFindings {
  readonly server: TestedServer;
  readonly mapping: MappingFindings;
  readonly relays: ReadonlyArray<{ readonly transport: RelayTransport; readonly url: string; readonly finding: RelayFinding }>;
}

/** One line of the answer. */
export interface ReportRow {
  readonly what: string;
  readonly verdict: 'works' | 'blocked' | 'unknown' | 'yes' | 'no';
  readonly sentence: string;
}

/** The whole answer: what it means, what to do about it, and what it was drawn from. */
export interface NetworkReport {
  readonly verdict: 'good' | 'limited' | 'bad';
  readonly summary: string;
  /** Undefined where there is nothing to do. */
  readonly remedy: string | undefined;
  readonly rows: readonly ReportRow[];
}

/** Puts the findings into sentences. */
export function reportNetwork(relay: NetworkConfiguration['relay'], found: readonly ServerFindings[]): NetworkReport {
  return { ...judge(relay, found), rows: [...found.flatMap(relayRows), ...familyRows(found), natRow(found)] };
}

/** The report as plain text, for a mail to whoever looks after the network. */
export function reportText({ summary, remedy, rows }: NetworkReport): string {
  return [summary, ...(remedy === undefined ? [] : [remedy]), '', ...rows.map(({ what, verdict, sentence }) => `${what}: ${verdict}. ${sentence}`)].join('\n');
}

const names = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const satisfies Record<RelayTransport, string>;

function judge(relay: NetworkConfiguration['relay'], found: readonly ServerFindings[]): Pick<NetworkReport, 'verdict' | 'summary' | 'remedy'> {
  const udpAnswers = found.some(({ mapping }) => mapping.mappings.length > 0);
  if (relay !== 'offered') {
    const why = relay === 'unavailable' ? 'This server runs no relay' : 'An operator has turned the relay off';
    const consequence = 'calls work only where the two sides reach each other directly';
    return { verdict: 'limited', summary: `${why}: ${consequence}${found.length === 0 || udpAnswers ? '' : ', and UDP does not get through from here'}.`, remedy: undefined };
  }
  const working = (transport: RelayTransport) => found.some(({ relays }) => relays.some((way) => way.transport === transport && way.finding.outcome === 'works'));
  if (working('udp')) return { verdict: 'good', summary: 'Calls work from here, with the best quality: UDP gets through.', remedy: undefined };
  const udp = portOf(found, 'udp');
  if (working('tcp')) return { verdict: 'limited', summary: 'Calls work from here, through the relay over TCP: UDP does not get through, so lost packets are heard and seen sooner.', remedy: `Ask whoever runs this network to let ${udp} through.` };
  if (working('tls')) return { verdict: 'limited', summary: 'Calls work from here, through the relay over TLS: neither UDP nor plain TCP gets through, so lost packets are heard and seen sooner.', remedy: `Ask whoever runs this network to let ${udp} through.` };
  return {
    verdict: 'bad',
    summary: 'Calls do not work from here, except with somebody on the same network: no way to the relay is open.',
    remedy: `Ask whoever runs this network to let ${[udp, portOf(found, 'tls')].join(', or at least ')} through, without a proxy that opens TLS in between.`,
  };
}

/** `UDP to calls.example port 3478`. */
function portOf(found: readonly ServerFindings[], transport: RelayTransport): string {
  const way = found.flatMap(({ server, relays }) => relays.filter((relay) => relay.transport === transport).map(({ url }) => ({ host: server.host, url })))[0];
  const port = /:(\d+)(?:\?|$)/.exec(way?.url ?? '')?.[1];
  return `${names[transport]} to ${way?.host ?? 'the server'}${port === undefined ? '' : ` port ${port}`}`;
}

function relayRows({ server, relays }: ServerFindings): readonly ReportRow[] {
  return relays.map(({ transport, url, finding }) => {
    const what = `Relay over ${names[transport]}, ${server.host}`;
    switch (finding.outcome) {
      case 'works':
        return { what, verdict: 'works', sentence: `${finding.bytes} bytes went through it and came back; a round trip takes ${Math.round(finding.roundTripMs)} ms.` };
      case 'noData':
        return { what, verdict: 'blocked', sentence: `${url} answers, but nothing comes through it: its operator should look at the relay ports of the server's firewall.` };
      case 'noAllocation':
        return { what, verdict: 'blocked', sentence: finding.errorCode === 701 ? `${url} does not answer from here${transport === 'tls' ? ', or this browser does not trust its certificate' : ''}.` : `${url} refused: ${finding.errorCode} ${finding.errorText}`.trim() };
    }
  });
}

function familyRows(found: readonly ServerFindings[]): readonly ReportRow[] {
  return (['IPv4', 'IPv6'] as const).map((family) => {
    const seen = found.flatMap(({ mapping }) => mapping.mappings).find((mapping) => mapping.family === family);
    if (seen !== undefined) return { what: family, verdict: 'works', sentence: `The server sees this device as ${seen.address}.` };
    const asked = found.filter(({ server: { host } }) => mayBe(family, host));
    if (asked.length === 0) return { what: family, verdict: 'unknown', sentence: `Not tested: the server has no ${family} address.` };
    const overStream = asked.some(({ server, relays }) => isAddress(server.host) && relays.some(({ transport, finding }) => transport !== 'udp' && finding.outcome === 'works'));
    if (overStream) return { what: family, verdict: 'works', sentence: 'It works over TCP; over UDP nothing answers.' };
    const isCertain = asked.some(({ server }) => isAddress(server.host));
    return { what: family, verdict: isCertain ? 'blocked' : 'unknown', sentence: isCertain ? 'The server has such an address, and it does not answer from here over UDP.' : 'Nothing answered over UDP under the name of the server.' };
  });
}

function natRow(found: readonly ServerFindings[]): ReportRow {
  const what = 'Symmetric NAT';
  const mappings = found.flatMap(({ mapping }) => mapping.mappings);
  if (mappings.some(({ isSymmetric }) => isSymmetric === true)) {
    return { what, verdict: 'yes', sentence: 'It gives each destination another port, so calls go through the relay unless the other side can be reached directly.' };
  }
  if (mappings.some(({ isSymmetric }) => isSymmetric === false)) return { what, verdict: 'no', sentence: 'A direct path to the other side is likely, unless that one is behind a symmetric NAT.' };
  return { what, verdict: 'unknown', sentence: mappings.length === 0 ? 'UDP does not get through.' : 'Only one of the two ports of the server answers, and it takes both to tell.' };
}

function mayBe(family: 'IPv4' | 'IPv6', host: string): boolean {
  if (!isAddress(host)) return true;
  return host.includes(':') === (family === 'IPv6');
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(?:\.\d+){3}$/.test(host);
}
