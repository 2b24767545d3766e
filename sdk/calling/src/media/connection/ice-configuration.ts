import type { MediaSession } from '@dialplane/calling-api';
import { clientError } from '../../communication-services-error.ts';
import type { NetworkConfiguration } from '../../public/call-client.ts';

/** What a peer connection gathers its candidates with. */
export type IceConfiguration = Required<Pick<RTCConfiguration, 'iceServers' | 'iceTransportPolicy'>>;

/** How a client reaches a relay. */
type RelayTransport = 'udp' | 'tcp' | 'tls';

/** `stun:` and `turn:` URIs (RFC 7064 §3.1, RFC 7065 §3.1): scheme, host, port, transport. */
const serverUri = /^(?:stuns?:(?:\[[0-9a-f:.]+\]|[^\s:?/@[\]]+)(?::\d{1,5})?|turns?:(?:\[[0-9a-f:.]+\]|[^\s:?/@[\]]+)(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?)$/i;

/**
 * The servers of a media session. The application's own TURN servers, where it names some, take the place of the server's, and
 * then only relayed candidates are used, as Azure documents it: media goes through that server or not at all.
 */
export function iceConfiguration(session: Pick<MediaSession, 'iceServers' | 'iceTransportPolicy'>, network: NetworkConfiguration | undefined): IceConfiguration {
  if (network?.turn !== undefined) return { iceServers: network.turn.iceServers.map(iceServer), iceTransportPolicy: 'relay' };
  return { iceServers: session.iceServers.map(iceServer), iceTransportPolicy: session.iceTransportPolicy };
}

/** Throws `TURN_CONFIGURATION_INVALID` with what is wrong, long before a call would fail for it. */
export function checkNetworkConfiguration({ turn }: NetworkConfiguration): void {
  if (turn === undefined) return;
  const servers = turn.iceServers.map((server) => ({ ...server, urls: urlsOf(server.urls) }));
  const refuse = (fault: string): never => {
    throw clientError('TURN_CONFIGURATION_INVALID', { message: `networkConfiguration.turn cannot be used: ${fault}.` });
  };
  for (const { urls, username, credential } of servers) {
    for (const url of urls) {
      if (!serverUri.test(url)) refuse(`"${url}" is not a URL like turn:turn.example.com:3478?transport=udp`);
      if (isRelay(url) && (username === undefined || credential === undefined)) refuse(`${url} needs a username and a credential`);
    }
  }
  if (!servers.some(({ urls }) => urls.some(isRelay))) refuse('it names no TURN server, and only TURN servers are used when it is given');
}

/** The transports by which `configuration` reaches relays; empty where it names none. */
export function relayTransports({ iceServers = [] }: RTCConfiguration): ReadonlySet<RelayTransport> {
  const named = iceServers.flatMap(({ urls }) => urlsOf(urls).map(relayTransport));
  return new Set(named.filter((transport) => transport !== undefined));
}

/** How a client reaches the relay under this URL (RFC 7065 §3.1: UDP unless it says otherwise, TLS for `turns`). */
export function relayTransport(url: string): RelayTransport | undefined {
  if (!isRelay(url)) return undefined;
  if (/^turns:/i.test(url)) return 'tls';
  return /[?&]transport=tcp\b/i.test(url) ? 'tcp' : 'udp';
}

function isRelay(url: string): boolean {
  return /^turns?:/i.test(url);
}

function urlsOf(urls: string | readonly string[]): readonly string[] {
  return typeof urls === 'string' ? [urls] : urls;
}

function iceServer({ urls, username, credential }: { readonly urls: string | readonly string[]; readonly username?: string; readonly credential?: string }): RTCIceServer {
  return { urls: [...urlsOf(urls)], ...(username === undefined ? {} : { username }), ...(credential === undefined ? {} : { credential }) };
}
