import { stunAttribute } from '../attribute-type.ts';
import { type ErrorCode, readErrorCode } from '../attributes/error-code.ts';
import { type PasswordAlgorithm, passwordAlgorithmOf, readPasswordAlgorithms, writePasswordAlgorithm } from '../attributes/password-algorithm.ts';
import { readText, writeText } from '../attributes/text.ts';
import type { MessageBuilder } from '../message-builder.ts';
import { type IntegrityAlgorithm, verifyMessageIntegrity, writeMessageIntegrity } from '../message-integrity.ts';
import type { StunCrypto } from '../stun-crypto.ts';
import type { StunMessage } from '../stun-message.ts';
import { encodeUtf8 } from '../utf8.ts';
import { longTermKey, userhash } from './credential-keys.ts';
import { parseNonceCookie } from './nonce-cookie.ts';

/** Why a client gives up on a server that asks for credentials. */
export type CredentialFailure =
  /** The nonce promises password algorithms that somebody on the path removed (RFC 8489 §9.2.1). */
  | 'STUN_BID_DOWN'
  | 'STUN_NO_COMMON_PASSWORD_ALGORITHM'
  /** The server does not accept this username and password. */
  | 'STUN_CREDENTIALS_REFUSED'
  /** The challenge lacks realm or nonce or lists too many algorithms, or the credential is not an OpaqueString. */
  | 'STUN_CHALLENGE_UNUSABLE'
  /** The server calls every nonce stale. */
  | 'STUN_NONCE_LOOP';

/** What to do with a response. */
export type ClientVerdict =
  /** Genuine (or not protected, because the request was not): act on it. */
  | { readonly kind: 'accepted' }
  /** Send the request again in a new transaction, with what {@link LongTermClient.writeCredentials} now writes. */
  | { readonly kind: 'retry' }
  /** As if it had never arrived; over a reliable transport `integrityViolated` ends the transaction (RFC 8489 §9.2.5). */
  | { readonly kind: 'discarded'; readonly integrityViolated: boolean }
  | { readonly kind: 'failed'; readonly code: CredentialFailure };

type ClientState =
  | { readonly kind: 'unchallenged' }
  | {
      readonly kind: 'challenged';
      readonly realm: string;
      readonly nonce: string;
      readonly isAnonymous: boolean;
      /** The server's PASSWORD-ALGORITHMS, echoed byte for byte, and our choice; `undefined` for a server older than RFC 8489. */
      readonly offer: { readonly value: Uint8Array; readonly chosen: PasswordAlgorithm } | undefined;
      readonly key: Uint8Array;
      readonly integrity: IntegrityAlgorithm;
      /** Which challenge this is, counted from 1. */
      readonly generation: number;
      /** Nonces called stale in a row, each while it was the newest. */
      readonly staleCount: number;
    };

const staleLimit = 4;
/** Longest PASSWORD-ALGORITHMS that is returned, in bytes; two algorithms are registered, of 4 bytes each. */
const longestOffer = 256;

/**
 * The client's side of the long-term credential mechanism towards one server (RFC 8489 §9.2.3, §9.2.5): unchallenged, until a 401 brings realm
 * and nonce; then every request is authenticated, and 438 replaces the nonce.
 */
export class LongTermClient {
  private state: ClientState = { kind: 'unchallenged' };
  private readonly credential: { readonly username: string; readonly password: string };
  private readonly crypto: StunCrypto;

  constructor(credential: { readonly username: string; readonly password: string }, crypto: StunCrypto) {
    this.credential = credential;
    this.crypto = crypto;
  }

  /**
   * Which challenge the requests written now answer: 0 for none. Pass it to {@link handleResponse} with the response to them, so that of several
   * requests under way only one counts against a nonce.
   */
  get generation(): number {
    return this.state.kind === 'challenged' ? this.state.generation : 0;
  }

  /**
   * Appends the attributes of RFC 8489 §9.2.3.2 and the message integrity, at most 2400 bytes; nothing before the first challenge. Only FINGERPRINT may
   * follow.
   */
  writeCredentials(builder: MessageBuilder): void {
    const { state } = this;
    if (state.kind === 'unchallenged') return;
    const hash = state.isAnonymous ? userhash(this.crypto, this.credential.username, state.realm) : undefined;
    if (hash === undefined) writeText(builder, 'username', this.credential.username);
    else builder.attribute(stunAttribute.userhash, hash);
    // Returned as they came: a server older than RFC 8489 may choose longer ones than we would.
    builder.attribute(stunAttribute.realm, encodeUtf8(state.realm));
    builder.attribute(stunAttribute.nonce, encodeUtf8(state.nonce));
    if (state.offer !== undefined) {
      builder.attribute(stunAttribute.passwordAlgorithms, state.offer.value);
      writePasswordAlgorithm(builder, state.offer.chosen);
    }
    writeMessageIntegrity(builder, state.integrity, state.key, this.crypto);
  }

  /**
   * Judges a response by RFC 8489 §9.2.5. @param generation what it was when the request was written.
   *
   * Deviation: a response other than 401, 438 and 400 to a request without credentials is accepted as it is, since a server may ask for none.
   */
  handleResponse(response: StunMessage, generation: number): ClientVerdict {
    const error = response.messageClass === 'error' ? readErrorCode(response) : undefined;
    const nonce = readText(response, 'nonce');
    const isBidDown = nonce !== undefined && parseNonceCookie(nonce)?.passwordAlgorithms === true && !response.has(stunAttribute.passwordAlgorithms);
    if (error?.code === 401 || error?.code === 438) {
      return isBidDown ? { kind: 'failed', code: 'STUN_BID_DOWN' } : this.handleChallenge(response, error, generation);
    }
    if (isBidDown) return { kind: 'discarded', integrityViolated: false };
    const { state } = this;
    if (generation === 0 || state.kind === 'unchallenged') {
      return error?.code === 400 ? { kind: 'discarded', integrityViolated: false } : { kind: 'accepted' };
    }
    if (!verifyMessageIntegrity(response, state.integrity, state.key, this.crypto)) {
      const isBare400 = error?.code === 400 && !response.has(stunAttribute.messageIntegrity) && !response.has(stunAttribute.messageIntegritySha256);
      return { kind: 'discarded', integrityViolated: !isBare400 };
    }
    this.state = { ...state, staleCount: 0 };
    return { kind: 'accepted' };
  }

  private handleChallenge(response: StunMessage, error: ErrorCode, generation: number): ClientVerdict {
    const { state } = this;
    if (generation < this.generation) return { kind: 'retry' };
    const nonce = readText(response, 'nonce');
    const realm = readText(response, 'realm') ?? (state.kind === 'challenged' ? state.realm : undefined);
    const value = response.value(stunAttribute.passwordAlgorithms)?.slice();
    if (realm === undefined || nonce === undefined || (value?.length ?? 0) > longestOffer) return { kind: 'failed', code: 'STUN_CHALLENGE_UNUSABLE' };
    const isRepeated = state.kind === 'challenged' && state.realm === realm;
    if (error.code === 401 && isRepeated) return { kind: 'failed', code: 'STUN_CREDENTIALS_REFUSED' };
    const staleCount = state.kind === 'challenged' ? state.staleCount + 1 : 0;
    if (staleCount > staleLimit) return { kind: 'failed', code: 'STUN_NONCE_LOOP' };
    const listed = readPasswordAlgorithms(response);
    const chosen = listed?.map(passwordAlgorithmOf).find((algorithm) => algorithm !== undefined);
    if (value !== undefined && chosen === undefined) return { kind: 'failed', code: 'STUN_NO_COMMON_PASSWORD_ALGORITHM' };
    const offer = value === undefined || chosen === undefined ? undefined : { value, chosen };
    const key = longTermKey(this.crypto, chosen ?? 'md5', { ...this.credential, realm });
    if (key === undefined) return { kind: 'failed', code: 'STUN_CHALLENGE_UNUSABLE' };
    const isAnonymous = parseNonceCookie(nonce)?.usernameAnonymity === true;
    this.state = { kind: 'challenged', realm, nonce, isAnonymous, offer, key, integrity: offer === undefined ? 'sha1' : 'sha256', generation: generation + 1, staleCount };
    return { kind: 'retry' };
  }
}
