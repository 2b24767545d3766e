import type { Logger, Metrics } from '@dialplane/telemetry';
import type { Store } from '@dialplane/store';
import { AccessTokens, accessTokenKind, type AccessTokenVerification, type IssueAccessTokenRequest, type IssueAccessTokenResult, tokenScopes } from './access-tokens.ts';
import { CallbackTokens } from './callback-tokens.ts';
import { Listeners } from './listeners.ts';
import { OperatorSessions, operatorTokenKind, type OperatorToken, type OperatorTokenVerification } from './operator-sessions.ts';
import { type AccessKey, type AccessKeyName, type Resource, Resources } from './resources.ts';
import { Rooms } from './rooms/rooms.ts';
import { SignInLinks, type SignInCode } from './sign-in-links.ts';
import { type PublicJwk, signingAlgorithm, SigningKeys } from './signing-keys.ts';
import { TokenSigner } from './token-signer.ts';
import { type DevelopmentUser, Users } from './users.ts';

export interface IdentityOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The public origin of a resource (`https://calls.example.org:8443`), asked for whenever a token is issued. */
  readonly endpoint: (resource: Resource) => string;
  /** Wall clock in milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
}

export interface SignInOptions {
  /** 1..256 characters after trimming, none of them a control character. */
  readonly displayName: string;
  /** Also gives an operator token. */
  readonly operator: boolean;
  /** The default resource where absent. */
  readonly resourceId?: string;
}

export interface LinkSignInOptions extends Pick<SignInOptions, 'displayName' | 'resourceId'> {
  /** Of {@link Identity.createSignInLink}. */
  readonly code: string;
}

interface SignedIn {
  readonly ok: true;
  readonly identifier: string;
  readonly displayName: string;
  readonly accessToken: string;
  readonly expiresOn: Date;
  /** A token of an operator session; {@link Identity.renewOperatorToken} makes the next one. */
  readonly operatorToken?: string;
}

export type SignInResult = SignedIn | { readonly ok: false; readonly code: 'DISPLAY_NAME_INVALID' };
export type LinkSignInResult = SignedIn | { readonly ok: false; readonly code: 'DISPLAY_NAME_INVALID' | 'SIGN_IN_CODE_INVALID' | 'DISPLAY_NAME_TAKEN' };

const cachedAccessTokens = 20_000;
const cachedOperatorTokens = 1_000;
const maxDisplayNameLength = 256;
const listedUsers = 100;

/** Who may do what on this server. Failures of the store are `StoreError`; everything else a caller can cause is a value. */
export class Identity {
  readonly resources: Pick<Resources, 'list' | 'get' | 'default' | 'forHost' | 'accessKeys' | 'create' | 'setAllowedOrigins'>;
  /** By which applications know requests of this server. */
  readonly callbackTokens: CallbackTokens;
  /** Who is invited where, when, and in which role. */
  readonly rooms: Rooms;
  readonly #store: Store;
  readonly #resources: Resources;
  readonly #signingKeys: SigningKeys;
  readonly #users: Users;
  readonly #accessTokens: AccessTokens;
  readonly #operators: OperatorSessions;
  readonly #links: SignInLinks;
  readonly #logger: Logger;
  readonly #countVerification: (kind: 'access' | 'operator', outcome: VerificationOutcome) => void;
  readonly #revoked: Listeners<[identifier: string]>;
  readonly #deleted: Listeners<[identifier: string]>;

  private constructor(options: IdentityOptions, parts: { readonly resources: Resources; readonly signingKeys: SigningKeys; readonly operators: OperatorSessions; readonly callbackTokens: CallbackTokens }) {
    const now = options.now ?? Date.now;
    this.resources = parts.resources;
    this.callbackTokens = parts.callbackTokens;
    this.#store = options.store;
    this.#resources = parts.resources;
    this.#signingKeys = parts.signingKeys;
    this.#operators = parts.operators;
    this.#users = new Users(options.store, now);
    const signer = new TokenSigner(parts.signingKeys, accessTokenKind, now, cachedAccessTokens);
    this.#accessTokens = new AccessTokens({ signer, users: this.#users, resources: parts.resources, endpoint: options.endpoint, now });
    this.#links = new SignInLinks(options.store, now);
    this.#logger = options.logger;
    const counter = options.metrics.counter({
      name: 'tokens_verified_total', help: 'Tokens verified, by kind and outcome.',
      labels: { kind: ['access', 'operator'], outcome: ['ok', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'] },
    });
    this.#countVerification = (kind, outcome) => counter.increment({ kind, outcome });
    const logError = (err: unknown): void => this.#logger.error({ err }, 'A listener of identity failed.');
    this.#revoked = new Listeners(logError);
    this.#deleted = new Listeners(logError);
    this.rooms = new Rooms({ store: options.store, now, onListenerError: logError });
  }

  /** Loads keys and resources. The first start makes one resource and one signing key. */
  static async open(options: IdentityOptions): Promise<Identity> {
    const now = options.now ?? Date.now;
    const [resources, signingKeys] = await Promise.all([Resources.open(options.store, now), SigningKeys.open(options.store, now)]);
    const operators = await OperatorSessions.open(options.store, new TokenSigner(signingKeys, operatorTokenKind, now, cachedOperatorTokens), now);
    const callbackTokens = await CallbackTokens.open(options.store, () => options.endpoint(resources.default), now);
    return new Identity(options, { resources, signingKeys, operators, callbackTokens });
  }

  async verifyAccessToken(token: string): Promise<AccessTokenVerification> {
    const verification = await this.#accessTokens.verify(token);
    this.#countVerification('access', verification.ok ? 'ok' : verification.code);
    return verification;
  }

  async verifyOperatorToken(token: string): Promise<OperatorTokenVerification> {
    const verification = await this.#operators.verify(token);
    this.#countVerification('operator', verification.ok ? 'ok' : verification.code);
    return verification;
  }

  /** Makes a user and returns its raw identifier, `8:acs:<resource>_<user>`. */
  createUser(options: { readonly resourceId: string }): Promise<string> {
    return this.#users.create(options.resourceId);
  }

  async userExists(identifier: string): Promise<boolean> {
    return (await this.#users.state(identifier)) !== undefined;
  }

  /** The name of a development user; `undefined` for everybody else. */
  async displayNameOf(identifier: string): Promise<string | undefined> {
    return (await this.#users.state(identifier))?.displayName;
  }

  issueAccessToken(request: IssueAccessTokenRequest): Promise<IssueAccessTokenResult> {
    return this.#accessTokens.issue(request);
  }

  /** Makes every access token issued until now invalid, at once. False when there is no such user. */
  async revokeTokens(identifier: string): Promise<boolean> {
    const existed = await this.#users.beginTokenGeneration(identifier);
    if (!existed) return false;
    this.#logger.info({ identifier }, 'The tokens of a user were revoked.');
    this.#revoked.call(identifier);
    return true;
  }

  /** Deletes a user with all tokens, operator sessions and invitations to rooms. False when there is no such user. */
  async deleteUser(identifier: string): Promise<boolean> {
    const existed = await this.#users.delete(identifier);
    if (!existed) return false;
    await this.#operators.endAllOf(identifier);
    this.#logger.info({ identifier }, 'A user was deleted.');
    this.#revoked.call(identifier);
    this.#deleted.call(identifier);
    await this.rooms.forgetUser(identifier);
    return true;
  }

  /**
   * Calls `listener` when the tokens of a user became invalid: revoked, deleted, or issued with an access key that was replaced
   * (then for users whose tokens were seen lately). Returns how to stop listening.
   */
  onRevoked(listener: (identifier: string) => void): () => void {
    return this.#revoked.add(listener);
  }

  /** Calls `listener` after a user was deleted, after those of {@link onRevoked}. Returns how to stop listening. */
  onUserDeleted(listener: (identifier: string) => void): () => void {
    return this.#deleted.add(listener);
  }

  /** Replaces an access key; tokens issued with the old one are invalid at once, as in Azure. */
  async rotateAccessKey(resourceId: string, name: AccessKeyName): Promise<AccessKey> {
    const key = await this.#resources.rotateKey(resourceId, name);
    this.#logger.info({ resourceId, name }, 'An access key was replaced.');
    for (const identifier of this.#accessTokens.identifiersWithOldKeys()) this.#revoked.call(identifier);
    return key;
  }

  /** Signs with a fresh key; tokens signed before stay valid until they expire. */
  async rotateSigningKey(): Promise<void> {
    await this.#signingKeys.rotate();
    this.#logger.info({ kid: this.#signingKeys.current.kid }, 'The signing key was replaced.');
  }

  /**
   * Signs somebody in by name on the server's own word: the same name is the same user, on as many devices as they like. The
   * caller decides who may (a loopback connection from our own page), and must refuse pages of other origins.
   */
  async signIn({ displayName: given, operator, resourceId = this.#resources.default.id }: SignInOptions): Promise<SignInResult> {
    const displayName = validName(given);
    if (displayName === undefined) return { ok: false, code: 'DISPLAY_NAME_INVALID' };
    const user = await this.#store.transaction(async (transaction) =>
      (await this.#users.findByName(transaction, resourceId, displayName)) ?? this.#users.createNamed(transaction, resourceId, displayName));
    return this.#admit(user, operator);
  }

  /**
   * Signs in whoever has the code of a link, and uses it up; a link is good for another try as long as nobody is signed in.
   *
   * A link is a way in, and no way into what somebody else has: it makes a new user, and a name that is taken is refused. Only
   * an operator's link signs in as the user of that name, for the second device of who runs the server and could read
   * everything anyway.
   */
  async signInByLink({ displayName: given, code, resourceId = this.#resources.default.id }: LinkSignInOptions): Promise<LinkSignInResult> {
    const displayName = validName(given);
    if (displayName === undefined) return { ok: false, code: 'DISPLAY_NAME_INVALID' };
    const outcome = await this.#store.transaction(async (transaction) => {
      const link = await this.#links.find(transaction, code);
      if (link === undefined) return 'SIGN_IN_CODE_INVALID';
      const known = await this.#users.findByName(transaction, resourceId, displayName);
      if (known !== undefined && !link.operator) return 'DISPLAY_NAME_TAKEN';
      await this.#links.useUp(transaction, code);
      return { user: known ?? (await this.#users.createNamed(transaction, resourceId, displayName)), operator: link.operator };
    });
    return typeof outcome === 'string' ? { ok: false, code: outcome } : this.#admit(outcome.user, outcome.operator);
  }

  /** Development users whose name contains `query` (all without one), by name; 100 at most. */
  listDevelopmentUsers(query = '', resourceId: string = this.#resources.default.id): Promise<readonly DevelopmentUser[]> {
    return this.#users.listByName(resourceId, query, listedUsers);
  }

  /** Makes a code for one sign-in within an hour. `operator` says whether whoever has it may operate the server. */
  createSignInLink(options: { readonly operator: boolean }): Promise<SignInCode> {
    return this.#links.create(options.operator);
  }

  /** Begins an operator session for who is not a user, such as the command line. Tokens last an hour and can be renewed for twelve. */
  beginOperatorSession(operatorId: string): Promise<OperatorToken> {
    return this.#operators.begin(operatorId);
  }

  renewOperatorToken(token: string): ReturnType<OperatorSessions['renew']> {
    return this.#operators.renew(token);
  }

  endOperatorSession(token: string): Promise<void> {
    return this.#operators.end(token);
  }

  /** The document of `/.well-known/jwks.json` (RFC 7517 §5): with it, others can verify our tokens. */
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.#signingKeys.publicKeys() };
  }

  /** The document of `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §3) for an endpoint. */
  openidConfiguration(endpoint: string): Readonly<Record<string, unknown>> {
    return {
      issuer: endpoint,
      jwks_uri: `${endpoint}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: [signingAlgorithm],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      scopes_supported: tokenScopes,
      claims_supported: ['skypeid', 'acsScope', 'resourceId', 'endpoint', 'iss', 'aud', 'jti', 'iat', 'exp'],
    };
  }

  async #admit(user: DevelopmentUser, operator: boolean): Promise<SignedIn> {
    const issued = await this.#accessTokens.issue({ identifier: user.identifier, scopes: ['voip'] });
    if (!issued.ok) throw new Error(`invariant: a user who just signed in gets a token, but ${issued.code}`);
    const operatorToken = operator ? { operatorToken: (await this.#operators.begin(user.identifier)).token } : {};
    this.#logger.info({ identifier: user.identifier, operator }, 'A development user signed in.');
    return { ok: true, ...user, accessToken: issued.token, expiresOn: issued.expiresOn, ...operatorToken };
  }
}

/** A name as it is kept; `undefined` when it is none. */
function validName(given: string): string | undefined {
  const name = given.trim();
  return name === '' || name.length > maxDisplayNameLength || /\p{Cc}/u.test(name) ? undefined : name;
}

type VerificationOutcome = 'ok' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED';
