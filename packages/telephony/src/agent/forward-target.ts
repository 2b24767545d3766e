import { userOf } from '@dialplane/sip';
import type { TelephonyBooks } from '../open-telephony-books.ts';
import { readContacts, type RedirectionContact } from './redirection-contacts.ts';

/** Where a SIP phone of a user may send a call on to. */
export type ForwardTarget =
  /** Username of a SIP phone that can be rung. */
  | { readonly kind: 'phone'; readonly username: string }
  /** Users of this server, by all their devices. */
  | { readonly kind: 'users'; readonly identifiers: readonly string[] }
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'none'; readonly sentence: string };

export interface ForwardTargetOptions {
  readonly books: Pick<TelephonyBooks, 'numbers' | 'devices'>;
  readonly isRegistered: (username: string) => boolean;
}

/**
 * The first of the contacts that may be followed: a SIP phone by its username, users by identifier or by a number that is theirs, or any other telephone number. That user's own devices ring already, and to
 * strangers' hosts nothing is sent.
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
  if (device?.identifier === identifier) return toItself;
  if (device !== undefined) {
    const { username } = device;
    return isRegistered(username) ? { kind: 'phone', username } : { kind: 'none', sentence: `The SIP phone has sent the call on to ${username}, which is not registered.` };
  }
  if (user?.startsWith('8:') === true) return usersOf([user]);
  if (digits === undefined) return undefined;
  const owned = numbers.targetOf(digits);
  return owned?.kind === 'users' ? usersOf(owned.identifiers) : { kind: 'number', number: digits };

  function usersOf(owners: readonly string[]): ForwardTarget {
    const identifiers = owners.filter((owner) => owner !== identifier);
    return identifiers.length > 0 ? { kind: 'users', identifiers } : toItself;
  }
}

const toItself: ForwardTarget = { kind: 'none', sentence: 'The SIP phone has sent the call on to its own user, whose devices ring already.' };
