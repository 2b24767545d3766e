/**
 * Every error of this surface: our stable code -> HTTP status, Azure's code (what `RestError.code` shows), sentence.
 *
 * Azure's guidelines keep the top-level codes few and put what is more precise into `innererror.code`; ours stands there.
 */
export const azureErrors = {
  AUTHORIZATION_MISSING: { status: 401, azureCode: 'Unauthorized', message: 'The request is not signed. Create the client with a connection string, or with the endpoint and an AzureKeyCredential.' },
  AUTHORIZATION_MALFORMED: { status: 401, azureCode: 'Unauthorized', message: 'The Authorization header is not of the form HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<base64>.' },
  ENTRA_UNSUPPORTED: { status: 401, azureCode: 'Unauthorized', message: 'This server does not accept Microsoft Entra ID tokens. Use the access key: create the client with the connection string.' },
  HEADER_MISSING: { status: 401, azureCode: 'Unauthorized', message: 'A header that must be signed is missing.' },
  DATE_MALFORMED: { status: 401, azureCode: 'Unauthorized', message: 'The x-ms-date header is not a date as RFC 1123 writes it, such as Sun, 22 Nov 2026 10:02:36 GMT.' },
  DATE_OUTSIDE_WINDOW: { status: 401, azureCode: 'Unauthorized', message: 'The x-ms-date header is too far from the time of this server. Check the clock of the machine that signs.' },
  SIGNATURE_MISMATCH: { status: 401, azureCode: 'Unauthorized', message: 'The signature does not match. Check the access key (was it replaced?), and that nothing between client and server changes the Host header, path or query.' },
  CONTENT_HASH_MISMATCH: { status: 401, azureCode: 'Unauthorized', message: 'The body is not the one that was signed: its SHA-256 differs from x-ms-content-sha256. Something between client and server changed it.' },
  RESOURCE_NOT_FOUND: { status: 404, azureCode: 'ResourceNotFound', message: 'No resource of this server has this host. Check the endpoint in the connection string.' },
  API_VERSION_MISSING: { status: 400, azureCode: 'MissingApiVersionParameter', message: 'The query parameter api-version is missing.' },
  API_VERSION_UNSUPPORTED: { status: 400, azureCode: 'UnsupportedApiVersion', message: 'This api-version is not supported. Use 2021-03-07 or later, such as 2023-10-01.' },
  BODY_MALFORMED: { status: 400, azureCode: 'BadRequest', message: 'The request body is not a JSON object.' },
  SCOPES_INVALID: { status: 400, azureCode: 'BadRequest', message: 'Scopes must be a list of: chat, voip, chat.join, chat.join.limited, voip.join.' },
  LIFETIME_INVALID: { status: 400, azureCode: 'BadRequest', message: 'expiresInMinutes must be a whole number from 60 to 1440.' },
  ROUTE_TYPE_INVALID: { status: 400, azureCode: 'BadRequest', message: 'routeType must be any or nearest.' },
  TTL_INVALID: { status: 400, azureCode: 'BadRequest', message: 'ttl must be a whole number of seconds from 1 to 172800.' },
  BODY_TOO_LARGE: { status: 413, azureCode: 'RequestBodyTooLarge', message: 'The request body is larger than this operation accepts.' },
  USER_NOT_FOUND: { status: 404, azureCode: 'IdentityNotFound', message: 'This resource has no such identity. It was deleted, or belongs to another resource.' },
  RATE_LIMITED: { status: 429, azureCode: 'TooManyRequests', message: 'Too many requests to this resource. Try again after the time in Retry-After.' },
  TEAMS_UNSUPPORTED: { status: 501, azureCode: 'NotImplemented', message: 'Teams users are out of scope of this server: it cannot exchange their tokens. Create a user with createUser and issue a token for it.' },
  RELAY_TURNED_OFF: { status: 403, azureCode: 'Forbidden', message: 'The relay is turned off for this resource. An operator can turn it on.' },
  RELAY_UNAVAILABLE: { status: 501, azureCode: 'NotImplemented', message: 'This server runs no relay. Start it without --relay off.' },
  TELEPHONY_UNAVAILABLE: { status: 501, azureCode: 'NotImplemented', message: 'This resource has no telephony: it belongs to the default resource of this server.' },
  CONFIGURATION_UNPROCESSABLE: { status: 422, azureCode: 'UnprocessableConfiguration', message: 'One or more request inputs are not valid.' },
  PHONE_NUMBER_REQUEST_INVALID: { status: 400, azureCode: 'BadRequest', message: 'The request is not one that this operation takes.' },
  PHONE_NUMBER_NOT_FOUND: { status: 404, azureCode: 'NotFound', message: 'This is not a phone number of this resource.' },
  PHONE_NUMBERS_OUT_OF_STOCK: { status: 400, azureCode: 'PhoneNumbersOutOfStock', message: 'The pool of this server has no such phone numbers. An operator can put numbers into it.' },
  SEARCH_NOT_FOUND: { status: 404, azureCode: 'NotFound', message: 'There is no such search; it has expired, or was purchased.' },
  OPERATION_NOT_FOUND: { status: 404, azureCode: 'NotFound', message: 'There is no such operation; operations are remembered for an hour, and not over a restart.' },
  RESERVATION_NOT_FOUND: { status: 404, azureCode: 'NotFound', message: 'There is no such reservation; it has expired, or was deleted.' },
  RESERVATION_FULL: { status: 400, azureCode: 'BadRequest', message: 'A reservation holds 100 phone numbers at most.' },
  TOO_MANY_HELD: { status: 429, azureCode: 'TooManyRequests', message: 'Too many searches or reservations have not expired yet. Purchase or delete some, or wait.' },
  ROOM_REQUEST_INVALID: { status: 400, azureCode: 'BadRequest', message: 'The request is not one that this operation takes.' },
  ROOM_NOT_FOUND: { status: 404, azureCode: 'NotFound', message: 'This resource has no such room. It was deleted, or belongs to another resource.' },
  ROOM_FULL: { status: 400, azureCode: 'BadRequest', message: 'A room has 350 participants at most.' },
  ROOM_LIMIT: { status: 403, azureCode: 'Forbidden', message: 'This resource has as many rooms as there can be. Delete some.' },
  ROOM_REQUEST_REUSED: { status: 412, azureCode: 'PreconditionFailed', message: 'This Repeatability-Request-ID was used before with another request.' },
  CALL_REQUEST_INVALID: { status: 400, azureCode: '8523', message: 'The request is not one that this operation takes.' },
  INCOMING_CALL_NOT_FOUND: { status: 404, azureCode: '8522', message: 'There is no call that waits with this incomingCallContext: its caller has hung up, it was answered, redirected or rejected, or too much time has passed.' },
  CALL_CONNECTION_NOT_FOUND: { status: 404, azureCode: '8522', message: 'There is no such call: it has ended, or this application is not a party of it.' },
  CALL_PARTICIPANT_NOT_FOUND: { status: 404, azureCode: '8522', message: 'There is no such participant in the call.' },
  CALL_NOT_ESTABLISHED: { status: 400, azureCode: '8501', message: 'The call is not established yet. Wait for the CallConnected event.' },
  CALL_ACTION_INVALID: { status: 400, azureCode: '8585', message: 'The call is not in a state in which this can be done.' },
  CALL_CONFLICT: { status: 409, azureCode: '8519', message: 'This conflicts with the call as it is.' },
  CALL_PRECONDITION_FAILED: { status: 412, azureCode: '8583', message: 'This server is not set up for it.' },
  CALL_SERVER_DRAINING: { status: 503, azureCode: 'ServiceUnavailable', message: 'The server is shutting down. Try again.' },
  STORE_UNAVAILABLE: { status: 503, azureCode: 'ServiceUnavailable', message: 'The server cannot read or write its store (is the disk full?). Try again.' },
  SERVER_FAULT: { status: 500, azureCode: 'InternalServerError', message: 'The server failed. The fault is in its log under this x-ms-request-id.' },
} as const satisfies Record<string, { readonly status: number; readonly azureCode: string; readonly message: string }>;

export type AzureErrorCode = keyof typeof azureErrors;

/** Azure's error body. */
export interface AzureErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly target?: string;
    /** Azure's code where it has one that is more precise, else ours. */
    readonly innererror: { readonly code: string; readonly message?: string };
  };
}

/** Ends a request with one of {@link azureErrors}. */
export class AzureError extends Error {
  override readonly name = 'AzureError';
  readonly code: AzureErrorCode;
  readonly target: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly #inner: AzureErrorBody['error']['innererror'];

  /** @param more.inner what Azure puts into `innererror` of this error. */
  constructor(code: AzureErrorCode, more: { readonly inner?: AzureErrorBody['error']['innererror']; readonly target?: string; readonly detail?: string; readonly retryAfterSeconds?: number; readonly cause?: unknown } = {}) {
    super(more.detail === undefined ? azureErrors[code].message : `${azureErrors[code].message} (${more.detail})`, { cause: more.cause });
    this.code = code;
    this.#inner = more.inner ?? { code };
    this.target = more.target;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  get status(): number {
    return azureErrors[this.code].status;
  }

  body(): AzureErrorBody {
    return {
      error: {
        code: azureErrors[this.code].azureCode,
        message: this.message,
        ...(this.target === undefined ? {} : { target: this.target }),
        innererror: this.#inner,
      },
    };
  }
}
