/** What proves who somebody is, or opens what is encrypted: the hash in digest credentials, passwords in Basic ones, SRTP keys in descriptions (RFC 4568 §9.2). */
const secrets = /(\r\n(?:proxy-)?authorization[ \t]*:(?:[^\r]|\r\n[ \t])*?response[ \t]*=[ \t]*")([^"\r]*)|(\r\n(?:proxy-)?authorization[ \t]*:[ \t]*basic[ \t]+)([^\r]*)|(\r?\na=crypto:[^\r\n]*?inline:)([^\r\n|;]*)/gi;

/** The message with every such secret replaced by as many asterisks, so that lengths stay true. Where there is none, the same bytes. */
export function blankSecrets(bytes: Uint8Array): Uint8Array {
  // One byte, one character: positions are the same in both.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!/authorization|a=crypto/i.test(text)) return bytes;
  const blank = (before: string, secret: string): string => before + '*'.repeat(secret.length);
  const safe = text.replace(secrets, (_, digest?: string, response?: string, basic?: string, password?: string, crypto?: string, key?: string) =>
    blank(digest ?? basic ?? crypto ?? '', response ?? password ?? key ?? ''));
  return Buffer.from(safe, 'latin1');
}
