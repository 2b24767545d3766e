/** Methods that a user agent of ours takes (Allow). */
export const allowedMethods = 'INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS, REFER, NOTIFY';

/** Extensions that it understands; what else is required is refused with 420 (RFC 3261 §8.2.2.3). */
export const knownOptionTags: ReadonlySet<string> = new Set(['100rel', 'timer', 'replaces', 'norefersub']);

/** The Supported value that goes with requests and responses which create or refresh sessions. */
export function supportedTags(withReliable: boolean): string {
  return withReliable ? '100rel, timer, replaces, norefersub' : 'timer, replaces, norefersub';
}
