import type { SipHeaders } from '../message/sip-headers.ts';
import { parseDecimal } from '../message/token.ts';
import { parseSipUri, writeSipUri } from '../uri/sip-uri.ts';
import { uriHeader, writeUriHeaders } from '../uri/uri-headers.ts';
import { parseAddress, type SipAddress, writeAddress } from './address.ts';
import { parseReason, type SipReason } from './reason.ts';

/** A value of History-Info (RFC 7044): a target that the request has had, oldest first. */
export interface HistoryEntry {
  /** Without the header fields that are escaped in its URI. */
  readonly target: SipAddress;
  /** Its place in the tree: `1`, `1.1`, `1.2.1`. */
  readonly index: string;
  /** Why the request went on from there: the `cause` of its URI (RFC 4458), or the Reason escaped in it (RFC 7044 §10.2). */
  readonly cause: number | undefined;
  readonly reasons: readonly SipReason[];
  /** Whether somebody was to be kept unnamed: Privacy escaped in its URI (RFC 7044 §10.1). */
  readonly isPrivate: boolean;
}

/** A value of Diversion (RFC 5806): who has diverted the call, latest first. */
export interface Diversion {
  readonly by: SipAddress;
  /** Lower case: `user-busy`, `no-answer`, `unconditional`, `deflection`, `unknown`, … */
  readonly reason: string;
  readonly counter: number;
  readonly isPrivate: boolean;
}

/** The history of a request's targets. Values that cannot be read are left out. */
export function readHistoryInfo(headers: SipHeaders): readonly HistoryEntry[] {
  return headers.all('History-Info').flatMap((value) => parseHistoryEntry(value) ?? []);
}

/** Reads one value of History-Info; `undefined` where it is none or has no index. */
export function parseHistoryEntry(value: string): HistoryEntry | undefined {
  const address = parseAddress(value);
  const index = address?.parameters.get('index');
  if (address === undefined || index === undefined || !/^\d+(?:\.\d+)*$/.test(index)) return undefined;
  const uri = parseSipUri(address.uri);
  if (uri === undefined) return { target: address, index, cause: undefined, reasons: [], isPrivate: false };
  const reasons = uriHeader(uri, 'Reason').flatMap((reason) => parseReason(reason) ?? []);
  const cause = parseDecimal(uri.parameters.get('cause') ?? '', 65_535) ?? reasons.find((reason) => reason.protocol === 'SIP')?.cause;
  const isPrivate = uriHeader(uri, 'Privacy').some((privacy) => /\bhistory\b/i.test(privacy));
  return { target: { ...address, uri: writeSipUri({ ...uri, headers: '' }) }, index, cause, reasons, isPrivate };
}

/** Who has diverted the call on its way. Values that cannot be read are left out. */
export function readDiversions(headers: SipHeaders): readonly Diversion[] {
  return headers.all('Diversion').flatMap((value) => {
    const by = parseAddress(value);
    if (by === undefined) return [];
    const reason = by.parameters.get('reason')?.toLowerCase() ?? 'unknown';
    const counter = parseDecimal(by.parameters.get('counter') ?? '', 99) ?? 1;
    const privacy = by.parameters.get('privacy')?.toLowerCase() ?? 'off';
    return [{ by, reason, counter, isPrivate: privacy !== 'off' }];
  });
}

/** A target that a request has had, or has now. */
export interface HistoryStep {
  /** A SIP URI without header fields. */
  readonly uri: string;
  /** Why the request came on to here, as RFC 4458 §2 numbers it; `undefined` for the first. */
  readonly cause: number | undefined;
  readonly isPrivate: boolean;
}

/** Writes History-Info for a request that was sent on from target to target, oldest first, where each was chosen in place of the one before (RFC 7044 §10.3): `1`, `1.1;mp=1`, … */
export function writeHistoryInfo(steps: readonly HistoryStep[]): readonly string[] {
  return steps.map(({ uri, cause, isPrivate }, depth) => {
    const target = `${uri}${cause === undefined ? '' : `;cause=${cause}`}${isPrivate ? `?${writeUriHeaders([['Privacy', 'history']])}` : ''}`;
    return `<${target}>;index=${indexAt(depth)}${depth === 0 ? '' : `;mp=${indexAt(depth - 1)}`}`;
  });
}

function indexAt(depth: number): string {
  return `1${'.1'.repeat(depth)}`;
}

/** Writes a value of Diversion for a call that we send on. */
export function writeDiversion(diversion: Pick<Diversion, 'by' | 'reason' | 'counter' | 'isPrivate'>): string {
  const parameters = new Map<string, string | undefined>([['reason', diversion.reason], ['counter', String(diversion.counter)], ['privacy', diversion.isPrivate ? 'full' : 'off']]);
  return writeAddress({ ...diversion.by, parameters });
}
