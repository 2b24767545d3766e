import type { TrunkProfile } from '@dialplane/calling-api';
import { anonymousAddress, noParameters, sipAddress, writeAddress, type ExtraHeaders } from '@dialplane/sip';

/** Who calls, as a trunk is told. */
export interface CallerIdentity {
  /** As the trunk writes numbers; absent where the caller id is hidden (RFC 3323 §4.1). */
  readonly number: string | undefined;
  readonly displayName: string | undefined;
  /** Host of this server. */
  readonly domain: string;
}

const longestName = 64;

/** From, and the header that the trunk takes the caller id from: RFC 3325 §9, RFC 3323 §4, or the Remote-Party-ID that came before them. */
export function callerIdentity({ number, displayName, domain }: CallerIdentity, { identityHeader, userPhone }: Pick<TrunkProfile, 'identityHeader' | 'userPhone'>): { readonly from: string; readonly headers: ExtraHeaders } {
  if (number === undefined) {
    return { from: anonymousAddress, headers: [['Privacy', 'id']] };
  }
  const address = writeAddress(sipAddress(`sip:${number}@${domain}${userPhone ? ';user=phone' : ''}`, noParameters, nameOf(displayName)));
  switch (identityHeader) {
    case 'pAssertedIdentity':
      return { from: address, headers: [['P-Asserted-Identity', address]] };
    case 'pPreferredIdentity':
      return { from: address, headers: [['P-Preferred-Identity', address]] };
    case 'remotePartyId':
      return { from: address, headers: [['Remote-Party-ID', `${address};party=calling;screen=yes;privacy=off`]] };
    case 'from':
      return { from: address, headers: [] };
  }
}

/** A name that fits on one line. */
function nameOf(displayName = ''): string {
  return displayName.replaceAll(/\p{Cc}/gu, ' ').trim().slice(0, longestName);
}
