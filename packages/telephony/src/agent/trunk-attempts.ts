import type { Redirection, TrunkProfile } from '@dialplane/calling-api';
import type { RtpLegRequest } from '@dialplane/media-api';
import { numberForTrunk } from '@dialplane/routing';
import { isHost, numericHost, type ExtraHeaders, type SipCredentials, type SipLink } from '@dialplane/sip';
import type { FarSide, LineAttempt } from '../line/far-side.ts';
import { callerIdentity } from './caller-identity.ts';
import { redirectionHeaders } from './redirections.ts';

/** A trunk, as far as lines care. */
export interface LineTrunk {
  readonly name: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly port: number;
  /** Where requests are sent, in order; without any the name is looked up (RFC 3263). */
  readonly addresses: readonly string[];
  readonly profile: TrunkProfile;
}

/** What is asked of a trunk. */
export interface TrunkCall {
  readonly credentials: SipCredentials | undefined;
  /** As the trunk writes numbers; absent where the caller id is hidden. */
  readonly callerNumber: string | undefined;
  /** E.164, for the records. */
  readonly callerId: string | undefined;
  readonly displayName: string | undefined;
  /** Host of this server, in From. */
  readonly domain: string;
  readonly headers: ExtraHeaders;
  /** Where the call was before, oldest first. */
  readonly redirections: readonly Redirection[];
  readonly why: string;
}

/** Session-Expires (RFC 4028 §4 recommends 1800). */
const sessionSeconds = 1800;
const dtmfModes = { telephoneEvent: 'rfc4733', info: 'info', inband: 'inband' } as const satisfies Record<TrunkProfile['dtmf'], RtpLegRequest['dtmf']>;

/** How a line leads to a trunk. */
export function farSideOfTrunk({ name, addresses, profile }: LineTrunk, ownNumber: string | undefined): FarSide {
  const { srtp, srtpKeying, dtmf, dtmfInSound, markerlessDtmf, clientCodec, ice, packetMs, codecs, ringback, offer, firstResponseMs, transfer, attendedTransfer } = profile;
  const towards = addresses.find((address) => numericHost(address) !== undefined);
  return {
    trunk: name, ...(ownNumber !== undefined && { ownNumber }), ringback, offer, firstResponseMs, transfer: transfer === 'refer' ? 'refer' : 'none', attendedTransfer: attendedTransfer === 'refer' ? 'refer' : 'none',
    media: {
      srtp, keying: srtpKeying, dtmf: dtmfModes[dtmf], markerlessDtmf, packetMs, codecs,
      ...(dtmfInSound !== undefined && { dtmfInSound }), ...(clientCodec !== undefined && { clientCodec }), ...(ice !== undefined && { ice }), ...(towards !== undefined && { towards }),
    },
  };
}

/** Where a number is found at a trunk; `address` as a {@link LineAttempt} has it. */
export type TrunkWay = Pick<LineAttempt, 'address'> & { readonly uri: string };

/** The ways to a number at a trunk: each of its addresses in turn, or its name. @param silent URIs of addresses that come after the others. */
export function trunkWays(trunk: LineTrunk, number: string, silent: ReadonlySet<string>): readonly TrunkWay[] {
  const addresses = trunkUris(trunk);
  const ways = trunkUris(trunk, number).map((uri, index) => ({ uri, address: addresses[index] ?? uri }));
  return silent.size === 0 ? ways : ways.toSorted((one, other) => Number(silent.has(one.address)) - Number(silent.has(other.address)));
}

/** A call of one trunk by some ways, one after the other. */
export function trunkAttempts(trunk: LineTrunk, call: TrunkCall, link: SipLink, ways: readonly TrunkWay[]): readonly LineAttempt[] {
  const far = farSideOfTrunk(trunk, call.callerId);
  const { profile, transport } = trunk;
  const { credentials, callerId, why } = call;
  const identity = callerIdentity({ number: call.callerNumber, displayName: call.displayName, domain: call.domain }, profile);
  const uriOf = (number: string): string => `sip:${numberForTrunk(number, profile.numbersOut)}@${call.domain};user=phone`;
  const headersTo = (uri: string): ExtraHeaders => [...identity.headers, ...call.headers, ...redirectionHeaders(call.redirections, profile.redirectionHeader, uri, uriOf)];
  const invite: Omit<LineAttempt['invite'], 'uri' | 'headers'> = {
    from: identity.from, contact: link.contactOf('telephony', transport), route: { flow: link.flow, trunkId: trunk.name },
    reliable: profile.reliableProvisional === 'off' ? 'none' : profile.reliableProvisional,
    ...(profile.sessionTimer !== 'off' && { sessionTimer: { intervalSeconds: sessionSeconds } }),
    ...(credentials !== undefined && { credentials }),
  };
  const shown = callerId === undefined ? {} : { callerId };
  return ways.map(({ uri, ...way }): LineAttempt => Object.assign({ far, why, invite: Object.assign({ uri, headers: headersTo(uri) }, invite) }, way, shown));
}

/** URIs of a number at a trunk, or of the trunk itself. */
export function trunkUris({ name, addresses, transport, port, profile }: LineTrunk, number?: string): readonly string[] {
  const user = number === undefined ? '' : `${number}@`;
  const parameters = `${transport === 'udp' ? '' : `;transport=${transport}`}${number !== undefined && profile.userPhone ? ';user=phone' : ''}`;
  if (addresses.length === 0) return [`sip:${user}${name}${isPreset(transport, port) ? '' : `:${port}`}${parameters}`];
  return addresses.map((address) => `sip:${user}${isHost(address) ? address : `[${address}]`}:${port}${parameters}`);
}

/** A port in a URI keeps SRV records from being looked at (RFC 3263 §4.2), so the usual one is left out. */
function isPreset(transport: LineTrunk['transport'], port: number): boolean {
  return port === (transport === 'tls' ? 5061 : 5060);
}
