import type { ApplicationParticipant, AttachConnectionRequest, CallConnectionControl, CallConnectionProperties, ConnectionCommand, ConnectionOutcome, ConnectionRequest } from '@dialplane/applications-api';
import { identifierModel } from '@dialplane/calling-api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { AzureError } from '../azure-error.ts';
import { bodyBytes, callerOf } from '../caller.ts';
import { parseObject } from '../json-body.ts';
import { ownedBy, type OwnedBy } from '../telephony-owner.ts';
import {
  applicationOf, callbackUriOf, callerIdOf, callerNameOf, customContextOf, invalid, operationContextOf, operationOf, optionalText, participantOf, participantsOf, refuseUnsupported, requestIdOf,
  requireText,
} from './connection-requests.ts';
import { valueOf } from './connection-outcome.ts';
import { connectionView, participantView } from './connection-views.ts';

interface ConnectionRoute {
  readonly Params: { readonly connectionId: string };
}

const mostTargets = 50;
const longestRingSeconds = 180;
const mostIdCharacters = 256;
const mostContextCharacters = 4096;

/**
 * Call connections (Azure Communication Services, Call Automation, api-version 2026-03-12): an application makes, answers or joins a call and commands it; what comes of
 * that it hears at its callback URI. Each operation answers with exactly the status that Azure's clients know.
 */
export class ConnectionOperations {
  readonly #connections: OwnedBy<CallConnectionControl> | undefined;

  constructor(connections: OwnedBy<CallConnectionControl> | undefined) {
    this.#connections = connections;
  }

  /** `::` is a literal colon. @param limited options of every route. */
  register(instance: FastifyInstance, limited: { readonly onRequest: (request: FastifyRequest) => Promise<void> }): void {
    const one = '/calling/callConnections/:connectionId';
    instance.post('/calling/callConnections', limited, async (request, reply) => reply.code(201).send(await this.#create(request)));
    instance.post('/calling/callConnections::answer', limited, async (request, reply) => reply.code(200).send(await this.#answer(request)));
    instance.post('/calling/callConnections::connect', limited, async (request, reply) => reply.code(200).send(await this.#attach(request)));
    instance.get<ConnectionRoute>(one, limited, async (request, reply) => reply.send(connectionView(this.#require(request))));
    instance.delete<ConnectionRoute>(one, limited, async (request, reply) => this.#perform(request, reply, 204, { kind: 'hangUp', forEveryone: false }));
    instance.post<ConnectionRoute>(`${one}(^.+)::terminate`, limited, async (request, reply) => this.#perform(request, reply, 204, { kind: 'hangUp', forEveryone: true }));
    instance.post<ConnectionRoute>(`${one}(^.+)::transferToParticipant`, limited, (request, reply) => this.#transfer(request, reply));
    this.#registerParticipants(instance, `${one}/participants`, limited);
  }

  #registerParticipants(instance: FastifyInstance, path: string, limited: { readonly onRequest: (request: FastifyRequest) => Promise<void> }): void {
    instance.get<ConnectionRoute>(path, limited, async (request, reply) => reply.send({ value: this.#participants(request).map(participantView) }));
    instance.get<{ readonly Params: { readonly connectionId: string; readonly rawId: string } }>(`${path}/:rawId`, limited, async (request, reply) => {
      const found = this.#participants(request).find(({ identifier }) => identifier === request.params.rawId);
      if (found === undefined) throw new AzureError('CALL_PARTICIPANT_NOT_FOUND');
      return reply.send(participantView(found));
    });
    instance.post<ConnectionRoute>(`${path}::add`, limited, (request, reply) => this.#add(request, reply));
    instance.post<ConnectionRoute>(`${path}::cancelAddParticipant`, limited, (request, reply) => this.#cancelAdd(request, reply));
    instance.post<ConnectionRoute>(`${path}::remove`, limited, (request, reply) => this.#remove(request, reply));
    instance.post<ConnectionRoute>(`${path}::mute`, limited, (request, reply) => this.#mute(request, reply));
    instance.post<ConnectionRoute>(`${path}::moveHere`, limited, (request, reply) => this.#move(request, reply));
  }

  async #create(request: FastifyRequest): Promise<object> {
    const fields = parseObject(bodyBytes(request));
    refuseUnsupported(fields);
    const targets = participantsOf(fields, 'targets', mostTargets);
    return made(await this.#source(request).create({ ...this.#common(request, fields), ...applicationOf(fields, 'source', callerOf(request).resource.id), targets, ...callerIdOf(fields), ...callerNameOf(fields), ...customContextOf(fields) }));
  }

  async #answer(request: FastifyRequest): Promise<object> {
    const fields = parseObject(bodyBytes(request));
    refuseUnsupported(fields);
    const incomingCallContext = requireText(fields, 'incomingCallContext', mostContextCharacters);
    return made(await this.#source(request).answer({ ...this.#common(request, fields), ...applicationOf(fields, 'answeredBy', callerOf(request).resource.id), incomingCallContext }));
  }

  async #attach(request: FastifyRequest): Promise<object> {
    const fields = parseObject(bodyBytes(request));
    refuseUnsupported(fields);
    return made(await this.#source(request).attach({ ...this.#common(request, fields), locator: locatorOf(fields['callLocator']) }));
  }

  async #add(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply): Promise<void> {
    const fields = parseObject(bodyBytes(request));
    const target = participantOf(fields, 'participantToAdd');
    const invitationId = requestIdOf(request) ?? randomUUID();
    const operation = operationOf(fields, invitationId);
    const { operationContext } = operation;
    await this.#command(request, { kind: 'addParticipant', target, operation, ...callerIdOf(fields), ...callerNameOf(fields), ...customContextOf(fields), ...ringOf(fields['invitationTimeoutInSeconds']) });
    await reply.code(202).send({ participant: { identifier: identifierModel(target), isMuted: false, isOnHold: false }, invitationId, ...(operationContext !== undefined && { operationContext }) });
  }

  async #cancelAdd(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply): Promise<void> {
    const fields = parseObject(bodyBytes(request));
    const invitationId = requireText(fields, 'invitationId', mostIdCharacters);
    const operation = operationOf(fields, randomUUID());
    const { operationContext } = operation;
    await this.#command(request, { kind: 'cancelAddParticipant', invitationId, operation });
    await reply.code(202).send({ invitationId, ...(operationContext !== undefined && { operationContext }) });
  }

  async #remove(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply): Promise<void> {
    const fields = parseObject(bodyBytes(request));
    const operation = operationOf(fields, randomUUID());
    await this.#perform(request, reply, 202, { kind: 'removeParticipant', target: participantOf(fields, 'participantToRemove'), operation }, operationContextOf(fields));
  }

  async #move(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply): Promise<void> {
    const fields = parseObject(bodyBytes(request));
    const targets = [...new Set(participantsOf(fields, 'targetParticipants', mostTargets))];
    const fromCall = requireText(fields, 'fromCall', mostIdCharacters);
    const operation = operationOf(fields, requestIdOf(request) ?? randomUUID());
    if (this.#require(request).state === 'connecting') throw new AzureError('CALL_NOT_ESTABLISHED');
    valueOf(await this.#source(request).move(callerOf(request).resource.id, request.params.connectionId, { targets, fromConnectionId: fromCall, operation }, requestIdOf(request)));
    await reply.code(202).send({ participants: this.#participants(request).map(participantView), fromCall, ...operationContextOf(fields) });
  }

  async #mute(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply): Promise<void> {
    const fields = parseObject(bodyBytes(request));
    const [target = ''] = participantsOf(fields, 'targetParticipants', 1);
    await this.#perform(request, reply, 200, { kind: 'mute', target }, operationContextOf(fields));
  }

  async #transfer(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply): Promise<void> {
    const fields = parseObject(bodyBytes(request));
    const operation = operationOf(fields, randomUUID());
    const transferee = fields['transferee'] === undefined ? {} : { transferee: participantOf(fields, 'transferee') };
    const command: ConnectionCommand = { kind: 'transfer', target: participantOf(fields, 'targetParticipant'), operation, ...transferee, ...callerIdOf(fields), ...customContextOf(fields) };
    await this.#perform(request, reply, 202, command, operationContextOf(fields));
  }

  async #perform(request: FastifyRequest<ConnectionRoute>, reply: FastifyReply, status: number, command: ConnectionCommand, body?: object): Promise<void> {
    await this.#command(request, command);
    await reply.code(status).send(body);
  }

  async #command(request: FastifyRequest<ConnectionRoute>, command: ConnectionCommand): Promise<void> {
    const { state } = this.#require(request);
    if (state === 'connecting' && command.kind !== 'hangUp') throw new AzureError('CALL_NOT_ESTABLISHED');
    valueOf(await this.#source(request).perform(callerOf(request).resource.id, request.params.connectionId, command, requestIdOf(request)));
  }

  #require(request: FastifyRequest<ConnectionRoute>): CallConnectionProperties {
    const connection = this.#source(request).get(callerOf(request).resource.id, request.params.connectionId);
    if (connection === undefined) throw new AzureError('CALL_CONNECTION_NOT_FOUND');
    return connection;
  }

  #participants(request: FastifyRequest<ConnectionRoute>): readonly ApplicationParticipant[] {
    const participants = this.#source(request).participants(callerOf(request).resource.id, request.params.connectionId);
    if (participants === undefined) throw new AzureError('CALL_CONNECTION_NOT_FOUND');
    return participants;
  }

  #source(request: FastifyRequest): CallConnectionControl {
    return ownedBy(this.#connections, request);
  }

  #common(request: FastifyRequest, fields: Readonly<Record<string, unknown>>): ConnectionRequest {
    const requestId = requestIdOf(request);
    return { resourceId: callerOf(request).resource.id, callbackUri: callbackUriOf(fields), ...operationContextOf(fields), ...(requestId !== undefined && { requestId }) };
  }
}

function made(outcome: ConnectionOutcome<CallConnectionProperties>): object {
  return connectionView(valueOf(outcome));
}

function ringOf(given: unknown): { readonly ringMs?: number } {
  if (given === undefined || given === null) return {};
  if (typeof given === 'number' && given > 0 && given <= longestRingSeconds) return { ringMs: given * 1000 };
  throw invalid('invitationTimeoutInSeconds', `invitationTimeoutInSeconds is a number up to ${longestRingSeconds}`);
}

function locatorOf(given: unknown): AttachConnectionRequest['locator'] {
  const fields = typeof given === 'object' && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
  const groupId = optionalText(fields, 'groupCallId', mostIdCharacters);
  const roomId = optionalText(fields, 'roomId', mostIdCharacters);
  const serverCallId = optionalText(fields, 'serverCallId', mostIdCharacters);
  if (groupId !== undefined) return { groupId };
  if (roomId !== undefined) return { roomId };
  if (serverCallId !== undefined) return { serverCallId };
  throw invalid('callLocator', 'callLocator names a group call, a room or a server call');
}
