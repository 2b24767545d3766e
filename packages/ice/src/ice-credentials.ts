import type { Randomness } from '@dialplane/sansio';

/** ICE credentials of one side (RFC 8445 §5.3). */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** RFC 8839 §5.4: ALPHA, DIGIT, "+" and "/", six bits a character. */
const iceCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Fresh credentials: a fragment of 48 bits, which is also what finds the agent among thousands, and a password of 144. */
export function createIceCredentials(randomness: Randomness): IceCredentials {
  return { usernameFragment: iceText(8, randomness), password: iceText(24, randomness) };
}

function iceText(length: number, randomness: Randomness): string {
  return Array.from({ length }, () => iceCharacters[randomness.nextUint32() >>> 26]).join('');
}
