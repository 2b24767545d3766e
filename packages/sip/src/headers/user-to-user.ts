import type { SipHeaders } from '../message/sip-headers.ts';
import { isTokenText, tokenEnd } from '../message/token.ts';
import { quotedEnd } from '../message/split-list.ts';
import { quote, readParameters, type SipParameters, unquote, writeParameters } from './parameters.ts';

/** A value of User-to-User (RFC 7433): what one user's application tells the other's. */
export interface UserToUser {
  /** As it is encoded: hexadecimal digits, as a rule. */
  readonly data: string;
  /** `encoding` (default `hex`), `purpose`, `content`. */
  readonly parameters: SipParameters;
}

/** Reads one value; `undefined` where it is none. */
export function parseUserToUser(value: string): UserToUser | undefined {
  const end = value.startsWith('"') ? quotedEnd(value, 0) : tokenEnd(value, 0);
  const data = value.startsWith('"') ? unquote(value.slice(0, end)) : value.slice(0, end);
  const parameters = readParameters(value, end);
  return data === undefined || data === '' || parameters === undefined ? undefined : { data, parameters };
}

/** All values that can be read. */
export function readUserToUser(headers: SipHeaders): readonly UserToUser[] {
  return headers.all('User-to-User').flatMap((value) => parseUserToUser(value) ?? []);
}

export function writeUserToUser(value: UserToUser): string {
  return (isTokenText(value.data) ? value.data : quote(value.data)) + writeParameters(value.parameters);
}
