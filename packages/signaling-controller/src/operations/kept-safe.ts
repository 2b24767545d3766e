import { StoreError } from '@dialplane/store';
import { ApiError } from '../http/api-error.ts';

/** The outcome of a write or read; a failing store becomes `STORE_UNAVAILABLE`, which says what to look at. */
export async function keptSafe<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof StoreError ? new ApiError('STORE_UNAVAILABLE', { cause: error, retryAfterSeconds: 5 }) : error;
  }
}

/** A page of a list; `undefined` stands for a cursor that is none of that list's. */
export async function listed<List>(list: Promise<List | undefined>): Promise<List> {
  const found = await keptSafe(list);
  if (found === undefined) throw new ApiError('REQUEST_INVALID', { message: 'The cursor is not one that this operation returned.', target: 'query.cursor' });
  return found;
}
