import { parseAddress, parseUri, telephoneNumberOf, type SipUri, type TelUri } from '@dialplane/sip';

/** Somebody to whom a redirection leads. */
export interface RedirectionContact {
  readonly uri: SipUri | TelUri;
  /** As it was written. */
  readonly text: string;
  /** As they were written, where it is a telephone number. */
  readonly digits: string | undefined;
}

/** Contact values of a 3xx, by their q, the highest first (RFC 3261 §20.10). What is no SIP or telephone URI is left out. */
export function readContacts(contacts: readonly string[]): readonly RedirectionContact[] {
  const targets = contacts.flatMap((value) => {
    const address = parseAddress(value);
    const uri = address === undefined ? undefined : parseUri(address.uri);
    if (address === undefined || uri === undefined || (uri.kind !== 'sip' && uri.kind !== 'tel')) return [];
    const q = Number.parseFloat(address.parameters.get('q') ?? '1');
    return [{ text: address.uri, uri, digits: telephoneNumberOf(uri)?.digits, q: Number.isNaN(q) ? 0 : q }];
  });
  return targets.toSorted((one, other) => other.q - one.q);
}
