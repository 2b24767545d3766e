import type { Randomness } from '@dialplane/sansio';
import type { SipHeaders } from '../message/sip-headers.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { parseAuthParameters, writeDigestParameters } from './auth-parameters.ts';
import { digestResponse, digestSecret } from './digest-response.ts';
import { type DigestAlgorithm, digestAlgorithms, type SipCrypto } from './sip-crypto.ts';

export interface DigestClientOptions {
  readonly crypto: SipCrypto;
  readonly randomness: Randomness;
  /** Who we are in a realm; `undefined` where we are nobody. */
  credentialsFor(realm: string): DigestCredentials | undefined;
}

export interface DigestCredentials {
  readonly username: string;
  readonly password: string;
}

/** `answerable`: send the request again, with a new CSeq, after `authorize`. `refused`: our credentials are wrong. `unanswerable`: no challenge that we understand, or no credentials. */
export type ChallengeVerdict = 'answerable' | 'refused' | 'unanswerable';

/** A challenge that we can answer. */
interface Challenge {
  readonly header: 'Authorization' | 'Proxy-Authorization';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** As it is named, with `-sess` where it is; `undefined` where the challenge names none. */
  readonly algorithmName: string | undefined;
  readonly qop: 'auth' | 'auth-int' | undefined;
  readonly isStale: boolean;
}

/** Realms that one client answers, at most. */
const realmLimit = 8;

/**
 * The client's side of digest authentication (RFC 3261 §22, RFC 8760 §2.4): of the challenges of a realm the topmost that it understands. Remembers challenges with their nonce
 * counts, so that later requests carry credentials at once.
 */
export class DigestClient {
  private readonly options: DigestClientOptions;
  private readonly challenges = new Map<string, { readonly challenge: Challenge; count: number }>();

  constructor(options: DigestClientOptions) {
    this.options = options;
  }

  /** Takes the challenges of a 401 or 407. @param request as it was sent. */
  handleChallenge(response: SipResponse, request: SipRequest): ChallengeVerdict {
    let verdict: ChallengeVerdict = 'unanswerable';
    for (const challenge of challengesOf(response)) {
      if (this.options.credentialsFor(challenge.realm) === undefined) continue;
      const key = keyOf(challenge);
      if (!challenge.isStale && wasAnsweredAnew(request, challenge)) return 'refused';
      if (this.challenges.size >= realmLimit && !this.challenges.has(key)) continue;
      this.challenges.set(key, { challenge, count: 0 });
      verdict = 'answerable';
    }
    return verdict;
  }

  /** Puts credentials for all challenges that are known into the headers of a request, in place of those that are there. */
  authorize(request: SipRequest, headers: SipHeaders): void {
    headers.remove('Authorization');
    headers.remove('Proxy-Authorization');
    for (const known of this.challenges.values()) {
      const credentials = this.options.credentialsFor(known.challenge.realm);
      if (credentials === undefined) continue;
      known.count += 1;
      headers.add(known.challenge.header, this.credentialsText(known.challenge, known.count, credentials, request));
    }
  }

  private credentialsText(challenge: Challenge, count: number, credentials: DigestCredentials, request: SipRequest): string {
    const { realm, nonce, algorithm, algorithmName, qop } = challenge;
    const { crypto, randomness } = this.options;
    const nonceCount = count.toString(16).padStart(8, '0');
    const clientNonce = [randomness.nextUint32(), randomness.nextUint32()].map((word) => word.toString(16).padStart(8, '0')).join('');
    const isSession = algorithmName?.toLowerCase().endsWith('-sess') ?? false;
    const response = digestResponse(crypto, {
      secret: digestSecret(crypto, algorithm, { ...credentials, realm }),
      algorithm,
      isSession,
      nonce,
      protection: qop === undefined ? undefined : { qop, nonceCount, clientNonce },
      method: request.method,
      uri: request.uri,
      body: request.body,
    });
    const parameters = new Map([['username', credentials.username], ['realm', realm], ['nonce', nonce], ['uri', request.uri], ['response', response]]);
    if (algorithmName !== undefined) parameters.set('algorithm', algorithmName);
    if (qop !== undefined) parameters.set('cnonce', clientNonce).set('qop', qop).set('nc', nonceCount);
    if (challenge.opaque !== undefined) parameters.set('opaque', challenge.opaque);
    return writeDigestParameters(parameters, false);
  }
}

/** The topmost challenge of each realm and header field that we understand (RFC 8760 §2.4). */
function challengesOf(response: SipResponse): readonly Challenge[] {
  const chosen = new Map<string, Challenge>();
  for (const [from, header] of [['WWW-Authenticate', 'Authorization'], ['Proxy-Authenticate', 'Proxy-Authorization']] as const) {
    for (const value of response.headers.all(from)) {
      const challenge = readChallenge(value, header);
      if (challenge !== undefined && !chosen.has(keyOf(challenge))) chosen.set(keyOf(challenge), challenge);
    }
  }
  return [...chosen.values()];
}

function readChallenge(value: string, header: Challenge['header']): Challenge | undefined {
  const read = parseAuthParameters(value);
  const realm = read?.parameters.get('realm');
  const nonce = read?.parameters.get('nonce');
  if (read === undefined || read.scheme !== 'digest' || realm === undefined || nonce === undefined) return undefined;
  const algorithmName = read.parameters.get('algorithm');
  const plain = (algorithmName ?? 'MD5').toUpperCase().replace(/-SESS$/, '');
  const algorithm = digestAlgorithms.find((one) => one === plain);
  const offered = read.parameters.get('qop')?.toLowerCase().split(',').map((option) => option.trim());
  const qop = offered === undefined ? undefined : (['auth', 'auth-int'] as const).find((option) => offered.includes(option));
  const isSession = plain !== (algorithmName ?? 'MD5').toUpperCase();
  if (algorithm === undefined || (qop === undefined && (offered !== undefined || isSession))) return undefined;
  const isStale = read.parameters.get('stale')?.toLowerCase() === 'true';
  return { header, realm, nonce, opaque: read.parameters.get('opaque'), algorithm, algorithmName, qop, isStale };
}

/**
 * Whether the request had credentials made for the realm's latest challenge, so that another one says they are wrong. Credentials made with a nonce that was used before
 * may just be too old: not every server says `stale`.
 */
function wasAnsweredAnew(request: SipRequest, challenge: Challenge): boolean {
  return request.headers.all(challenge.header).some((value) => {
    const parameters = parseAuthParameters(value)?.parameters;
    return parameters?.get('realm') === challenge.realm && Number.parseInt(parameters.get('nc') ?? '1', 16) === 1;
  });
}

function keyOf(challenge: Challenge): string {
  return `${challenge.header} ${challenge.realm}`;
}
