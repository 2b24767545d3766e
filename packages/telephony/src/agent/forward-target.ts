import { userOf } from '@dialplane/sip';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import { readContacts, type RedirectionContact } from './redirection-contacts.ts';

/** Where a SIP phone of a user may send a call on to. */
export type ForwardTarget =
  /** Usernames of SIP phones that can be rung, all of one user. */
  | { readonly kind: 'phones'; readonly usernames: readonly string[] }
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'none'; readonly sentence: string };

export interface ForwardTargetOptions {
  readonly books: Pick<TelephonyBooks, 'numbers' | 'devices'>;
  readonly isRegistered: (username: string) => boolean;
}

/**
 * The first of the contacts that may be followed: a SIP phone by its username, all phones of a user by identifier or by a number that is theirs, or any other telephone number. That user's own phones ring
 * already, and to strangers' hosts nothing is sent.
 *
 * @param identifier the user whose phone it is.
 */
export function forwardTarget(contacts: readonly string[], identifier: string, options: ForwardTargetOptions): ForwardTarget {
  let sentence = 'The SIP phone has sent the call on to where it may not go: to no telephone number, and to no user and no SIP phone of this server.';
  for (const contact of readContacts(contacts)) {
    const target = targetOf(contact, identifier, options);
    if (target?.kind === 'none') ({ sentence } = target);
    else if (target !== undefined) return target;
  }
  return { kind: 'none', sentence };
}

function targetOf({ uri, digits }: RedirectionContact, identifier: string, options: ForwardTargetOptions): ForwardTarget | undefined {
  const { books: { devices, numbers }, isRegistered } = options;
  const user = uri.kind === 'sip' ? userOf(uri) : undefined;
  const device = user === undefined ? undefined : devices.get(user)?.device;
  if (device !== undefined) return phonesOf(device.identifier, (username) => username === user);
  if (user?.startsWith('8:') === true) return phonesOf(user);
  if (digits === undefined) return undefined;
  const owned = numbers.targetOf(digits);
  const [owner] = owned?.kind === 'users' ? owned.identifiers : [];
  const phones = owner === undefined ? undefined : phonesOf(owner);
  // Whoever has no SIP phone is reached by the telephone network, as by anybody else's call.
  return phones?.kind === 'phones' || owner === identifier ? phones : { kind: 'number', number: digits };

  function phonesOf(owner: string, isMeant: (username: string) => boolean = () => true): ForwardTarget {
    if (owner === identifier) return { kind: 'none', sentence: 'The SIP phone has sent the call on to its own user, whose phones ring already.' };
    const usernames = devices.list().filter((each) => each.identifier === owner && isMeant(each.username) && isRegistered(each.username)).map(({ username }) => username);
    return usernames.length > 0 ? { kind: 'phones', usernames } : { kind: 'none', sentence: 'The SIP phone has sent the call on to a user who has no SIP phone that could be rung.' };
  }
}
