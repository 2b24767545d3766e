import type { SipHeaders } from '../message/sip-headers.ts';
import { parseDecimal } from '../message/token.ts';
import { readParameters, type SipParameters, writeParameters } from './parameters.ts';

/** A value of Via (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WSS`, or what else it says. */
  readonly transport: string;
  /** sent-by: host as written, IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** `branch`, `received`, `rport` (RFC 3581), `maddr`, `ttl`, … */
  readonly parameters: SipParameters;
}

const pattern = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9.!%*_+`'~-]+)\s+([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])\s*(?::\s*(\d{1,5})\s*)?(?=;|$)/iy;

/** Reads one value of Via; `undefined` where it is none. */
export function parseVia(text: string): Via | undefined {
  pattern.lastIndex = 0;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? undefined : parseDecimal(match[3], 65_535);
  const parameters = readParameters(text, pattern.lastIndex);
  if (parameters === undefined || (match[3] !== undefined && port === undefined)) return undefined;
  return { transport: (match[1] ?? '').toUpperCase(), host: match[2] ?? '', port, parameters };
}

export function writeVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${via.host}${via.port === undefined ? '' : `:${via.port}`}${writeParameters(via.parameters)}`;
}

/** The topmost Via; `undefined` where there is none that can be read. */
export function readTopVia(headers: SipHeaders): Via | undefined {
  return headers.read('Via', parseVia);
}
