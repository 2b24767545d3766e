import type { ErrorResponse } from '@dialplane/calling-api';
import { CallingError } from '../communication-services-error.ts';

/** An error the server answered with: its code, HTTP status and sentence. */
export class ServerError extends CallingError {
  readonly status: number;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, errorCode: string, message: string, retryAfterMs: number | undefined) {
    super(errorCode, { code: status, subCode: 0, message });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** The same request may succeed later. */
  get isRetryable(): boolean {
    return retryableStatuses.has(this.status);
  }
}

const retryableStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Reads an answer that is not a success; an answer without an error body (of a proxy, say) keeps its status. */
export async function readServerError(response: Response, nowMs: number): Promise<ServerError> {
  const body: unknown = await response.json().catch(() => undefined);
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), nowMs);
  if (isErrorResponse(body)) return new ServerError(response.status, body.error.code, body.error.message, retryAfterMs);
  return new ServerError(response.status, `HTTP_${response.status}`, `The server answered with status ${response.status}.`, retryAfterMs);
}

/** Milliseconds from seconds or an HTTP date (RFC 9110 §10.2.3), at most a minute; undefined when absent or malformed. */
function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(60_000, Math.max(0, ms));
}

function isErrorResponse(body: unknown): body is ErrorResponse {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' && 'message' in error && typeof error.message === 'string';
}
