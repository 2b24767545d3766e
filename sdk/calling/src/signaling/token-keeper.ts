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

/** The credential is asked again when this much of the token's life is left, or half of it where that is less ... */
const renewalLeadMs = 120_000;
/** ... and from then on this often, until it gives another token or this one has expired. */
const renewalIntervalMs = 10_000;
/** A timer's delay is a signed 32-bit number of milliseconds. */
const maxDelayMs = 2 ** 31 - 1;

/**
 * The access token in use. It asks the credential again before the token expires, so that an endpoint without traffic is put
 * under the next token in time; refreshing is the credential's own business.
 */
export class TokenKeeper implements TokenSource {
  private readonly options: TokenKeeperOptions;
  private current: string | undefined;
  private isClosed = false;
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
      const isReplacement = this.current !== undefined;
      this.current = token;
      this.watch(token);
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
    this.isClosed = true;
    this.cancelTimer();
  }

  private watch(token: string): void {
    const leftMs = this.leftMs(token);
    this.askAfter(token, leftMs - Math.min(renewalLeadMs, leftMs / 2));
  }

  private askAfter(token: string, delayMs: number): void {
    this.cancelTimer();
    if (this.isClosed) return;
    const restMs = delayMs - maxDelayMs;
    this.cancelTimer = this.options.clock.after(Math.min(Math.max(0, delayMs), maxDelayMs), () => {
      if (restMs > 0) this.askAfter(token, restMs);
      else void this.ask(token);
    });
  }

  private async ask(token: string): Promise<void> {
    await this.getToken().catch(() => {
      // The token in use is good until it expires.
    });
    if (this.isClosed || token !== this.current) return;
    const leftMs = this.leftMs(token);
    if (leftMs <= 0) this.options.onExpired();
    else this.askAfter(token, Math.min(leftMs, renewalIntervalMs));
  }

  private leftMs(token: string): number {
    return readAccessToken(token).expiresAt - this.options.clock.wallClock();
  }
}
