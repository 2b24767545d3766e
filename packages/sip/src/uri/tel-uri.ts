import { readUriParameters, type SipUri, type UriParameters, userOf, writeUriParameters } from './sip-uri.ts';

/** A `tel:` URI (RFC 3966). */
export interface TelUri {
  readonly kind: 'tel';
  readonly scheme: 'tel';
  /** As written, with visual separators: `+1-555-0100`. */
  readonly number: string;
  readonly parameters: UriParameters;
}

/** A telephone number with what says where it is valid. */
export interface TelephoneNumber {
  /** Without visual separators: `+15550100` for a global number, else the digits (and `*`, `#`, `A`..`D`) that are dialled. */
  readonly digits: string;
  /** `phone-context` of a local number: a domain, or a prefix that begins with `+` (RFC 3966 §5.1.5). */
  readonly context: string | undefined;
}

/** Reads a `tel:` URI; `undefined` where it is none. A local number without phone-context is read all the same: carriers send it. */
export function parseTelUri(text: string): TelUri | undefined {
  if (!/^tel:/i.test(text)) return undefined;
  const semicolon = text.indexOf(';');
  const number = text.slice(4, semicolon < 0 ? undefined : semicolon);
  const parameters = readUriParameters(semicolon < 0 ? '' : text.slice(semicolon));
  return parameters === undefined || digitsOf(number) === undefined ? undefined : { kind: 'tel', scheme: 'tel', number, parameters };
}

export function writeTelUri(uri: TelUri): string {
  return `tel:${uri.number}${writeUriParameters(uri.parameters)}`;
}

/**
 * The telephone number that a URI names: of `tel:`, of `sip:` with `user=phone`, and of `sip:` whose user part has the form of a number without letters (carriers
 * leave `user=phone` out). `undefined` where it names none.
 */
export function telephoneNumberOf(uri: SipUri | TelUri): TelephoneNumber | undefined {
  if (uri.kind === 'tel') return numberWith(uri.number, uri.parameters);
  const user = userOf(uri);
  if (user === undefined) return undefined;
  const semicolon = user.indexOf(';');
  const parameters = readUriParameters(semicolon < 0 ? '' : user.slice(semicolon));
  const number = semicolon < 0 ? user : user.slice(0, semicolon);
  const isSaid = uri.parameters.get('user')?.toLowerCase() === 'phone';
  return parameters === undefined || (!isSaid && /[A-Za-z]/.test(number)) ? undefined : numberWith(number, parameters);
}

function numberWith(number: string, parameters: UriParameters): TelephoneNumber | undefined {
  const digits = digitsOf(number);
  return digits === undefined ? undefined : { digits, context: digits.startsWith('+') ? undefined : parameters.get('phone-context') };
}

/** RFC 3966 §3: digits with visual separators, a global number begins with `+`. */
function digitsOf(number: string): string | undefined {
  const digits = number.replace(/[-.()]/g, '');
  return /^(?:\+\d{1,32}|[0-9*#A-Da-d]{1,32})$/.test(digits) ? digits.toUpperCase() : undefined;
}
