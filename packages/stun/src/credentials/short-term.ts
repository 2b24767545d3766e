import { readErrorCode } from '../attributes/error-code.ts';
import { readText, writeText } from '../attributes/text.ts';
import type { MessageBuilder } from '../message-builder.ts';
import { type IntegrityAlgorithm, integrityOf, verifyMessageIntegrity, writeMessageIntegrity } from '../message-integrity.ts';
import type { StunCrypto } from '../stun-crypto.ts';
import type { StunMessage } from '../stun-message.ts';
import type { ClientVerdict } from './long-term-client.ts';

/** What the check of RFC 8489 §9.1.3 says: for a request the code to answer with, for an indication `rejected` means to discard it. */
export type ShortTermVerdict =
  | { readonly kind: 'authenticated'; readonly username: string; readonly key: Uint8Array; readonly responseIntegrity: IntegrityAlgorithm }
  | { readonly kind: 'rejected'; readonly code: 400 | 401 };

/**
 * The receiver's side of the short-term credential mechanism (RFC 8489 §9.1.3). The response carries the same kind of message integrity and no
 * USERNAME; a rejection carries neither.
 *
 * @param keyOf the key of {@link shortTermKey} for a username that is valid now.
 */
export function checkShortTerm(message: StunMessage, keyOf: (username: string) => Uint8Array | undefined, crypto: StunCrypto): ShortTermVerdict {
  const integrity = integrityOf(message);
  const username = readText(message, 'username');
  if (integrity === undefined || username === undefined) return { kind: 'rejected', code: 400 };
  const key = keyOf(username);
  if (key === undefined || !verifyMessageIntegrity(message, integrity, key, crypto)) return { kind: 'rejected', code: 401 };
  return { kind: 'authenticated', username, key, responseIntegrity: integrity };
}

/** Appends what a request of this mechanism carries (RFC 8489 §9.1.2, for agents that know each other's algorithm). Only FINGERPRINT may follow. */
export function writeShortTerm(builder: MessageBuilder, username: string, integrity: IntegrityAlgorithm, key: Uint8Array, crypto: StunCrypto): void {
  writeText(builder, 'username', username);
  writeMessageIntegrity(builder, integrity, key, crypto);
}

/** Judges a response (RFC 8489 §9.1.4): it must carry the integrity that the request carried. A 400 or 401 carries none and is discarded too. */
export function checkShortTermResponse(response: StunMessage, integrity: IntegrityAlgorithm, key: Uint8Array, crypto: StunCrypto): ClientVerdict {
  if (verifyMessageIntegrity(response, integrity, key, crypto)) return { kind: 'accepted' };
  return { kind: 'discarded', integrityViolated: response.messageClass !== 'error' || readErrorCode(response) === undefined || integrityOf(response) !== undefined };
}
