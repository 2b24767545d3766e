import { randomBytes } from 'node:crypto';
import { reusableStatement, type Schema, type Statement, type Store } from '@dialplane/store';
import type { Logger } from '@dialplane/telemetry';
import type { RelayGrant } from '../relay-grant.ts';
import type { RelayPlane } from '../relay-plane.ts';
import { GrantIndex } from './grant-index.ts';
import { turnPassword, turnUsername } from './turn-password.ts';

export interface RelayCredentialsOptions {
  readonly store: Store;
  readonly logger: Logger;
  /** What passwords are made with; the plane has the same. */
  readonly secret: string;
  /** Wall clock in milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
  /** Of credentials for a call; 12 hours by default. They are renewed when a third of it is left. */
  readonly callLifetimeMs?: number;
  readonly limits?: Partial<CredentialLimits>;
}

interface CredentialLimits {
  /** Unexpired ones of one user, from all its calls and devices. */
  readonly perUser: number;
  /** Of users and no call, over all; those of calls are as many as participants. */
  readonly withoutCall: number;
}

/** As a client presents it to the relay. */
export interface RelayCredential {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since 1970, in whole seconds. */
  readonly expiresAt: number;
}

export interface Participant {
  readonly resourceId: string;
  readonly userId: string;
  readonly callId: string;
  readonly participantId: string;
}

/** Where grants are put into effect; the plane, once it runs. */
export type GrantTaker = Pick<RelayPlane, 'admit' | 'revoke'>;

const defaultCallLifetimeMs = 12 * 3_600_000;
const defaultLimits: CredentialLimits = { perUser: 256, withoutCall: 100_000 };

/**
 * Who holds which credential of the relay.
 *
 * Asking again gives the same credential until it needs renewal, so a media session can be shown any number of times. Credentials are in the store too, and
 * the next run admits those that have not expired; one that the store could not take works until the process ends, and is minted anew after it.
 */
export class RelayCredentials {
  readonly #options: RelayCredentialsOptions;
  readonly #now: () => number;
  readonly #limits: CredentialLimits;
  readonly #grants = new GrantIndex();
  readonly #statements: ReturnType<typeof credentialStatements>;
  #taker: GrantTaker | undefined;

  private constructor(options: RelayCredentialsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#statements = credentialStatements(options.store);
  }

  /** Takes up the unexpired credentials of the run before. */
  static async open(options: RelayCredentialsOptions): Promise<RelayCredentials> {
    const credentials = new RelayCredentials(options);
    const { store } = options;
    const rows = await store.database.selectFrom('relay_credential').selectAll().where('expires_at', '>', credentials.#now()).execute();
    for (const { id, resource_id, user_id, call_id, participant_id, expires_at } of rows) {
      const call = call_id === null || participant_id === null ? {} : { call: { callId: call_id, participantId: participant_id } };
      credentials.#grants.add({ credentialId: id, resourceId: resource_id, userId: user_id, expiresAt: expires_at, ...call });
    }
    return credentials;
  }

  get size(): number {
    return this.#grants.size;
  }

  /** From now on grants take effect at `taker`, beginning with those there are. */
  attach(taker: GrantTaker): void {
    this.#taker = taker;
    for (const grant of this.#grants.all()) taker.admit(grant);
  }

  /** The credential of a participant of a call. `undefined` when the user has too many. */
  forParticipant({ resourceId, userId, callId, participantId }: Participant): RelayCredential | undefined {
    const current = this.#grants.newestOf(callId, participantId);
    if (current !== undefined && !this.#needsRenewal(current)) return this.#shown(current);
    return this.#mint({ resourceId, userId, call: { callId, participantId } }, this.#callLifetimeMs);
  }

  /**
   * A credential of a user and no call. One that the user has already is given again while more than half of what is asked for is left of it. `undefined`
   * when the user has too many, or all users together.
   */
  forUser({ resourceId, userId }: Pick<Participant, 'resourceId' | 'userId'>, lifetimeMs: number): RelayCredential | undefined {
    const now = this.#now();
    const fits = ({ call, expiresAt }: RelayGrant): boolean => call === undefined && expiresAt > now + lifetimeMs / 2 && expiresAt <= now + lifetimeMs;
    const current = this.#grants.ofUser(userId).find((grant) => grant.resourceId === resourceId && fits(grant));
    return current === undefined ? this.#mint({ resourceId, userId }, lifetimeMs) : this.#shown(current);
  }

  /** Participants whose credential is about to expire: asking for it now gives the next one. */
  dueForRenewal(): ReadonlyArray<NonNullable<RelayGrant['call']>> {
    return this.#grants.newestOfParticipants().filter((grant) => this.#needsRenewal(grant)).flatMap(({ call }) => call ?? []);
  }

  participantLeft(callId: string, participantId: string): void {
    this.#revoke(this.#grants.ofParticipant(callId, participantId));
  }

  callEnded(callId: string): void {
    this.#revoke(this.#grants.ofCall(callId));
  }

  /** Revokes what belongs to calls that do not run: a call may have ended without the store learning all of it. */
  keepCalls(isRunning: (callId: string) => boolean): void {
    for (const callId of this.#grants.callIds()) if (!isRunning(callId)) this.callEnded(callId);
  }

  userDeleted(userId: string): void {
    this.#revoke(this.#grants.ofUser(userId));
  }

  /** Ends everything that the users of a resource relay. */
  resourceDisabled(resourceId: string): void {
    this.#revoke(this.#grants.all().filter((grant) => grant.resourceId === resourceId));
  }

  /** Lets go of what has expired. Credentials of calls stay here until their call ends: what they opened may outlive them. */
  async forgetExpired(): Promise<void> {
    const { database } = this.#options.store;
    for (const grant of this.#grants.all()) if (grant.call === undefined && grant.expiresAt <= this.#now()) this.#grants.delete(grant);
    await this.#options.store.write([database.deleteFrom('relay_credential').where('expires_at', '<=', this.#now())]);
  }

  get #callLifetimeMs(): number {
    return this.#options.callLifetimeMs ?? defaultCallLifetimeMs;
  }

  #needsRenewal({ expiresAt }: RelayGrant): boolean {
    return expiresAt - this.#now() < this.#callLifetimeMs / 3;
  }

  #mint(owner: Omit<RelayGrant, 'credentialId' | 'expiresAt'>, lifetimeMs: number): RelayCredential | undefined {
    if (owner.call === undefined && this.#grants.countWithoutCall >= this.#limits.withoutCall) return undefined;
    if (this.#grants.ofUser(owner.userId).length >= this.#limits.perUser) return undefined;
    const expiresAt = Math.floor((this.#now() + lifetimeMs) / 1000) * 1000;
    const grant: RelayGrant = { credentialId: randomBytes(16).toString('base64url'), expiresAt, ...owner };
    this.#grants.add(grant);
    this.#taker?.admit(grant);
    this.#keep(this.#statements.put({
      id: grant.credentialId, resource_id: grant.resourceId, user_id: grant.userId, expires_at: expiresAt,
      call_id: grant.call?.callId ?? null, participant_id: grant.call?.participantId ?? null,
    }));
    return this.#shown(grant);
  }

  #revoke(grants: readonly RelayGrant[]): void {
    if (grants.length === 0) return;
    for (const grant of grants) {
      this.#grants.delete(grant);
      this.#taker?.revoke(grant.credentialId);
    }
    this.#keep(...grants.map(({ credentialId }) => this.#statements.delete({ id: credentialId })));
  }

  #shown({ credentialId, expiresAt }: RelayGrant): RelayCredential {
    const username = turnUsername(credentialId, expiresAt);
    return { username, password: turnPassword(this.#options.secret, username), expiresAt };
  }

  /** A change that the store does not take is good for this run all the same. */
  #keep(...statements: readonly Statement[]): void {
    const { store, logger } = this.#options;
    store.write(statements).catch((error: unknown) => logger.warn({ err: error }, 'A change of the relay\'s credentials could not be stored; it holds until the server is restarted.'));
  }
}

/** The statements of every call's path. */
function credentialStatements({ database }: Store) {
  return {
    put: reusableStatement<Schema['relay_credential']>(['id', 'resource_id', 'user_id', 'call_id', 'participant_id', 'expires_at'], (row) => database.insertInto('relay_credential').values(row)),
    delete: reusableStatement<Pick<Schema['relay_credential'], 'id'>>(['id'], ({ id }) => database.deleteFrom('relay_credential').where('id', '=', id)),
  };
}
