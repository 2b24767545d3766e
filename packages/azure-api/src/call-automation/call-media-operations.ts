import { randomUUID } from 'node:crypto';
import type { CallConnectionControl, CallMediaControl, ConnectionCommand, MediaRequest } from '@dialplane/applications-api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AzureError } from '../azure-error.ts';
import { bodyBytes, callerOf } from '../caller.ts';
import { parseObject } from '../json-body.ts';
import { ownedBy, type OwnedBy } from '../telephony-owner.ts';
import { valueOf } from './connection-outcome.ts';
import { operationContextOf, operationOf, participantOf, requestIdOf } from './connection-requests.ts';
import { playRequestOf, recognitionOf, sourceOf, tonesOf } from './media-requests.ts';

interface ConnectionRoute {
  readonly Params: { readonly connectionId: string };
}
type ConnectionRequest = FastifyRequest<ConnectionRoute>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * What an application plays and hears in its call (Azure Communication Services, Call Automation, `CallMedia`, api-version 2026-03-12): files, keys of telephones, and people
 * who wait. What comes of an operation is told at its callback URI.
 */
export class CallMediaOperations {
  readonly #connections: OwnedBy<CallConnectionControl> | undefined;
  readonly #media: OwnedBy<CallMediaControl> | undefined;

  constructor(connections: OwnedBy<CallConnectionControl> | undefined, media: OwnedBy<CallMediaControl> | undefined) {
    this.#connections = connections;
    this.#media = media;
  }

  /** `::` is a literal colon. @param limited options of every route. */
  register(instance: FastifyInstance, limited: { readonly onRequest: (request: FastifyRequest) => Promise<void> }): void {
    const one = '/calling/callConnections/:connectionId(^.+)::';
    const route = (name: string, status: number, serve: (request: ConnectionRequest, fields: Fields) => Promise<object | undefined>): void => {
      instance.post<ConnectionRoute>(`${one}${name}`, limited, async (request, reply) => this.#answer(request, reply, status, serve));
    };
    route('play', 202, (request, fields) => this.#ask(request, fields, { ...playRequestOf(fields), interrupts: fields['interruptCallMediaOperation'] === true }));
    route('recognize', 202, (request, fields) => this.#ask(request, fields, { ...recognitionOf(fields), interrupts: fields['interruptCallMediaOperation'] === true }));
    route('cancelAllMediaOperations', 202, (request) => this.#command(request, { kind: 'cancelMedia' }));
    route('startContinuousDtmfRecognition', 200, (request, fields) => this.#command(request, { kind: 'listenToTones', ...aboutOne(fields) }));
    route('stopContinuousDtmfRecognition', 200, (request, fields) => this.#command(request, { kind: 'stopListeningToTones', ...aboutOne(fields) }));
    route('sendDtmfTones', 202, async (request, fields) => {
      await this.#command(request, { kind: 'sendDtmf', tones: tonesOf(fields['tones'], 'tones'), ...aboutOne(fields) });
      return operationContextOf(fields);
    });
    route('hold', 200, (request, fields) => this.#hold(request, fields, true));
    route('unhold', 200, (request, fields) => this.#hold(request, fields, false));
  }

  async #answer(request: ConnectionRequest, reply: FastifyReply, status: number, serve: (request: ConnectionRequest, fields: Fields) => Promise<object | undefined>): Promise<void> {
    const connection = ownedBy(this.#connections, request).get(callerOf(request).resource.id, request.params.connectionId);
    if (connection === undefined) throw new AzureError('CALL_CONNECTION_NOT_FOUND');
    if (connection.state === 'connecting') throw new AzureError('CALL_NOT_ESTABLISHED');
    const body = await serve(request, parseObject(bodyBytes(request)));
    await reply.code(status).send(body);
  }

  async #ask(request: ConnectionRequest, fields: Fields, wanted: Omit<MediaRequest, 'operation'>): Promise<undefined> {
    return valueOf(await ownedBy(this.#media, request).request(callerOf(request).resource.id, request.params.connectionId, { ...wanted, operation: operationOf(fields, randomUUID()) }));
  }

  async #hold(request: ConnectionRequest, fields: Fields, isHeld: boolean): Promise<undefined> {
    const { playSourceInfo } = fields;
    const source = isHeld && playSourceInfo !== undefined && playSourceInfo !== null ? { source: sourceOf(playSourceInfo, 'playSourceInfo') } : {};
    return valueOf(await ownedBy(this.#media, request).hold(callerOf(request).resource.id, request.params.connectionId, { isHeld, ...source, ...aboutOne(fields) }));
  }

  async #command(request: ConnectionRequest, command: ConnectionCommand): Promise<undefined> {
    return valueOf(await ownedBy(this.#connections, request).perform(callerOf(request).resource.id, request.params.connectionId, command, requestIdOf(request)));
  }
}

function aboutOne(fields: Fields): { readonly target: string; readonly operation: ReturnType<typeof operationOf> } {
  return { target: participantOf(fields, 'targetParticipant'), operation: operationOf(fields, randomUUID()) };
}
