import type { operations, OperationBody, OperationId, OperationParams, OperationQuery, OperationResponse } from '@dialplane/calling-api';
import type { FastifyRequest } from 'fastify';
import type { CallerFor } from './authentication.ts';

/** A request of one operation: authenticated, validated, and within its limits. */
export interface OperationRequest<Id extends OperationId> {
  readonly caller: CallerFor<(typeof operations)[Id]['access']>;
  readonly params: OperationParams<Id>;
  readonly query: OperationQuery<Id>;
  readonly body: OperationBody<Id>;
  /** The client's `Repeatability-Request-ID`; a new id where it sent none. */
  readonly requestId: string;
  /** Where it came from: address, protocol, headers. */
  readonly http: FastifyRequest;
}

/** Carries out an operation; what it returns is the body of the answer. Throws `ApiError` for every other answer. */
type OperationHandler<Id extends OperationId> = (
  request: OperationRequest<Id>,
) => OperationResponse<Id> | Promise<OperationResponse<Id>>;

/** All operations but the event stream, which is no answer but a connection. */
type AnsweredOperationId = Exclude<OperationId, 'receiveEvents'>;
export type OperationHandlers = { readonly [Id in AnsweredOperationId]: OperationHandler<Id> };
