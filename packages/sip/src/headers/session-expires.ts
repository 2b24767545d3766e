import type { SipHeaders } from '../message/sip-headers.ts';
import { parseDecimal } from '../message/token.ts';
import { readParameters } from './parameters.ts';

/** Session-Expires (RFC 4028 §4). */
export interface SessionExpires {
  readonly intervalSeconds: number;
  /** Who refreshes: who sent the request, or who answers it. */
  readonly refresher: 'uac' | 'uas' | undefined;
}

/** `undefined` where it is absent or cannot be read. */
export function readSessionExpires(headers: SipHeaders): SessionExpires | undefined {
  const value = headers.first('Session-Expires');
  const semicolon = value?.indexOf(';') ?? -1;
  const intervalSeconds = readSeconds(semicolon < 0 ? value : value?.slice(0, semicolon));
  const parameters = value === undefined ? undefined : readParameters(value, semicolon < 0 ? value.length : semicolon);
  if (intervalSeconds === undefined || parameters === undefined) return undefined;
  const refresher = parameters.get('refresher')?.toLowerCase();
  return { intervalSeconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

export function writeSessionExpires(value: SessionExpires): string {
  return `${value.intervalSeconds}${value.refresher === undefined ? '' : `;refresher=${value.refresher}`}`;
}

/** Min-SE in seconds (RFC 4028 §5); 90 where it is absent or cannot be read. */
export function readMinimalSessionExpires(headers: SipHeaders): number {
  return readSeconds(headers.first('Min-SE')?.split(';')[0]) ?? 90;
}

/** Seconds of Expires, Min-Expires or an `expires` parameter; a number that is too large is the largest there is (RFC 3261 §20.19). */
export function readSeconds(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? '';
  return /^\d+$/.test(digits) ? Math.min(Number(digits), 0xffff_ffff) : undefined;
}

/** Retry-After in seconds (RFC 3261 §20.33), without its comment and duration. */
export function readRetryAfter(headers: SipHeaders): number | undefined {
  return parseDecimal(/^\d+/.exec(headers.first('Retry-After') ?? '')?.[0] ?? '', 0xffff_ffff);
}
