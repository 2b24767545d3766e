import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ApiError } from './api-error.ts';

/** Which part of a request a schema describes. */
export type RequestPart = 'params' | 'query' | 'body';

/**
 * A check of one part of a request against its schema; returns the value, or throws `REQUEST_INVALID` that names the field.
 *
 * Fields that the schema does not know are refused: a misspelt optional field would otherwise be without effect and without
 * a word. Values of the query are converted from text first; those of a body never are.
 */
export function requestValidator(part: RequestPart, schema: TSchema): (value: unknown) => unknown {
  const validator = Compile(strict(schema) as TSchema);
  return (value) => {
    const candidate = part === 'query' ? validator.Convert(value) : value;
    if (validator.Check(candidate)) return candidate;
    throw refusal(part, validator.Errors(candidate), candidate);
  };
}

/** The same schema, with every object closed to fields it does not name. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = strict(value);
  if (copy['type'] === 'object' && !('additionalProperties' in copy)) copy['additionalProperties'] = false;
  // TypeBox marks kinds by properties that are not enumerable.
  for (const key of Object.getOwnPropertyNames(schema)) {
    if (!(key in copy)) Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(schema, key) ?? {});
  }
  return copy;
}

type ValidationErrors = ReturnType<ReturnType<typeof Compile>['Errors']>;

function refusal(part: RequestPart, errors: ValidationErrors, value: unknown): ApiError {
  if (part === 'body' && value === undefined) return new ApiError('REQUEST_INVALID', { message: 'This operation takes a JSON body.', target: 'body' });
  const details = errors.slice(0, 8).map((error) => {
    const unknown = error.keyword === 'additionalProperties' ? error.params.additionalProperties : undefined;
    const field = [part, ...error.instancePath.split('/').slice(1), ...(unknown?.slice(0, 1) ?? [])].join('.').slice(0, 256);
    return { code: 'REQUEST_INVALID', target: field, message: unknown === undefined ? `${field} ${error.message}.` : `${field} is not a field of this operation.` };
  });
  if (errors.some((error) => error.keyword === 'maxLength' && error.instancePath.endsWith('/sdp'))) return new ApiError('SDP_TOO_LARGE', { target: 'body.description.sdp' });
  const first = details[0];
  return new ApiError('REQUEST_INVALID', first === undefined ? {} : { message: first.message, target: first.target, details });
}
