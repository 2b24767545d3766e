import { trimBlanks } from '../message/blanks.ts';
import type { SipHeaders } from '../message/sip-headers.ts';
import { isTokenText } from '../message/token.ts';
import { parseSipUri, type SipUri, writeSipUri } from '../uri/sip-uri.ts';
import { uriHeader, writeUriHeaders } from '../uri/uri-headers.ts';
import { readAddress } from './address.ts';
import { readParameters } from './parameters.ts';

/** The dialog that an INVITE takes over (RFC 3891). Tags are those that the receiver sees: `toTag` is its own. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  /** Only while that dialog is not confirmed. */
  readonly isEarlyOnly: boolean;
}

/** `absent` where there is none; `malformed` where there are several, or no tags: 400 (RFC 3891 §3). */
export function readReplaces(headers: SipHeaders): Replaces | 'absent' | 'malformed' {
  const values = headers.all('Replaces');
  if (values.length === 0) return 'absent';
  return (values.length === 1 ? parseReplaces(values[0] ?? '') : undefined) ?? 'malformed';
}

/** Reads a value of Replaces; `undefined` where it is none. */
export function parseReplaces(value: string): Replaces | undefined {
  const semicolon = value.indexOf(';');
  const callId = trimBlanks(value.slice(0, Math.max(0, semicolon)));
  const parameters = semicolon < 0 ? undefined : readParameters(value, semicolon);
  const toTag = parameters?.get('to-tag');
  const fromTag = parameters?.get('from-tag');
  if (callId === '' || /\s/.test(callId) || toTag === undefined || fromTag === undefined) return undefined;
  return { callId, toTag, fromTag, isEarlyOnly: parameters?.has('early-only') ?? false };
}

export function writeReplaces(replaces: Replaces): string {
  return `${replaces.callId};to-tag=${replaces.toTag};from-tag=${replaces.fromTag}${replaces.isEarlyOnly ? ';early-only' : ''}`;
}

/** Whom a REFER names (RFC 3515 §2.1). */
export interface ReferTarget {
  /** Without the header fields that are escaped in it: what the new request goes to. */
  readonly uri: string;
  /** The method of the new request: INVITE, where the URI says no other. */
  readonly method: string;
  /** The dialog that the new call takes over: an attended transfer (RFC 5589 §7). */
  readonly replaces: Replaces | undefined;
}

/** Reads Refer-To; `undefined` where it is absent, stands twice or cannot be read: 400 (RFC 3515 §2.4.2). */
export function readReferTarget(headers: SipHeaders): ReferTarget | undefined {
  const address = headers.count('Refer-To') === 1 ? readAddress(headers, 'Refer-To') : undefined;
  if (address === undefined) return undefined;
  const uri = parseSipUri(address.uri);
  if (uri === undefined) return /^sips?:/i.test(address.uri) ? undefined : { uri: address.uri, method: 'INVITE', replaces: undefined };
  const [value, ...others] = uriHeader(uri, 'Replaces');
  const replaces = value === undefined ? undefined : parseReplaces(value);
  if (others.length > 0 || (value !== undefined && replaces === undefined)) return undefined;
  const method = uri.parameters.get('method') ?? 'INVITE';
  const parameters = new Map(uri.parameters);
  parameters.delete('method');
  return isTokenText(method) ? { uri: writeSipUri({ ...uri, parameters, headers: '' }), method, replaces } : undefined;
}

/** The value of Refer-To for a target that takes over a dialog. */
export function writeReferTo(uri: SipUri, replaces: Replaces | undefined): string {
  return `<${writeSipUri(replaces === undefined ? uri : { ...uri, headers: writeUriHeaders([['Replaces', writeReplaces(replaces)]]) })}>`;
}
