import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessKey } from '@dialplane/identity';
import fc from 'fast-check';
import { verifySignature } from './access-key-authentication.ts';
import { AzureError } from './azure-error.ts';
import { parseTokenRequest } from './token-request.ts';
import { signatureHeaders } from './test-server.ts';

const now = Date.parse('2026-11-22T10:02:36Z');
const policy = { now: () => now, clockWindowMs: 60_000 };
const key = (fill: number): AccessKey => ({ name: 'primary', id: `key-${fill}`, key: Buffer.alloc(32, fill).toString('base64') });

function throwsNothingElse(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof AzureError, String(error));
  }
}

test('whatever arrives as a body or as headers is read or refused, never more', () => {
  const encoder = new TextEncoder();
  const bodies = fc.oneof(fc.uint8Array(), fc.json().map((text) => encoder.encode(text)), fc.record({ scopes: fc.anything(), expiresInMinutes: fc.anything() }).map((value) => encoder.encode(JSON.stringify(value) ?? '')));
  fc.assert(fc.property(bodies, (body) => throwsNothingElse(() => parseTokenRequest(body, 'scopes'))));
  const headers = fc.record({ authorization: fc.oneof(fc.string(), fc.string().map((text) => `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${text}`)), 'x-ms-date': fc.string(), 'x-ms-content-sha256': fc.string() }, { requiredKeys: [] });
  fc.assert(fc.property(fc.string(), fc.string(), fc.option(fc.string(), { nil: undefined }), headers, (method, target, host, values) =>
    throwsNothingElse(() => verifySignature({ method, target, host, headers: values }, [key(1)], policy))));
});

test('a signature verifies for exactly the key, method, target, host and date it was made for', () => {
  const paths = fc.webPath().map((path) => `/${path}`);
  const queries = fc.webQueryParameters();
  fc.assert(fc.property(fc.constantFrom('GET', 'POST', 'DELETE'), paths, queries, fc.domain(), fc.constantFrom('none', 'key', 'method', 'target', 'host', 'date'), (method, path, query, host, changed) => {
    const target = `${path}?${query}`;
    const date = new Date(now).toUTCString();
    const headers = signatureHeaders({ method, target, host, date, key: key(2).key });
    const verify = (): string => verifySignature(
      {
        method: changed === 'method' ? 'PATCH' : method,
        target: changed === 'target' ? `${target}&more` : target,
        host: changed === 'host' ? `${host}:1` : host,
        headers: changed === 'date' ? { ...headers, 'x-ms-date': new Date(now + 1000).toUTCString() } : headers,
      },
      changed === 'key' ? [key(1)] : [key(1), key(2)],
      policy,
    );
    if (changed === 'none') assert.equal(verify(), 'key-2');
    else assert.throws(verify, { code: 'SIGNATURE_MISMATCH' });
  }));
});
