import { randomBytes } from 'node:crypto';
import { nodeSipCrypto } from '@dialplane/kernels';
import type { Instant } from '@dialplane/sansio';
import { type CredentialsHeader, DigestNonces, DigestServer, type DigestServerOptions, type ProxyDecision, readAddress, parseSipUri, type SipRequest, userOf } from '@dialplane/sip';
import type { SipEdgeDirectory } from '../edge-directory.ts';
import { DigestHabits } from './digest-habits.ts';

type Refusal = Extract<ProxyDecision, { kind: 'respond' }>;

/** Who has proved to be whom. */
export type DigestOutcome =
  | { readonly kind: 'device'; readonly username: string; readonly identifier: string }
  | { readonly kind: 'trunk'; readonly trunkId: string }
  /** Nobody that could be asked for credentials. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Asks telephones of users, and trunks that sign their requests, who they are (RFC 3261 §22). */
export class DigestGate {
  private readonly directory: SipEdgeDirectory;
  private readonly digest: DigestServer;
  /** The same, for telephones that understand one challenge only. */
  private readonly digestWithoutChoice: DigestServer;
  private readonly habits = new DigestHabits();

  constructor(directory: SipEdgeDirectory) {
    this.directory = directory;
    const options: DigestServerOptions = {
      realm: directory.realm,
      crypto: nodeSipCrypto,
      nonces: new DigestNonces({ crypto: nodeSipCrypto, secret: randomBytes(32) }),
      secretOf: (username, algorithm) => {
        const secrets = directory.deviceOf(username)?.secrets ?? directory.trunkOfUsername(username)?.secrets;
        return algorithm === 'MD5' ? secrets?.md5 : algorithm === 'SHA-256' ? secrets?.sha256 : undefined;
      },
    };
    this.digest = new DigestServer(options);
    this.digestWithoutChoice = new DigestServer({ ...options, algorithms: ['MD5'] });
  }

  /** Whether somebody by the name in From could exist; who has credentials has said it there. */
  isClaimed(request: SipRequest): boolean {
    const username = usernameIn(request);
    return username !== undefined && (this.directory.deviceOf(username) !== undefined || this.directory.trunkOfUsername(username) !== undefined);
  }

  /** For a registrar the credentials are in Authorization and asked for with 401, for a proxy in Proxy-Authorization, with 407. */
  check(request: SipRequest, header: CredentialsHeader, now: Instant): DigestOutcome {
    const verdict = this.digest.check(request, header, now);
    if (verdict.kind === 'malformed') return { kind: 'refused', refusal: { kind: 'respond', status: 400, reason: 'Malformed credentials' } };
    if (verdict.kind === 'challenge') {
      if (verdict.why === 'absent' && !this.isClaimed(request)) return { kind: 'unknown' };
      return { kind: 'refused', refusal: this.challenge(request, header, verdict.why, now) };
    }
    this.habits.noteAnswer(request);
    const device = this.directory.deviceOf(verdict.username);
    if (device !== undefined) return { kind: 'device', username: verdict.username, identifier: device.identifier };
    const trunk = this.directory.trunkOfUsername(verdict.username);
    return trunk === undefined ? { kind: 'unknown' } : { kind: 'trunk', trunkId: trunk.trunkId };
  }

  private challenge(request: SipRequest, header: CredentialsHeader, why: 'absent' | 'wrong' | 'stale', now: Instant): Refusal {
    const [status, name] = header === 'Authorization' ? [401, 'WWW-Authenticate'] : [407, 'Proxy-Authenticate'];
    if (why !== 'absent') this.habits.noteAnswer(request);
    const digest = this.habits.canChoose(request) ? this.digest : this.digestWithoutChoice;
    return { kind: 'respond', status, headers: digest.challenges(why === 'stale', now).map((value) => [name, value] as const) };
  }
}

function usernameIn({ headers }: SipRequest): string | undefined {
  const from = readAddress(headers, 'From');
  const uri = from === undefined ? undefined : parseSipUri(from.uri);
  return uri === undefined ? undefined : userOf(uri);
}
