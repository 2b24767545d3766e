const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A body of SIP as the text that media control passes on (RFC 8866 §4.5: UTF-8). */
export function sdpText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function sdpBytes(text: string): Uint8Array {
  return encoder.encode(text);
}
