import { clientError } from '../communication-services-error.ts';
import type { Clock } from '../platform.ts';
import type { TokenCredential } from '../public/call-client.ts';
import { readAccessToken } from './access-token.ts';
import type { TokenSource } from './api-client.ts';

export interface TokenKeeperOptions {
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** The credential gave another token than before. */
  readonly onReplaced: () => void;
  /** The token has expired, and the credential has no other. */
  readonly onExpired: () => void;
}

/** The credential is asked again when this much of the token's life is left, or half of it where that is less. */
const renewalLeadMs = 120_000;

/**
 * The access token in use. It asks the credential again before the token expires, so that an endpoint without traffic is put
 * under the next token in time; refreshing is the credential's own business.
 */
export class TokenKeeper implements TokenSource {
  private readonly options: TokenKeeperOptions;
  private current: string | undefined;
  private cancelTimer: () => void = () => {};

  constructor(options: TokenKeeperOptions) {
    this.options = options;
  }

  /** Asks the credential; rejects with `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`. */
  async getToken(): Promise<string> {
    let token: string;
    try {
      ({ token } = await this.options.credential.getToken());
    } catch (error) {
      throw clientError('TOKEN_UNAVAILABLE', { cause: error });
    }
    if (token !== this.current) {
      this.watch(token, renewalLeadMs);
      const isReplacement = this.current !== undefined;
      this.current = token;
      if (isReplacement) this.options.onReplaced();
    }
    return token;
  }

  /** Of the token in use; empty before there is one. */
  get scopes(): readonly string[] {
    return this.current === undefined ? [] : readAccessToken(this.current).scopes;
  }

  async replaceToken(token: string): Promise<string | undefined> {
    const other = await this.getToken().catch(() => undefined);
    return other === token ? undefined : other;
  }

  close(): void {
    this.cancelTimer();
  }

  /** Asks the credential `leadMs` before the token expires, and gives up on it when it has expired. */
  private watch(token: string, leadMs: number): void {
    this.cancelTimer();
    const { clock, onExpired } = this.options;
    const leftMs = readAccessToken(token).expiresAt - clock.wallClock();
    const waitMs = Math.max(0, leftMs - Math.min(leadMs, leftMs / 2));
    // A timer's delay is a signed 32-bit number of milliseconds.
    this.cancelTimer = clock.after(Math.min(waitMs, 2 ** 31 - 1), () => {
      void this.getToken().catch(() => undefined).then((next) => {
        if (next !== undefined && next !== token) return;
        const rest = readAccessToken(token).expiresAt - clock.wallClock();
        if (rest <= 0) onExpired();
        else this.cancelTimer = clock.after(Math.min(rest, 10_000), () => this.watch(token, 0));
      });
    });
  }
}
