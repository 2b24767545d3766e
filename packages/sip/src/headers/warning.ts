import type { SipHeaders } from '../message/sip-headers.ts';
import { parseDecimal } from '../message/token.ts';
import { quote, unquote } from './parameters.ts';

/** A value of Warning (RFC 3261 §20.43). */
export interface SipWarning {
  /** 300..399. */
  readonly code: number;
  /** Host or pseudonym of who warns. */
  readonly agent: string;
  readonly text: string;
}

/** Warnings that can be read. */
export function readWarnings(headers: SipHeaders): readonly SipWarning[] {
  return headers.all('Warning').flatMap((value) => {
    const match = /^(\d{3})\s+(\S+)\s+(".*")$/s.exec(value);
    const code = parseDecimal(match?.[1] ?? '', 999);
    const text = unquote(match?.[3] ?? '');
    return code === undefined || text === undefined ? [] : [{ code, agent: match?.[2] ?? '', text }];
  });
}

export function writeWarning(warning: SipWarning): string {
  return `${warning.code} ${warning.agent} ${quote(warning.text)}`;
}
