import { invariant } from '@dialplane/sansio';
import { stunAttribute } from '../attribute-type.ts';
import type { MessageBuilder } from '../message-builder.ts';
import type { StunMessage } from '../stun-message.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** Attributes whose value is text (RFC 8489 §14.3, §14.9, §14.10, §14.14, §14.16). */
export type TextAttribute = 'username' | 'realm' | 'nonce' | 'software' | 'alternateDomain';

/** RFC 8489 §14.3: what a receiver must be able to read; what follows RFC 8489 writes at most 508 bytes. */
const longestRead: Record<TextAttribute, number> = { username: 763, realm: 763, nonce: 763, software: 763, alternateDomain: 255 };
const longestWritten: Record<TextAttribute, number> = { username: 508, realm: 508, nonce: 508, software: 508, alternateDomain: 255 };

/** Reads a text attribute; `undefined` when it is absent, too long or not UTF-8. */
export function readText(message: StunMessage, attribute: TextAttribute): string | undefined {
  const value = message.value(stunAttribute[attribute]);
  return value === undefined || value.length > longestRead[attribute] ? undefined : decodeUtf8(value);
}

/** Writes a text attribute; the text is our own or was checked when it was read, so that one too long is a bug. */
export function writeText(builder: MessageBuilder, attribute: TextAttribute, text: string): void {
  const value = encodeUtf8(text);
  invariant(value.length <= longestWritten[attribute], `${attribute} of ${value.length} bytes`);
  builder.attribute(stunAttribute[attribute], value);
}
