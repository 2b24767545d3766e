import { numberFromTrunk } from '@dialplane/routing';
import { isSameHost } from '@dialplane/sip';
import type { TrunkSettings } from '../trunks/trunk-settings.ts';
import { readContacts } from './redirection-contacts.ts';

/** Where a redirection may be followed to. */
export type FollowedContacts =
  | { readonly kind: 'hosts'; readonly uris: readonly string[] }
  /** E.164. */
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'none' };

/**
 * What a trunk may send a call for `number` on to: itself at another host, or another number.
 *
 * @param contacts Contact values of its 3xx, as they came.
 */
export function followable(contacts: readonly string[], { name, addresses, profile }: TrunkSettings, number: string): FollowedContacts {
  const targets = readContacts(contacts).map(({ text, uri, digits }) => ({ text, uri, number: digits === undefined ? undefined : numberFromTrunk(digits, profile.numbersIn) }));
  const uris = targets.flatMap((target) => (target.uri.kind === 'sip' && target.number === number && isOfTrunk(target.uri.host) ? [target.text] : []));
  if (uris.length > 0) return { kind: 'hosts', uris };
  const other = targets.find((target) => target.number !== undefined && target.number !== number)?.number;
  return other === undefined ? { kind: 'none' } : { kind: 'number', number: other };

  function isOfTrunk(host: string): boolean {
    return [name, ...addresses].some((own) => isSameHost(own, host));
  }
}
