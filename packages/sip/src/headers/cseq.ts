import type { SipHeaders } from '../message/sip-headers.ts';
import { isTokenText, parseDecimal } from '../message/token.ts';

/** CSeq (RFC 3261 §20.16). */
export interface CSeq {
  /** 0..2^31-1. */
  readonly number: number;
  readonly method: string;
}

/** Reads CSeq; `undefined` where it is absent or none. */
export function readCSeq(headers: SipHeaders): CSeq | undefined {
  return headers.read('CSeq', parseCSeq);
}

/** Reads a value of CSeq; `undefined` where it is none (RFC 3261 §8.1.1.5: below 2^31). */
export function parseCSeq(text: string): CSeq | undefined {
  const at = text.search(/[ \t]/);
  const number = at < 0 ? undefined : parseDecimal(text.slice(0, at), 0x7fff_ffff);
  const method = text.slice(at + 1).trim();
  return number === undefined || !isTokenText(method) ? undefined : { number, method };
}

export function writeCSeq(cseq: CSeq): string {
  return `${cseq.number} ${cseq.method}`;
}
