/** Where there may be one, so that most messages are not looked through any further. */
const suspicion = /\n(?:(?:proxy-)?authorization[ \t]*:|authentication-info[ \t]*:|a=(?:crypto|key-mgmt|ice-pwd):|k=)/i;

/** Header fields with credentials, and those that prove them in return (RFC 3261 §20.6, §20.7, §20.28), with their further lines. */
const credentials = /(\r\n(?:(?:proxy-)?authorization|authentication-info)[ \t]*:)((?:[^\r\n]|\r\n[ \t])*)/gi;
/** The hash of digest credentials (RFC 7616 §3.4, §3.5). Quotes may be missing. */
const digestHash = /(\b(?:response|rspauth)\s*=\s*"?)([^"\s,]+)/gi;
/** What follows the name of any other scheme. */
const otherCredentials = /^(\s*\S+\s+)([^]*)$/;

/** Lines of descriptions: SRTP keys, one or several (RFC 4568 §9.2); key management (RFC 4567); the key of RFC 8866 §5.12; the password of connectivity checks (RFC 8839 §5.4). */
const keyLines = /\n(?:a=(?:crypto|key-mgmt|ice-pwd):|k=)[^\r\n]*/gi;
const keysOfLine = [/(inline:)([^|;\s]+)/gi, /(^\na=(?:key-mgmt:\S+[ \t]+|ice-pwd:))(.+)/i, /(^\nk=[^:]*:)(.+)/i] as const;

/**
 * A message in which what proves who somebody is, or opens what is encrypted, is replaced by as many asterisks, so that lengths stay true. Where there is nothing of
 * the kind it is the same bytes.
 */
export function blankSecrets(bytes: Uint8Array): Uint8Array {
  // One byte, one character: positions are the same in both.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!suspicion.test(text)) return bytes;
  const safe = text
    .replace(credentials, (_, name: string, value: string) => name + value.replace(/^\s*digest\b/i.test(value) || /-info/i.test(name) ? digestHash : otherCredentials, blank))
    .replace(keyLines, (line) => keysOfLine.reduce((safer, key) => safer.replace(key, blank), line));
  return Buffer.from(safe, 'latin1');
}

/** Line breaks stay, so that a header field goes on where it did. */
function blank(_: string, before: string, secret: string): string {
  return before + secret.replaceAll(/[^\r\n\t ]/g, '*');
}
