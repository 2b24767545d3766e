import type { CustomContext } from '@dialplane/calling-api';
import { isHeaderValue, isTokenText, type ExtraHeaders, type SipHeaders } from '@dialplane/sip';

const customPrefix = 'X-MS-Custom-';
const xPrefix = 'X-';
/** What ACS takes of either direction (Direct Routing, "Headers"). */
const mostHeaders = 5;
const longestName = 64;
const longestValue = 256;
const longestUserToUser = 1024;

/**
 * What an application passes along with a call, as header lines (RFC 7433; `X-MS-Custom-` and `X-` of ACS). Headers that SIP itself gives a meaning cannot be named; what is too
 * long or no header is left out.
 */
export function customContextHeaders({ userToUser, sipHeaders = [], xHeaders = [] }: CustomContext): ExtraHeaders {
  const named = [
    ...sipHeaders.map(({ key, value, sipHeaderPrefix = customPrefix }) => [withPrefix(key, sipHeaderPrefix), value] as const),
    ...xHeaders.map(({ key, value }) => [withPrefix(key, xPrefix), value] as const),
  ];
  const fitting = named.filter(([name, value]) => isCustomName(name) && name.length <= longestName && value.length <= longestValue && isHeaderValue(value)).slice(0, mostHeaders);
  return userToUser === undefined || !isHeaderValue(userToUser) ? fitting : [['User-To-User', userToUser], ...fitting];
}

/** The same of a message that came; `undefined` where it has nothing of the kind. */
export function customContextOf(headers: SipHeaders): CustomContext | undefined {
  const userToUser = headers.first('User-To-User');
  const sipHeaders: NonNullable<CustomContext['sipHeaders']> = [];
  for (const [name, value] of headers.entries()) {
    if (sipHeaders.length === mostHeaders) break;
    const prefix = [customPrefix, xPrefix].find((each) => isPrefixed(name, each));
    if (prefix !== undefined && name.length <= longestName && value.length <= longestValue) sipHeaders.push({ key: name.slice(prefix.length), value, sipHeaderPrefix: prefix });
  }
  const hasUserToUser = userToUser !== undefined && userToUser.length <= longestUserToUser;
  if (!hasUserToUser && sipHeaders.length === 0) return undefined;
  return { ...(hasUserToUser && { userToUser }), ...(sipHeaders.length > 0 && { sipHeaders }) };
}

function withPrefix(key: string, prefix: string): string {
  return isPrefixed(key, prefix) ? key : `${prefix}${key}`;
}

function isPrefixed(name: string, prefix: string): boolean {
  return name.length > prefix.length && name.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
}

function isCustomName(name: string): boolean {
  return isPrefixed(name, xPrefix) && isTokenText(name);
}
