import type { RoomAnswer } from '@dialplane/identity';
import { ApiError } from '../http/api-error.ts';

/** The value of an answer about a room; throws what it was refused with. @param target What of the request that is about. */
export function givenRoom<Value>(answer: RoomAnswer<Value>, target?: string): Value {
  if (answer.ok) return answer.value;
  throw new ApiError(answer.code, { ...(answer.sentence !== undefined && { message: answer.sentence }), ...(target !== undefined && { target }) });
}
