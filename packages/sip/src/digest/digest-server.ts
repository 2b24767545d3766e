import type { Instant } from '@dialplane/sansio';
import { encodeUtf8, equalInConstantTime } from '@dialplane/stun';
import type { SipRequest } from '../message/sip-message.ts';
import { isSameHost } from '../uri/host.ts';
import { parseSipUri } from '../uri/sip-uri.ts';
import { parseAuthParameters, writeDigestParameters } from './auth-parameters.ts';
import type { DigestNonces } from './digest-nonces.ts';
import { digestResponse } from './digest-response.ts';
import type { DigestAlgorithm, SipCrypto } from './sip-crypto.ts';

export interface DigestServerOptions {
  readonly realm: string;
  readonly crypto: SipCrypto;
  readonly nonces: DigestNonces;
  /** What is offered, in the order of preference (RFC 8760 §2.3). Default SHA-256, then MD5 for telephones that know no other. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** H(A1) of a user (`digestSecret`), in hexadecimal; `undefined` for users that there are not. */
  secretOf(username: string, algorithm: DigestAlgorithm): string | undefined;
}

/** What credentials are worth. A `challenge` is answered with 401 or 407 and {@link DigestServer.challenges}. */
export type DigestVerdict =
  | { readonly kind: 'authenticated'; readonly username: string; readonly algorithm: DigestAlgorithm }
  | { readonly kind: 'challenge'; readonly why: 'absent' | 'wrong' | 'stale' }
  | { readonly kind: 'malformed' };

/** Where a request has its credentials: for a user agent server (401), or for a proxy (407). */
export type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';

/** Credentials for other realms beside ours, at most: each costs reading. */
const credentialsLimit = 8;

/**
 * The server's side of digest authentication (RFC 3261 §22, RFC 8760), with quality of protection `auth`. Says nothing about whether a user exists: an unknown one takes
 * the same way and time as a wrong password.
 */
export class DigestServer {
  private readonly options: DigestServerOptions;
  private readonly algorithms: readonly DigestAlgorithm[];
  /** How every challenge begins. */
  private readonly realm: string;

  constructor(options: DigestServerOptions) {
    this.options = options;
    this.algorithms = options.algorithms ?? ['SHA-256', 'MD5'];
    this.realm = writeDigestParameters(new Map([['realm', options.realm]]), true);
  }

  /** Values of WWW-Authenticate or Proxy-Authenticate, a line for each algorithm, most preferred first. */
  challenges(isStale: boolean, now: Instant): readonly string[] {
    const nonce = this.options.nonces.issue(now);
    return this.algorithms.map((algorithm) => `${this.realm}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${isStale ? ', stale=true' : ''}`);
  }

  /** Checks the credentials that the request has for our realm. */
  check(request: SipRequest, header: CredentialsHeader, now: Instant): DigestVerdict {
    for (const value of request.headers.all(header).slice(0, credentialsLimit)) {
      // Other schemes are as good as no credentials (RFC 4475 §3.3.7).
      if (!/^digest(?:\s|$)/i.test(value)) continue;
      const credentials = parseAuthParameters(value);
      if (credentials === undefined) return { kind: 'malformed' };
      if (credentials.parameters.get('realm') === this.options.realm) return this.checkOne(request, credentials.parameters, now);
    }
    return { kind: 'challenge', why: 'absent' };
  }

  private checkOne(request: SipRequest, parameters: ReadonlyMap<string, string>, now: Instant): DigestVerdict {
    const [username, nonce, uri, response] = ['username', 'nonce', 'uri', 'response'].map((name) => parameters.get(name));
    if (username === undefined || nonce === undefined || uri === undefined || response === undefined || !isUriOf(request, uri)) return { kind: 'malformed' };
    const algorithm = this.algorithms.find((one) => one === (parameters.get('algorithm') ?? 'MD5').toUpperCase());
    const nonceCount = parameters.get('nc') ?? '';
    const clientNonce = parameters.get('cnonce');
    // Without a count there is nothing to tell a second use of the nonce by: quality of protection is not optional (RFC 8760 §2.6).
    if (algorithm === undefined || parameters.get('qop') !== 'auth' || clientNonce === undefined || !/^[0-9a-f]{8}$/i.test(nonceCount)) return { kind: 'challenge', why: 'wrong' };
    const secret = this.options.secretOf(username, algorithm);
    const protection = { qop: 'auth', nonceCount, clientNonce } as const;
    const expected = digestResponse(this.options.crypto, { secret: secret ?? '', algorithm, isSession: false, nonce, protection, method: request.method, uri, body: request.body });
    const isRight = equalInConstantTime(encodeUtf8(response.toLowerCase()), encodeUtf8(expected));
    if (!isRight || secret === undefined) return { kind: 'challenge', why: 'wrong' };
    const { nonces } = this.options;
    if (!nonces.isValid(nonce, now) || nonces.use(nonce, Number.parseInt(nonceCount, 16), now) === 'stale') return { kind: 'challenge', why: 'stale' };
    return { kind: 'authenticated', username, algorithm };
  }
}

/** RFC 8760 §2.6, 6: the URI of the credentials names the user and host of the Request-URI. Telephones differ in parameters and ports. */
function isUriOf(request: SipRequest, uri: string): boolean {
  if (uri === request.uri) return true;
  const [ours, theirs] = [parseSipUri(request.uri), parseSipUri(uri)];
  return ours !== undefined && theirs !== undefined && ours.user === theirs.user && isSameHost(ours.host, theirs.host);
}
