import type { OperationBody, OperationParams, OperationQuery, OperationResponse } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import type { Platform } from '../platform.ts';
import { backoffMs, pause } from './backoff.ts';
import { buildPath, routes, type RoutedOperation } from './routes.ts';
import { readServerError, ServerError } from './server-error.ts';

/** Where access tokens come from. */
export interface TokenSource {
  /** The current token. */
  getToken(): Promise<string>;
  /** The server refused `token`: another one, or undefined when there is none. */
  replaceToken(token: string): Promise<string | undefined>;
}

type Given<Name extends string, Value> = [Value] extends [undefined] ? { readonly [K in Name]?: undefined } : { readonly [K in Name]: Value };

/** What an operation takes. */
export type OperationInput<Id extends RoutedOperation> = Given<'params', OperationParams<Id>> &
  Given<'body', OperationBody<Id>> & { readonly query?: OperationQuery<Id> };

export interface RequestOptions {
  /** Give up after this long, retries included. Default 30 s. */
  readonly timeoutMs?: number;
  /** How long one attempt may take. Default 10 s. */
  readonly attemptTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Let the browser finish the attempt under way when the page is closed; for bodies of less than 64 KiB, larger ones go without. */
  readonly keepalive?: boolean;
}

const defaultTimeoutMs = 30_000;
const defaultAttemptTimeoutMs = 10_000;
/** What browsers keep alive at most, all requests together (Fetch §4.6: 64 KiB), less some room for others. */
const maxKeepaliveBytes = 60_000;
const retryDelays = { firstMs: 250, maxMs: 4000 };

/**
 * The operations of the calling API, over fetch. A command keeps its `Repeatability-Request-ID` through all its retries, so
 * that one whose answer was lost is not carried out twice. Rejects with a {@link ServerError}, or with `SERVER_UNREACHABLE`.
 */
export class ApiClient {
  private readonly platform: Platform;
  private readonly baseUrl: string;
  private readonly tokens: TokenSource;

  constructor(platform: Platform, baseUrl: string, tokens: TokenSource) {
    this.platform = platform;
    this.baseUrl = baseUrl;
    this.tokens = tokens;
  }

  async request<Id extends RoutedOperation>(operation: Id, input: OperationInput<Id>, options: RequestOptions = {}): Promise<OperationResponse<Id>> {
    const { method } = routes[operation];
    const url = this.baseUrl + buildPath(operation, input.params as Record<string, string> | undefined, input.query as Record<string, string> | undefined);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (method !== 'GET') headers['repeatability-request-id'] = this.platform.randomUuid();
    if (input.body !== undefined) headers['content-type'] = 'application/json';
    const body = input.body === undefined ? undefined : JSON.stringify(input.body);
    const keepalive = options.keepalive === true && new TextEncoder().encode(body ?? '').length <= maxKeepaliveBytes;
    const init: RequestInit = { method, headers, keepalive, ...(body === undefined ? {} : { body }) };
    const response = await this.retrying(url, init, options);
    if (response.status === 204) return undefined as OperationResponse<Id>;
    try {
      return (await response.json()) as OperationResponse<Id>;
    } catch (error) {
      throw clientError('RESPONSE_MALFORMED', { cause: error });
    }
  }

  /** Opens the event stream of an endpoint; one attempt, for the caller to repeat. The answer's body is not read. */
  async openEvents(endpointId: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
    return await this.authorized(this.baseUrl + buildPath('receiveEvents', { endpointId }), { headers, signal, cache: 'no-store' });
  }

  private async retrying(url: string, init: RequestInit, options: RequestOptions): Promise<Response> {
    const { clock, logger, random } = this.platform;
    const deadline = clock.now() + (options.timeoutMs ?? defaultTimeoutMs);
    const stop = options.signal ?? new AbortController().signal;
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.attempt(url, init, options, Math.min(options.attemptTimeoutMs ?? defaultAttemptTimeoutMs, deadline - clock.now()));
      } catch (error) {
        const isFinal = error instanceof ServerError ? !error.isRetryable : !isNetworkFailure(error);
        const waitMs = (error instanceof ServerError ? error.retryAfterMs : undefined) ?? backoffMs(failures, retryDelays, random);
        if (isFinal || stop.aborted || clock.now() + waitMs >= deadline) throw asCallingError(error);
        logger.info(`${init.method} ${url} failed, next attempt in ${Math.round(waitMs)} ms`);
        await pause(clock, waitMs, stop);
        if (stop.aborted) throw asCallingError(error);
      }
    }
  }

  private async attempt(url: string, init: RequestInit, options: RequestOptions, timeoutMs: number): Promise<Response> {
    const abort = new AbortController();
    const cancel = this.platform.clock.after(timeoutMs, () => {
      abort.abort(new DOMException('The server did not answer in time.', 'TimeoutError'));
    });
    const forward = () => {
      abort.abort(options.signal?.reason);
    };
    options.signal?.addEventListener('abort', forward);
    try {
      options.signal?.throwIfAborted();
      return await this.authorized(url, { ...init, signal: abort.signal });
    } finally {
      cancel();
      options.signal?.removeEventListener('abort', forward);
    }
  }

  /** One request under the current token, repeated once under another where the server refuses the first. */
  private async authorized(url: string, init: RequestInit): Promise<Response> {
    const token = await this.tokens.getToken();
    const response = await this.send(url, init, token);
    if (response.ok) return response;
    if (response.status === 401) {
      const other = await this.tokens.replaceToken(token);
      if (other !== undefined) {
        const second = await this.send(url, init, other);
        if (second.ok) return second;
        throw await readServerError(second, this.platform.clock.wallClock());
      }
    }
    throw await readServerError(response, this.platform.clock.wallClock());
  }

  private async send(url: string, init: RequestInit, token: string): Promise<Response> {
    const { fetch } = this.platform;
    return await fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
  }
}

/** What fetch throws when there was no answer: a TypeError, or the time-out's own error. */
function isNetworkFailure(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
}

function asCallingError(error: unknown): unknown {
  return isNetworkFailure(error) ? clientError('SERVER_UNREACHABLE', { cause: error }) : error;
}
