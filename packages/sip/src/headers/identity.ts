import type { SipHeaders } from '../message/sip-headers.ts';
import { parseAddress, readAddress, type SipAddress } from './address.ts';

/** Header fields in which a trusted network says who calls. */
export type IdentityHeader = 'P-Asserted-Identity' | 'P-Preferred-Identity' | 'Remote-Party-ID';

/** Values of Privacy (RFC 3323 §4.2, RFC 3325 §9.3), lower case: `id`, `user`, `header`, `session`, `critical`, `none`, `history`. */
export function readPrivacy(headers: SipHeaders): ReadonlySet<string> {
  const values = headers.all('Privacy').flatMap((value) => value.toLowerCase().split(/[;,]/));
  return new Set(values.map((value) => value.trim()).filter((value) => value !== ''));
}

/** The identities that a header field has: at most two of P-Asserted-Identity, one `sip:` and one `tel:` (RFC 3325 §9.1). Values that cannot be read are left out. */
export function readIdentities(headers: SipHeaders, name: IdentityHeader): readonly SipAddress[] {
  const addresses = headers.readAll(name, parseAddress).filter((address) => address !== undefined);
  return name === 'Remote-Party-ID' ? addresses.filter((address) => (address.parameters.get('party') ?? 'calling') === 'calling') : addresses;
}

/**
 * Whether the caller does not want to be known: by Privacy (RFC 3325 §7), by a Remote-Party-ID with privacy, or because From already says nobody (RFC 3323 §4.1.1.3).
 */
export function isAnonymous(headers: SipHeaders): boolean {
  const privacy = readPrivacy(headers);
  if (['id', 'user', 'header'].some((value) => privacy.has(value))) return true;
  const [party] = readIdentities(headers, 'Remote-Party-ID');
  const wish = party?.parameters.get('privacy')?.toLowerCase();
  if (wish !== undefined && wish !== 'off') return true;
  return /^sips?:(?:anonymous@|[^@]*@?anonymous\.invalid)/i.test(readAddress(headers, 'From')?.uri ?? '');
}

/** What From says of a caller who does not want to be known (RFC 3323 §4.1.1.3); the tag is added to it. */
export const anonymousAddress = '"Anonymous" <sip:anonymous@anonymous.invalid>';
