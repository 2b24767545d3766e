import { numberFromTrunk } from '@dialplane/routing';
import { isSameHost, parseAddress, parseUri, telephoneNumberOf } from '@dialplane/sip';
import type { TrunkSettings } from '../trunks/trunk-settings.ts';

/** Where a redirection may be followed to. */
export type FollowedContacts =
  | { readonly kind: 'hosts'; readonly uris: readonly string[] }
  /** E.164. */
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'none' };

/**
 * What a trunk may send a call for `number` on to: itself at another host, or another number. Contacts are looked at by their q, the highest first (RFC 3261 §20.10).
 *
 * @param contacts Contact values of its 3xx, as they came.
 */
export function followable(contacts: readonly string[], { name, addresses, profile }: TrunkSettings, number: string): FollowedContacts {
  const targets = contacts.flatMap((value) => {
    const address = parseAddress(value);
    const uri = address === undefined ? undefined : parseUri(address.uri);
    if (address === undefined || uri === undefined || (uri.kind !== 'sip' && uri.kind !== 'tel')) return [];
    const digits = telephoneNumberOf(uri)?.digits;
    const q = Number.parseFloat(address.parameters.get('q') ?? '1');
    return [{ text: address.uri, uri, number: digits === undefined ? undefined : numberFromTrunk(digits, profile.numbersIn), q: Number.isNaN(q) ? 0 : q }];
  }).toSorted((one, other) => other.q - one.q);
  const uris = targets.flatMap((target) => (target.uri.kind === 'sip' && target.number === number && isOfTrunk(target.uri.host) ? [target.text] : []));
  if (uris.length > 0) return { kind: 'hosts', uris };
  const other = targets.find((target) => target.number !== undefined && target.number !== number)?.number;
  return other === undefined ? { kind: 'none' } : { kind: 'number', number: other };

  function isOfTrunk(host: string): boolean {
    return [name, ...addresses].some((own) => isSameHost(own, host));
  }
}
