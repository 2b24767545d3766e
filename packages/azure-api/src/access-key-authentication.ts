import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { AccessKey } from '@dialplane/identity';
import { AzureError } from './azure-error.ts';

/** What of a request is signed, as it arrived. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as on the request line. */
  readonly target: string;
  /** The Host header, with the port where the client sent one. */
  readonly host: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface AccessKeyPolicy {
  /** How far `x-ms-date` may be from our clock, in milliseconds. */
  readonly clockWindowMs: number;
  readonly now: () => number;
}

const signedHeaders = 'x-ms-date;host;x-ms-content-sha256';
const authorizationForm = /^HMAC-SHA256 SignedHeaders=([^&]*)&Signature=([A-Za-z0-9+/]{43}=)$/i;
/** IMF-fixdate (RFC 9110 §5.6.7), which is what `Date.prototype.toUTCString` writes. */
const dateForm = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Checks the signature of a request and returns the id of the key that made it. Throws {@link AzureError}.
 *
 * The signature covers method, target, date, host and the hash of the body (Azure, "Authenticate with access keys"), so it can be
 * checked before the body is read; {@link verifyContentHash} then holds the body to its hash. A repeated request is not
 * refused: Azure's clients sign once and send the same bytes again when they retry.
 */
export function verifySignature(request: SignedRequest, keys: readonly AccessKey[], policy: AccessKeyPolicy): string {
  const signature = parseAuthorization(singleHeader(request, 'authorization'));
  const date = requiredHeader(request, 'x-ms-date');
  const contentHash = requiredHeader(request, 'x-ms-content-sha256');
  if (request.host === undefined || request.host === '') throw new AzureError('HEADER_MISSING', { target: 'host' });
  verifyDate(date, policy);

  const suffix = `\n${date};${request.host};${contentHash}`;
  let keyId: string | undefined;
  // Every key and form is tried whatever the outcome, so that the time taken tells nothing about which came close.
  for (const key of keys) {
    const secret = Buffer.from(key.key, 'base64');
    for (const target of targetForms(request.target)) {
      const expected = createHmac('sha256', secret).update(`${request.method}\n${target}${suffix}`).digest();
      if (timingSafeEqual(expected, signature)) keyId = key.id;
    }
  }
  if (keyId === undefined) throw new AzureError('SIGNATURE_MISMATCH', { target: 'authorization', detail: `host ${request.host}` });
  return keyId;
}

/** Holds the body as it arrived to the hash that was signed. Throws {@link AzureError}. */
export function verifyContentHash(request: SignedRequest, body: Uint8Array): void {
  if (hash('sha256', body, 'base64') !== singleHeader(request, 'x-ms-content-sha256')) {
    throw new AzureError('CONTENT_HASH_MISMATCH', { target: 'x-ms-content-sha256' });
  }
}

function parseAuthorization(authorization: string | undefined): Buffer {
  if (authorization === undefined || authorization === '') throw new AzureError('AUTHORIZATION_MISSING', { target: 'authorization' });
  if (/^bearer\b/i.test(authorization)) throw new AzureError('ENTRA_UNSUPPORTED', { target: 'authorization' });
  const [, headers, signature = ''] = authorizationForm.exec(authorization) ?? [];
  if (headers?.toLowerCase() !== signedHeaders) throw new AzureError('AUTHORIZATION_MALFORMED', { target: 'authorization' });
  return Buffer.from(signature, 'base64');
}

function verifyDate(date: string, policy: AccessKeyPolicy): void {
  const instant = dateForm.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(instant)) throw new AzureError('DATE_MALFORMED', { target: 'x-ms-date' });
  const now = policy.now();
  if (Math.abs(instant - now) > policy.clockWindowMs) {
    const detail = `it says ${date}, the time here is ${new Date(now).toUTCString()}, ${policy.clockWindowMs / 60_000} minutes are allowed`;
    throw new AzureError('DATE_OUTSIDE_WINDOW', { target: 'x-ms-date', detail });
  }
}

/** The JavaScript client signs the query re-encoded as a form (`:` becomes `%3A`), others sign what they send. */
function targetForms(target: string): ReadonlySet<string> {
  const forms = new Set([target]);
  const url = URL.parse(target, 'http://signed.invalid');
  if (url !== null) {
    const query = url.searchParams.toString();
    forms.add(query === '' ? url.pathname : `${url.pathname}?${query}`);
  }
  return forms;
}

function requiredHeader(request: SignedRequest, name: string): string {
  const value = singleHeader(request, name);
  if (value === undefined || value === '') throw new AzureError('HEADER_MISSING', { target: name, detail: name });
  return value;
}

function singleHeader(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
