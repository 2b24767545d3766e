import { apiErrors, ErrorResponse, operations, type Operation } from '@dialplane/calling-api';
import type { TSchema } from 'typebox';

/**
 * The OpenAPI 3.1 document of the calling API, made from the table that also makes the routes; TypeBox schemas are the JSON
 * Schema that OpenAPI 3.1 speaks.
 */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, operation] of Object.entries<Operation>(operations)) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operationId, operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dialplane calling API',
      version,
      description: 'Commands are requests; everything else arrives as events of a registered endpoint. Fields that an operation does not know are refused. Errors are ErrorResponse with a code of the list in its description.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A user access token with the scope that the operation names' },
        operatorToken: { type: 'http', scheme: 'bearer', description: 'A token of a person who operates this server' },
      },
      schemas: {
        ErrorResponse: {
          ...ErrorResponse,
          description: Object.entries(apiErrors).map(([code, row]) => `- \`${code}\` (${row.status}): ${row.message}`).join('\n'),
        },
      },
    },
  };
}

function describe(operationId: string, operation: Operation): object {
  const isCommand = operation.method !== 'GET';
  return {
    operationId,
    summary: operation.summary,
    security: security(operation),
    parameters: [
      ...parameters('path', operation.params),
      ...parameters('query', operation.query),
      ...(isCommand ? [repeatabilityHeader] : []),
      ...(operationId === 'receiveEvents' ? [lastEventIdHeader] : []),
    ],
    ...(operation.body !== undefined && { requestBody: { required: true, content: { 'application/json': { schema: operation.body } } } }),
    responses: {
      [operation.status]: {
        description: 'Done',
        ...(operation.response !== undefined && {
          content: {
            [operation.contentType ?? 'application/json']: { schema: operation.response },
            ...(operation.isTable === true && { 'text/csv': { schema: { type: 'string', description: 'RFC 4180, with a header line; a Link header names the next page' } } }),
            ...(operationId === 'receiveEvents' && { 'text/event-stream': { schema: { type: 'string', description: 'Server-sent events: `id`, `event` (the type) and `data` (an EventEnvelope)' } } }),
          },
        }),
      },
      default: { description: 'An error', content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorResponse' } } } },
    },
  };
}

const repeatabilityHeader = {
  name: 'Repeatability-Request-ID',
  in: 'header',
  required: false,
  schema: { type: 'string', format: 'uuid' },
  description: 'The same id with the same request gets the first answer again',
};

const lastEventIdHeader = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 64 },
  description: 'Continue after this event; without it, or when that is no longer possible, the stream begins with a `sync` event',
};

function security(operation: Operation): object[] {
  switch (operation.access) {
    case 'public':
      return [];
    case 'voip':
    case 'voip.join':
      return [{ accessToken: [operation.access] }];
    case 'operator':
      return [{ operatorToken: [] }];
    case 'userOrOperator':
      return [{ accessToken: ['voip.join'] }, { operatorToken: [] }];
  }
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

function parameters(place: 'path' | 'query', schema: TSchema | undefined): object[] {
  if (schema === undefined) return [];
  const { properties, required = [] } = schema as unknown as ObjectSchema;
  return Object.entries(properties).map(([name, property]) => ({ name, in: place, required: required.includes(name), schema: property }));
}
