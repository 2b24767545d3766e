import { AzureError } from './azure-error.ts';

/** The fields of a JSON object as it arrived; none where the body is empty. Throws {@link AzureError}. */
export function parseObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new AzureError('BODY_MALFORMED', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AzureError('BODY_MALFORMED');
  return value as Readonly<Record<string, unknown>>;
}
