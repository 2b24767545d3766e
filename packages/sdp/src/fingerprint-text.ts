/** A fingerprint as `a=fingerprint` has it (RFC 8122 §5). */
export function fingerprintText(fingerprint: Uint8Array): string {
  return Array.from(fingerprint, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
