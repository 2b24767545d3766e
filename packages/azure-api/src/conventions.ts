import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AzureError } from './azure-error.ts';

/** The first version of the identity API that clients in use ask for. All later ones are accepted: they only add. */
const firstApiVersion = '2021-03-07';
const apiVersionForm = /^(\d{4}-\d{2}-\d{2})(?:-preview(?:\.\d{1,2})?)?$/;
const clientRequestIdForm = /^[\x21-\x7E]{1,128}$/;

/** Names the request in the answer: ours, and the client's own where it sent one (Azure REST guidelines). */
export function nameRequest(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-ms-request-id', randomUUID());
  const clientRequestId = request.headers['x-ms-client-request-id'];
  if (typeof clientRequestId === 'string' && clientRequestIdForm.test(clientRequestId)) void reply.header('x-ms-client-request-id', clientRequestId);
}

/** Throws {@link AzureError} unless the request names a version that we answer. */
export function requireApiVersion(request: FastifyRequest): void {
  const version = (request.query as Readonly<Record<string, unknown>>)['api-version'];
  if (version === undefined || version === '') throw new AzureError('API_VERSION_MISSING', { target: 'api-version' });
  const [, date = ''] = (typeof version === 'string' ? apiVersionForm.exec(version) : null) ?? [];
  if (date < firstApiVersion) throw new AzureError('API_VERSION_UNSUPPORTED', { target: 'api-version' });
}
