import { apiErrors, type ApiErrorCode, type ErrorResponse } from '@dialplane/calling-api';
import { errorCode } from '@dialplane/telemetry';

/** What makes one occurrence of an error more helpful than its table row. */
export interface ApiErrorDetail {
  /** Replaces the table's sentence. */
  readonly message?: string;
  /** The field or object at fault. */
  readonly target?: string;
  readonly details?: NonNullable<ErrorResponse['error']['details']>;
  /** For errors that may pass: when to try again (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An answer that is an error of the calling API's table; thrown anywhere below the routes. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly isRetryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly body: ErrorResponse;

  constructor(code: ApiErrorCode, detail: ApiErrorDetail = {}) {
    const row = apiErrors[code];
    const message = detail.message ?? row.message;
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = row.status;
    this.isRetryable = row.retryable;
    this.retryAfterSeconds = detail.retryAfterSeconds;
    this.body = {
      error: {
        code,
        message,
        ...(detail.target !== undefined && { target: detail.target }),
        ...(detail.details !== undefined && { details: detail.details }),
      },
    };
  }
}

/** What fastify itself refuses a request with -> our code. */
const fromFastify: Readonly<Record<string, ApiErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_MALFORMED',
  FST_ERR_CTP_INVALID_JSON_BODY: 'REQUEST_MALFORMED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'REQUEST_MALFORMED',
  FST_ERR_BAD_URL: 'ROUTE_NOT_FOUND',
  FST_ERR_NOT_FOUND: 'ROUTE_NOT_FOUND',
};

/** The error to answer with for whatever was thrown; what nobody foresaw is a fault of ours. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError(fromFastify[errorCode(thrown) ?? ''] ?? 'SERVER_FAULT', { cause: thrown });
}
