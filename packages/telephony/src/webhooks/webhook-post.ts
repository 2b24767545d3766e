import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { WebhookGuard } from './webhook-guard.ts';

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body: unknown;
}

/** What came of one try: an answer of the application, or why there is none, in a sentence. */
export type WebhookOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  | { readonly kind: 'failed'; readonly sentence: string }
  /** The guard does not let us. */
  | { readonly kind: 'refused'; readonly sentence: string };

const mostAnswerBytes = 64 * 1024;

/** Posts once. Redirects are not followed: they would lead around the guard. @param signal ends the try; so does `timeoutMs`. */
export function postWebhook({ url, headers, body }: WebhookRequest, guard: WebhookGuard, timeoutMs: number, signal?: AbortSignal): Promise<WebhookOutcome> {
  const refusal = guard.refusal(url);
  if (refusal !== undefined) return Promise.resolve({ kind: 'refused', sentence: refusal });
  const text = JSON.stringify(body);
  const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
  const { promise, resolve } = Promise.withResolvers<WebhookOutcome>();
  const fail = (error: Error): void => resolve({ kind: 'failed', sentence: error.name === 'TimeoutError' || limit.reason?.name === 'TimeoutError' ? `it did not answer within ${timeoutMs / 1000} seconds` : error.message });
  const post = (url.startsWith('https:') ? requestHttps : requestHttp)(url, {
    method: 'POST', lookup: guard.lookup, signal: limit, agent: false,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) },
  });
  post.on('error', fail);
  post.on('response', (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('error', fail);
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostAnswerBytes) chunks.push(chunk);
      else post.destroy(new Error(`its answer is larger than ${mostAnswerBytes} bytes`));
    });
    response.on('end', () => resolve({ kind: 'answered', status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  post.end(text);
  return promise;
}
