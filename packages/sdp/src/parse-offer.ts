import { parse, type MediaLines, type SessionLines } from 'sdp-transform';
import { readSection } from './read-section.ts';
import { readTransport } from './read-transport.ts';
import { sdpFault, type SdpFault } from './sdp-fault.ts';
import type { SessionOffer } from './session-offer.ts';

/** More m= sections than anybody looks at. */
export const maxSections = 128;

/** More lines than an offer of {@link maxSections} has; what parsing costs follows from them (20,000 of the cheapest: 35 ms). */
const maxLines = 20_000;

/**
 * Reads the offer of a client (RFC 3264, RFC 8829 §5.8). What it does not know it passes over; sections that cannot be used are told as such, and only what makes the
 * whole offer useless is a fault.
 *
 * All sections have to be on one transport: those outside the first bundle are unusable. An offer of one section needs no bundle.
 */
export function parseOffer(sdp: string): { readonly ok: true; readonly offer: SessionOffer } | SdpFault {
  if (countLines(sdp) > maxLines) return sdpFault('TOO_MANY_LINES');
  const lines = parse(sdp);
  if (lines.version === undefined || lines.origin === undefined) return sdpFault('NOT_A_DESCRIPTION');
  if (lines.media.length === 0) return sdpFault('NO_SECTIONS');
  if (lines.media.length > maxSections) return sdpFault('TOO_MANY_SECTIONS');
  const bundle = bundledMids(lines);
  if (bundle === undefined) return sdpFault('BUNDLE_MISSING');
  const inUse = lines.media.map((media) => isInUse(media) && bundle.has(String(media.mid ?? '')));
  const wrongMid = lines.media.findIndex((media, index) => inUse[index] === true && !hasOwnMid(media, lines.media));
  if (wrongMid >= 0) return sdpFault('MID_INVALID', wrongMid);
  const transport = readTransport(lines, lines.media.filter((_, index) => inUse[index]));
  if (!transport.ok) return transport;
  const sections = lines.media.map((media, index) => readSection(media, lines.direction, inUse[index] === true));
  const isBundled = lines.groups?.some(({ type }) => type === 'BUNDLE') ?? false;
  return { ok: true, offer: { sessionId: String(lines.origin.sessionId), isBundled, transport: transport.transport, sections } };
}

function countLines(sdp: string): number {
  let count = 1;
  for (let at = sdp.indexOf('\n'); at >= 0; at = sdp.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The mids of the first bundle; of the only section where there is none; `undefined` when several sections are not bundled. */
function bundledMids({ groups = [], media }: SessionLines): ReadonlySet<string> | undefined {
  const bundle = groups.find(({ type }) => type === 'BUNDLE');
  if (bundle !== undefined) return new Set(String(bundle.mids).trim().split(/ +/));
  const used = media.filter(isInUse);
  return used.length > 1 ? undefined : new Set(used.map(({ mid }) => String(mid ?? '')));
}

/** Port 0 is a stopped section, but not in one that only exists in the bundle (RFC 9143 §6). */
function isInUse({ port, bundleOnly }: MediaLines): boolean {
  return port !== 0 || bundleOnly !== undefined;
}

/** At most sixteen characters fit into the header extension that carries it (RFC 8285 §4.2). */
function hasOwnMid({ mid }: MediaLines, all: readonly MediaLines[]): boolean {
  return mid !== undefined && /^[!#$%&'*+\-.^_`{|}~0-9A-Za-z]{1,16}$/.test(String(mid)) && all.filter((other) => other.mid === mid).length === 1;
}
