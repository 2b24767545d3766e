import { nodeCrypto } from '@dialplane/kernels';
import { longTermKey, type LongTermCredentialSource, type PasswordAlgorithm } from '@dialplane/stun';
import { parseTurnUsername, turnPassword } from '../../credentials/turn-password.ts';
import type { RelayGrant } from '../../relay-grant.ts';

interface Admitted {
  readonly grant: RelayGrant;
  /** Usernames that opened allocations with it; more than one where its expiry was moved. */
  readonly usernames: Set<string>;
  /** Of the username used last. */
  keys: { readonly username: string; readonly md5?: Uint8Array; readonly sha256?: Uint8Array };
}

export interface GrantsOptions {
  readonly secret: string;
  readonly realm: string;
  /** Takes in what the other thread has admitted or revoked and this one has not heard of yet. */
  readonly catchUp: () => void;
  /** Whether a username holds allocations: those may be kept up after it has expired. */
  readonly holds: (username: string) => boolean;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** The credentials that work, and the keys of their usernames. */
export class Grants implements LongTermCredentialSource {
  private readonly options: GrantsOptions;
  private readonly byId = new Map<string, Admitted>();

  constructor(options: GrantsOptions) {
    this.options = options;
  }

  /** Admits a grant, or gives one that is known a new expiry. */
  admit(grant: RelayGrant): void {
    const known = this.byId.get(grant.credentialId);
    this.byId.set(grant.credentialId, { grant, usernames: known?.usernames ?? new Set(), keys: known?.keys ?? { username: '' } });
  }

  /** Forgets a grant. @returns the usernames that may hold allocations by it. */
  revoke(credentialId: string): Iterable<string> {
    const usernames = this.byId.get(credentialId)?.usernames ?? [];
    this.byId.delete(credentialId);
    return usernames;
  }

  /**
   * The key of a username whose grant is admitted and which names no later expiry than that; after its expiry only while it holds allocations.
   */
  key(username: string, algorithm: PasswordAlgorithm): Uint8Array | undefined {
    const admitted = this.find(username);
    if (admitted === undefined || (this.hasExpired(username) && !this.options.holds(username))) return undefined;
    const { keys } = admitted;
    const known = keys.username === username ? keys[algorithm] : undefined;
    if (known !== undefined) return known;
    const { secret, realm } = this.options;
    const key = longTermKey(nodeCrypto, algorithm, { username, realm, password: turnPassword(secret, username) });
    admitted.keys = { ...(keys.username === username ? keys : { username }), ...(key === undefined ? {} : { [algorithm]: key }) };
    return key;
  }

  /** The grant behind a username that opens an allocation; `undefined` when it may not (any more). */
  open(username: string): RelayGrant | undefined {
    const admitted = this.find(username);
    if (admitted === undefined || this.hasExpired(username)) return undefined;
    admitted.usernames.add(username);
    return admitted.grant;
  }

  /** The grant behind a username, expired or not. */
  grantOf(username: string): RelayGrant | undefined {
    return this.find(username)?.grant;
  }

  /** Forgets grants that have expired and hold nothing. */
  sweep(): void {
    const now = this.options.wallClock();
    for (const [credentialId, { grant, usernames }] of this.byId) {
      for (const username of usernames) if (!this.options.holds(username)) usernames.delete(username);
      if (grant.expiresAt <= now && usernames.size === 0) this.byId.delete(credentialId);
    }
  }

  private find(username: string): Admitted | undefined {
    const parsed = parseTurnUsername(username);
    if (parsed === undefined) return undefined;
    if (!this.byId.has(parsed.credentialId)) this.options.catchUp();
    const admitted = this.byId.get(parsed.credentialId);
    if (admitted === undefined) return undefined;
    if (parsed.expiresAt > admitted.grant.expiresAt) this.options.catchUp();
    const current = this.byId.get(parsed.credentialId);
    return current !== undefined && parsed.expiresAt <= current.grant.expiresAt ? current : undefined;
  }

  private hasExpired(username: string): boolean {
    return (parseTurnUsername(username)?.expiresAt ?? 0) <= this.options.wallClock();
  }
}
