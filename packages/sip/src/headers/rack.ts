import type { SipHeaders } from '../message/sip-headers.ts';
import { isTokenText, parseDecimal } from '../message/token.ts';

/** Which reliable provisional response a PRACK is for (RFC 3262 §7.2). */
export interface RAck {
  readonly responseNumber: number;
  readonly cseqNumber: number;
  readonly method: string;
}

/** `undefined` where it is absent or cannot be read. */
export function readRAck(headers: SipHeaders): RAck | undefined {
  const [response = '', cseq = '', method = '', ...rest] = (headers.first('RAck') ?? '').split(/[ \t]+/);
  const responseNumber = parseDecimal(response, 0xffff_ffff);
  const cseqNumber = parseDecimal(cseq, 0x7fff_ffff);
  return responseNumber === undefined || cseqNumber === undefined || !isTokenText(method) || rest.length > 0 ? undefined : { responseNumber, cseqNumber, method };
}

export function writeRAck(value: RAck): string {
  return `${value.responseNumber} ${value.cseqNumber} ${value.method}`;
}

/** RSeq, 1..2^32-1 (RFC 3262 §7.1); `undefined` where it is absent or cannot be read. */
export function readRSeq(headers: SipHeaders): number | undefined {
  const number = parseDecimal(headers.first('RSeq') ?? '', 0xffff_ffff);
  return number === 0 ? undefined : number;
}
