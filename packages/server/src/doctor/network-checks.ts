import type { NetworkConfiguration } from '@dialplane/calling-api';
import type { TurnServerTarget } from '@dialplane/relay';
import { parseStunUri } from '@dialplane/stun';
import { parseTurnUri } from '@dialplane/turn';
import { rootCertificates } from 'node:tls';
import { broken, good, notice, type Finding } from './finding.ts';
import { probeMapping, type MappingFinding } from './mapping-probe.ts';
import { probeRelay, type RelayAccess, type RelayFinding } from './relay-probe.ts';
import { probeStunStream, type StreamFinding } from './stream-probe.ts';

type Transport = TurnServerTarget['transport'];

const names = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const satisfies Record<Transport, string>;

interface FoundWay {
  readonly target: TurnServerTarget;
  readonly finding: RelayFinding | StreamFinding;
}

/**
 * Tries every way to the relay of a server from here, per address and transport, with packets that go through it and come back,
 * and looks whether a symmetric NAT is in between.
 *
 * @param authority PEM of a CA to trust besides the usual ones.
 */
export async function checkNetwork(network: NetworkConfiguration, authority: string | undefined): Promise<Finding[]> {
  if (network.relay === 'unavailable') return [notice('The server runs no relay: calls work between networks that reach each other only. Start it with --relay on.')];
  const { username, credential } = network;
  const access = username === undefined || credential === undefined ? undefined : { username, password: credential };
  const findings = network.relay === 'turnedOffForResource' ? [notice('An operator has turned the relay off, so only STUN is tested: calls work between networks that reach each other only.')] : [];
  const hosts: HostFindings[] = [];
  for (const server of network.servers) hosts.push(await lookAt(server, access, authority));
  const works = hosts.some(({ ways }) => ways.some(({ finding }) => finding.outcome === 'works'));
  return [...findings, ...hosts.flatMap((host) => describe(host, works)), describeNat(hosts)];
}

/** The same of a server that gave no credential: STUN alone, on the ports that servers have unless told otherwise. */
export async function checkNetworkAnonymously(origin: string, authority: string | undefined): Promise<Finding[]> {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const ways = await Promise.all(([['tcp', 3478], ['tls', Number(port || 443)]] as const).map(async ([transport, at]): Promise<FoundWay> => {
    const target = targetOf(host, at, transport, authority);
    return { target, finding: await probeStunStream(target) };
  }));
  const found = { host, mapping: await probeMapping(host, [3478, 3479]), ways };
  const works = found.mapping !== undefined || ways.some(({ finding }) => finding.outcome === 'works');
  return [
    notice('The relay itself was not tested, for want of a credential: give an access token with --token, or use the network test of the console. STUN tells whether its ports are open.'),
    ...describe(found, works),
    describeNat([found]),
  ];
}

interface HostFindings {
  readonly host: string;
  /** Undefined where UDP is not answered. */
  readonly mapping: MappingFinding | undefined;
  readonly ways: readonly FoundWay[];
}

async function lookAt({ host, stunUrls, relayUrls }: NetworkConfiguration['servers'][number], access: RelayAccess | undefined, authority: string | undefined): Promise<HostFindings> {
  const mapping = await probeMapping(host, stunUrls.flatMap((url) => parseStunUri(url)?.port ?? []));
  const ways: FoundWay[] = [];
  for (const { transport, url } of relayUrls) {
    const uri = parseTurnUri(url);
    if (uri === undefined || access === undefined) continue;
    const target = targetOf(uri.host, uri.port, transport, authority);
    ways.push({ target, finding: await probeRelay(target, access) });
  }
  return { host, mapping, ways };
}

function targetOf(host: string, port: number, transport: Transport, authority: string | undefined): TurnServerTarget {
  if (transport !== 'tls' || authority === undefined) return { host, port, transport };
  return { host, port, transport, tls: { ca: [...rootCertificates, authority] } };
}

/** A closed way is a fault only where no other one is open: then calls do not work from here. */
function describe({ host, mapping, ways }: HostFindings, doesAnythingWork: boolean): Finding[] {
  const bad = doesAnythingWork ? notice : broken;
  const family = host.includes(':') ? 'IPv6' : /^\d+(?:\.\d+){3}$/.test(host) ? 'IPv4' : 'its name';
  const stun = mapping === undefined
    ? bad(`STUN at ${host} (${family}) does not answer over UDP. Let UDP in at ports 3478 and 3479 there, and out here.`)
    : good(`STUN at ${host} (${family}) answers over UDP and sees this machine as ${mapping.address}.`);
  return [stun, ...ways.map(({ target, finding }) => describeWay(target, finding, bad))];
}

function describeWay({ host, port, transport }: TurnServerTarget, finding: FoundWay['finding'], bad: (sentence: string) => Finding): Finding {
  const way = `over ${names[transport]} at ${host} port ${port}`;
  switch (finding.outcome) {
    case 'works':
      return 'bytes' in finding
        ? good(`The relay works ${way}: ${finding.bytes} bytes went through it; there and back takes ${finding.roundTripMs.toFixed(1)} ms.`)
        : good(`STUN answers ${way}.`);
    case 'refused':
      return bad(`The relay ${way} refuses: ${finding.error.message}`);
    case 'noData':
      return bad(`The relay answers ${way}, but nothing comes through it. Let the ports of --relay-ports in at the server; behind a NAT, name its public address with --public-address.`);
    case 'unreachable':
      return bad(`Nothing answers ${way} (${finding.error.message}). ${remedies[transport]}`);
  }
}

const remedies = {
  udp: 'Without UDP calls go over TCP, where lost packets are heard and seen sooner: let it through.',
  tcp: 'Networks without UDP need this port, or TLS: let it through.',
  tls: 'Networks that let nothing but HTTPS out need this: let it through, without a proxy that opens TLS; where the certificate is not trusted, --ca names its authority.',
} as const satisfies Record<Transport, string>;

function describeNat(hosts: readonly HostFindings[]): Finding {
  const verdicts = hosts.flatMap(({ mapping }) => (mapping === undefined ? [] : [mapping.isSymmetric]));
  if (verdicts.includes(true)) return notice('A symmetric NAT is between here and the server: it gives each destination another port, so calls go through the relay unless the other side can be reached directly.');
  if (verdicts.includes(false)) return good('No symmetric NAT is between here and the server.');
  return notice(verdicts.length === 0 ? 'Whether a symmetric NAT is in between cannot be told without UDP.' : 'Whether a symmetric NAT is in between cannot be told: only one of the two STUN ports answers.');
}
