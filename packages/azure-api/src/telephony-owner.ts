import { AzureError } from './azure-error.ts';
import { callerOf } from './caller.ts';
import type { FastifyRequest } from 'fastify';

/** Telephony with the resource it belongs to: there is one. */
export interface OwnedBy<Source> {
  readonly resourceId: () => string;
  readonly source: Source;
}

/** Telephony for the caller of a request; throws `TELEPHONY_UNAVAILABLE` where there is none, or where it is another resource's. */
export function ownedBy<Source>(owned: OwnedBy<Source> | undefined, request: FastifyRequest): Source {
  if (owned === undefined || callerOf(request).resource.id !== owned.resourceId()) throw new AzureError('TELEPHONY_UNAVAILABLE');
  return owned.source;
}
