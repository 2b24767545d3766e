import { trimBlanks } from '../message/blanks.ts';
import type { SipHeaders } from '../message/sip-headers.ts';
import { isTokenText, parseDecimal, tokenEnd } from '../message/token.ts';
import { quote, readParameters, type SipParameters } from './parameters.ts';

/** Why a request or response came (RFC 3326). */
export interface SipReason {
  /** Upper case: `SIP`, `Q.850`, … */
  readonly protocol: string;
  /** A SIP status or a Q.850 cause value. */
  readonly cause: number | undefined;
  /** For people, unchanged. */
  readonly text: string | undefined;
}

/** Reads one value of Reason; `undefined` where it is none. A text that should be quoted and is not is read all the same: carriers send it. */
export function parseReason(value: string): SipReason | undefined {
  const end = tokenEnd(value, 0);
  const protocol = value.slice(0, end).toUpperCase();
  const [parameters, text] = readReasonParameters(value.slice(end));
  if (protocol === '' || parameters === undefined) return undefined;
  const cause = parameters.get('cause');
  return { protocol, cause: cause === undefined ? undefined : parseDecimal(cause, 65_535), text: text ?? parameters.get('text') };
}

/** All reasons that can be read, in their order. */
export function readReasons(headers: SipHeaders): readonly SipReason[] {
  return headers.all('Reason').flatMap((value) => parseReason(value) ?? []);
}

export function writeReason(reason: SipReason): string {
  const cause = reason.cause === undefined ? '' : `;cause=${reason.cause}`;
  return `${isTokenText(reason.protocol) ? reason.protocol : 'SIP'}${cause}${reason.text === undefined ? '' : `;text=${quote(reason.text)}`}`;
}

/** The parameters, and the text where it stands at the end without quotes and has blanks in it. */
function readReasonParameters(value: string): readonly [parameters: SipParameters | undefined, text: string | undefined] {
  const last = value.lastIndexOf(';');
  const part = value.slice(last + 1);
  const equals = part.indexOf('=');
  const isText = last >= 0 && !part.includes('"') && trimBlanks(part.slice(0, Math.max(0, equals))).toLowerCase() === 'text';
  return isText ? [readParameters(value.slice(0, last)), trimBlanks(part.slice(equals + 1))] : [readParameters(value), undefined];
}
