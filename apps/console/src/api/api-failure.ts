import type { ApiErrorCode, ErrorResponse } from '@dialplane/calling-api';

/** Codes that this console adds to those of the server. */
export type ClientErrorCode = 'SERVER_UNREACHABLE' | 'RESPONSE_UNREADABLE';

/** A request that did not succeed: a stable code, and a sentence for the person in front of the screen. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly code: ApiErrorCode | ClientErrorCode | (string & {});
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The field or object at fault, where the server names one. */
  readonly target: string | undefined;

  constructor(code: ApiFailure['code'], message: string, status: number, target?: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.target = target;
  }
}

/** The failure in an answer with status 4xx or 5xx; whatever a proxy on the way made of the body. */
export function failureOf(status: number, body: unknown): ApiFailure {
  const error = (body as Partial<ErrorResponse> | null)?.error;
  if (typeof error?.code === 'string' && typeof error.message === 'string') return new ApiFailure(error.code, error.message, status, error.target);
  return new ApiFailure('RESPONSE_UNREADABLE', `The server answered ${status} without saying why. Is something between this browser and the server?`, status);
}

/** What to show of anything that was thrown: by the API, by the client library, by the browser. */
export interface FailureText {
  readonly code: string;
  readonly sentence: string;
}

/** Never empty, never a stack. Errors of the client library carry `code`/`subCode` and sometimes a stable `errorCode`. */
export function describeFailure(error: unknown): FailureText {
  if (error instanceof ApiFailure) return { code: error.code, sentence: error.target === undefined ? error.message : `${error.message} (${error.target})` };
  if (error instanceof Error) {
    const { code, subCode, errorCode } = error as { code?: unknown; subCode?: unknown; errorCode?: unknown };
    if (typeof errorCode === 'string') return { code: errorCode, sentence: error.message };
    if (typeof code === 'number') return { code: `${code}/${typeof subCode === 'number' ? subCode : 0}`, sentence: error.message };
    return { code: error.name, sentence: error.message };
  }
  return { code: 'UNKNOWN', sentence: String(error) };
}
