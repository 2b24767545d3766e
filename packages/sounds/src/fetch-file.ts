import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

/** Where files may be fetched from. */
export interface FetchGuard {
  /** Why an address may not be fetched, in a sentence; `undefined` where nothing speaks against it yet: names are looked up later. */
  refusal(url: string): string | undefined;
  /** Looks names up for a connection, and fails for those that lead where we do not go. */
  readonly lookup: LookupFunction;
}

/** How a file is known that was fetched before (RFC 9110 §8.8). */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type FetchedFile =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly validators: Validators }
  /** It is the one that the validators name. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly sentence: string };

export interface FetchLimits {
  readonly mostBytes: number;
  /** For all of it, redirections included. */
  readonly withinMs: number;
  /** Makes room for bytes that have come. @returns Why there is none, in a sentence. */
  readonly take: (bytes: number) => string | undefined;
}

const mostRedirections = 3;
const redirections: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fetches a file over HTTP or HTTPS. Each address that it is redirected to is the guard's to judge, too. */
export async function fetchFile(url: string, known: Validators, guard: FetchGuard, limits: FetchLimits): Promise<FetchedFile> {
  const signal = AbortSignal.timeout(limits.withinMs);
  try {
    for (let address = url, count = 0; count <= mostRedirections; count += 1) {
      const refusal = guard.refusal(address);
      if (refusal !== undefined) return failed(refusal);
      const response = await get(address, known, guard, signal);
      if (!redirections.has(response.statusCode ?? 0)) return await receive(response, limits);
      response.destroy();
      const next = URL.parse(response.headers.location ?? '', address);
      if (next === null) return failed('It is redirected to nowhere.');
      address = next.href;
    }
    return failed(`It is redirected more than ${mostRedirections} times.`);
  } catch (error) {
    return failed(signal.aborted ? `It did not come within ${limits.withinMs / 1000} seconds.` : `${error instanceof Error ? error.message : String(error)}.`);
  }
}

function get(url: string, { etag, lastModified }: Validators, guard: FetchGuard, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { accept: 'audio/wav, audio/*;q=0.9, */*;q=0.1', ...(etag !== undefined && { 'if-none-match': etag }), ...(lastModified !== undefined && { 'if-modified-since': lastModified }) };
  const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, { method: 'GET', lookup: guard.lookup, signal, agent: false, headers });
  request.on('error', reject);
  request.on('response', resolve);
  request.end();
  return promise;
}

async function receive(response: IncomingMessage, { mostBytes, take }: FetchLimits): Promise<FetchedFile> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    response.destroy();
    return statusCode === 304 ? { kind: 'unchanged' } : failed(`Its server answered ${statusCode}.`);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) return failed(`It is larger than ${mostBytes} bytes.`);
    const refusal = take(chunk.length);
    if (refusal !== undefined) return failed(refusal);
    chunks.push(chunk);
  }
  const { etag, 'last-modified': lastModified } = headers;
  return { kind: 'fetched', bytes: Buffer.concat(chunks, length), validators: { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) } };
}

function failed(sentence: string): FetchedFile {
  return { kind: 'failed', sentence };
}
