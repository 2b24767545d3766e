import type { SipHeaders } from '../message/sip-headers.ts';

/** Option tags of a header field in lower case (RFC 3261 §19.2). */
export function readOptionTags(headers: SipHeaders, name: 'Supported' | 'Require' | 'Proxy-Require' | 'Unsupported'): ReadonlySet<string> {
  return new Set(headers.all(name).flatMap((value) => (value === '' ? [] : value.toLowerCase())));
}

/** Whether the sender knows an extension, or insists on it. */
export function isSupported(headers: SipHeaders, tag: string): boolean {
  return readOptionTags(headers, 'Supported').has(tag) || readOptionTags(headers, 'Require').has(tag);
}

/** What Require asks for beyond `known`: the value of Unsupported in a 420 (RFC 3261 §8.2.2.3). `undefined` where there is nothing. */
export function unsupportedTags(headers: SipHeaders, name: 'Require' | 'Proxy-Require', known: ReadonlySet<string>): string | undefined {
  const unknown = [...readOptionTags(headers, name)].filter((tag) => !known.has(tag));
  return unknown.length === 0 ? undefined : unknown.join(', ');
}

/** Methods that the sender takes (RFC 3261 §20.5); `undefined` where it does not say. */
export function readAllow(headers: SipHeaders): ReadonlySet<string> | undefined {
  return headers.has('Allow') ? new Set(headers.all('Allow')) : undefined;
}
