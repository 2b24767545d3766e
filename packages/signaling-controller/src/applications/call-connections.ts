import { randomUUID } from 'node:crypto';
import type {
  AnswerConnectionRequest, ApplicationIdentity, ApplicationParticipant, AttachConnectionRequest, CallConnectionControl, CallConnectionProperties, ConnectionCommand, ConnectionOutcome,
  ConnectionRequest, CreateConnectionRequest, IncomingCallControl, MoveRequest,
} from '@dialplane/applications-api';
import type { ApplicationEvent, CallCommand, CommandResult } from '@dialplane/call';
import { endReason, resourceOfUser, type EndReason } from '@dialplane/calling-api';
import type { CallDriver } from '../calls/call-driver.ts';
import { callIdOf, serverCallIdOf } from '../calls/server-call-id.ts';
import type { Clock } from '../clock.ts';
import { ApiError } from '../http/api-error.ts';
import { derivedId } from '../operations/endpoint-operations.ts';
import { keptSafe } from '../operations/kept-safe.ts';
import type { RoomCalls } from '../rooms/room-calls.ts';
import type { CallConnection } from './call-connection.ts';
import type { CallConnectionStore } from './call-connection-store.ts';
import { addressOf, cloudEvent } from './cloud-event.ts';
import type { EventOutbox } from './event-outbox.ts';

export interface CallConnectionsOptions {
  readonly store: CallConnectionStore;
  readonly outbox: EventOutbox;
  readonly calls: CallDriver;
  readonly incomingCalls: WaitingCalls;
  readonly rooms: Pick<RoomCalls, 'roleIn'>;
  readonly clock: Clock;
  /** A call that this one has been, and is over. */
  wasParty(callId: string, identifier: string): Promise<boolean>;
  /** Why an address is not called, in a sentence. */
  refusal(url: string): string | undefined;
  /** Writes into the flow record of a call, running or just ended, what an application has asked for, and what was said to that. */
  note(connection: CallConnection, what: string, why: string): void;
  isDraining(): boolean;
}

/** Calls that an application was told of, and may take. */
export type WaitingCalls = Pick<IncomingCallControl, 'find' | 'answer'>;

/** What `ConnectionMedia` makes of an application's wishes about sounds, without who gives it. */
type WithoutCommander<Command> = Command extends { readonly by: string } ? Omit<Command, 'commandId' | 'digest' | 'by'> : never;
type SoundCommand = WithoutCommander<Extract<CallCommand, { readonly kind: 'requestMedia' | 'provideSounds' | 'holdParticipant' }>>;

const mostConnections = 20_000;

/**
 * Applications in calls (Call Automation): each has a connection with a call, by which it commands it, and an address where it hears what becomes of that. A connection
 * lasts as long as the application's part in the call, over restarts of the server; its last event is on its way before it is forgotten.
 */
export class CallConnections implements CallConnectionControl {
  private readonly options: CallConnectionsOptions;
  private readonly connections = new Map<string, CallConnection>();
  /** Those whose call has yet to take them in: their request says what comes of it. */
  private readonly entering = new Set<string>();
  private readonly connected = new Set<string>();

  constructor(options: CallConnectionsOptions) {
    this.options = options;
  }

  /** Takes up the connections of the run before. Before its calls are. */
  async load(): Promise<void> {
    for (const connection of await this.options.store.load()) {
      this.connections.set(connection.connectionId, connection);
      this.connected.add(connection.connectionId);
    }
    await this.options.outbox.restore();
  }

  /** Tells applications whose calls are not there any more. After those of the run before were taken up. */
  settle(): void {
    for (const connection of this.connections.values()) {
      if (!this.options.calls.hasApplication(connection.callId, connection.connectionId)) this.disconnect(connection, endReason('endedByPlatform', 'platform', 'The server was restarted, and the call is over.'));
    }
  }

  /** An application calls. */
  async create(request: CreateConnectionRequest): Promise<ConnectionOutcome<CallConnectionProperties>> {
    const { targets, alternateCallerId, callerName, customContext } = request;
    const connectionId = connectionIdOf('create', request);
    return this.connect(request, { connectionId, callId: derivedId('call', connectionId, ''), origin: 'created', targets, ...(alternateCallerId !== undefined && { source: alternateCallerId }), ...(callerName !== undefined && { displayName: callerName }) }, (connection) =>
      this.options.calls.foundByApplication(connection.callId, connection, {
        kind: 'startAsApplication', commandId: `${connectionId}/start`, application: identityOf(connection), targets,
        ...(alternateCallerId !== undefined && { alternateCallerId }), ...(callerName !== undefined && { callerName }), ...(customContext !== undefined && { customContext }),
      }));
  }

  /** An application answers a call that it was told of. */
  async answer(request: AnswerConnectionRequest): Promise<ConnectionOutcome<CallConnectionProperties>> {
    const { incomingCallContext, requestId } = request;
    const connectionId = connectionIdOf('answer', request);
    const known = this.get(request.resourceId, connectionId);
    if (known !== undefined) return { ok: true, value: known };
    const call = this.options.incomingCalls.find(incomingCallContext);
    if (call === undefined) return { ok: false, code: 'INCOMING_CALL_NOT_FOUND' };
    return this.connect(request, { connectionId, callId: call.callId, origin: 'answered', targets: [call.to], source: call.from }, async (connection) => {
      const outcome = await this.options.incomingCalls.answer(incomingCallContext, identityOf(connection), requestId);
      if (outcome.ok) return { ok: true };
      const { code } = outcome;
      return code === 'INCOMING_CALL_NOT_FOUND' || code === 'CALLBACK_REFUSED' ? undefined : { ...outcome, code };
    });
  }

  /** An application comes to a call that runs. */
  async attach(request: AttachConnectionRequest): Promise<ConnectionOutcome<CallConnectionProperties>> {
    const { locator } = request;
    const { calls } = this.options;
    const callId = 'groupId' in locator ? calls.ofGroup(locator.groupId) : 'roomId' in locator ? this.callOfRoom(locator.roomId, request.resourceId) : callIdOf(locator.serverCallId);
    if (callId === undefined || calls.get(callId) === undefined) return { ok: false, code: 'CALL_NOT_FOUND' };
    const connectionId = connectionIdOf('attach', request);
    return this.connect(request, { connectionId, callId, origin: 'attached', targets: [] }, async (connection) => {
      const result = await calls.perform(callId, { kind: 'attachApplication', commandId: `${connectionId}/attach`, application: identityOf(connection) });
      // A repeated request has the result of the first time, whose part in the call may be over.
      return result.ok && !calls.hasApplication(callId, connectionId) ? { ok: false, code: 'CALL_ENDED' } : result;
    });
  }

  /** Whoever is in a room belongs to its resource. */
  private callOfRoom(roomId: string, resourceId: string): string | undefined {
    const about = this.options.calls.ofRoom(roomId)?.about;
    return about !== undefined && resourceOfUser(about.caller.identifier) === resourceId ? about.callId : undefined;
  }

  get(resourceId: string, connectionId: string): CallConnectionProperties | undefined {
    const connection = this.connections.get(connectionId);
    if (connection?.resourceId !== resourceId) return undefined;
    const application = this.options.calls.get(connection.callId)?.machine.application(connectionId);
    return { ...connection, serverCallId: serverCallIdOf(connection.callId), state: application?.stage.kind ?? 'connecting' };
  }

  /** Everybody who is connected in the call; `undefined` where there is no such connection. */
  participants(resourceId: string, connectionId: string): readonly ApplicationParticipant[] | undefined {
    const connection = this.connections.get(connectionId);
    return connection?.resourceId === resourceId ? (this.options.calls.get(connection.callId)?.machine.roster() ?? []) : undefined;
  }

  /** Has a command carried out in the call of a connection. @param requestId its idempotency key. */
  async perform(resourceId: string, connectionId: string, command: ConnectionCommand | SoundCommand, requestId: string = randomUUID()): Promise<ConnectionOutcome<undefined>> {
    const connection = this.connections.get(connectionId);
    if (connection?.resourceId !== resourceId) return { ok: false, code: 'CALL_NOT_FOUND' };
    const refusal = 'operation' in command && command.operation?.callbackUri !== undefined ? this.options.refusal(command.operation.callbackUri) : undefined;
    if (refusal !== undefined) return { ok: false, code: 'CALLBACK_REFUSED', message: refusal };
    const outcome = await this.guarded(async () => {
      const role = command.kind === 'addParticipant' ? await this.options.rooms.roleIn(connection.callId, command.target) : {};
      const given: CallCommand = { ...command, ...role, by: connectionId, commandId: `${connectionId}/${requestId}` };
      return outcomeOf(await this.options.calls.perform(connection.callId, given));
    });
    this.options.note(connection, `asked: ${command.kind}`, outcome.ok ? 'accepted' : (outcome.message ?? outcome.code));
    return outcome;
  }

  /** Has participants of one call of an application come to another one. */
  async move(resourceId: string, connectionId: string, { targets, fromConnectionId, operation }: MoveRequest, requestId: string = randomUUID()): Promise<ConnectionOutcome<undefined>> {
    const [to, from] = [connectionId, fromConnectionId].map((id) => this.connections.get(id));
    if (to?.resourceId !== resourceId) return { ok: false, code: 'CALL_NOT_FOUND' };
    if (from?.resourceId !== resourceId) return { ok: false, code: 'CALL_NOT_FOUND', message: 'fromCall is no call connection of this application.' };
    if (from.callId === to.callId) return { ok: false, code: 'TARGET_INVALID', message: 'fromCall is this call itself.' };
    const refusal = operation.callbackUri === undefined ? undefined : this.options.refusal(operation.callbackUri);
    if (refusal !== undefined) return { ok: false, code: 'CALLBACK_REFUSED', message: refusal };
    const outcome = await this.guarded(async () => {
      const results = await Promise.all(targets.map((target) => this.options.calls.move(target, from, to, operation, `${connectionId}/${requestId}/${target}`)));
      const refused = results.find((result) => !result.ok);
      return refused === undefined ? { ok: true as const, value: undefined } : outcomeOf(refused);
    });
    this.options.note(to, 'asked: moveParticipants', outcome.ok ? 'accepted' : (outcome.message ?? outcome.code));
    return outcome;
  }

  /** What a call tells an application. */
  hear(connectionId: string, event: ApplicationEvent): void {
    const connection = this.connections.get(connectionId);
    if (connection === undefined) return;
    const isLast = event.kind === 'disconnected';
    if (event.kind === 'connected') this.connected.add(connectionId);
    if (isLast) this.release(connectionId);
    const told = cloudEvent(connection, event, this.options.clock.wallMs());
    this.options.outbox.put({ connectionId, resourceId: connection.resourceId, url: addressOf(connection, event), event: told }, isLast);
  }

  /** A call is over without a word: it failed, or could not be stored. */
  callLost(callId: string): void {
    for (const connection of this.connections.values()) {
      if (connection.callId === callId && !this.entering.has(connection.connectionId)) this.disconnect(connection, endReason('signalingFailed', 'platform'));
    }
  }

  private disconnect({ connectionId }: CallConnection, reason: EndReason): void {
    this.hear(connectionId, { kind: 'disconnected', endReason: reason, hasConnected: this.connected.has(connectionId) });
  }

  private release(connectionId: string): void {
    this.connections.delete(connectionId);
    this.connected.delete(connectionId);
  }

  /** Makes a connection, and has the call take it in; where that refuses there is none. The same request again shows what it has made. */
  private async connect(
    request: ConnectionRequest,
    about: Pick<CallConnection, 'connectionId' | 'callId' | 'origin' | 'targets' | 'source' | 'displayName'>,
    enter: (connection: CallConnection) => Promise<CommandResult | undefined>,
  ): Promise<ConnectionOutcome<CallConnectionProperties>> {
    const { resourceId, callbackUri, operationContext, identifier } = request;
    const { connectionId } = about;
    const known = this.get(resourceId, connectionId);
    if (known !== undefined) return { ok: true, value: known };
    const refusal = this.options.refusal(callbackUri);
    if (refusal !== undefined) return { ok: false, code: 'CALLBACK_REFUSED', message: refusal };
    if (this.options.isDraining()) return { ok: false, code: 'SERVER_DRAINING' };
    if (this.connections.size >= mostConnections) return { ok: false, code: 'CALL_LIMIT', message: `This server has ${mostConnections} call connections, the most there may be.` };
    const connection: CallConnection = {
      ...about, identifier: identifier ?? `8:acs:${resourceId}_${connectionId}`, resourceId, callbackUri, createdAt: this.options.clock.wallMs(), ...(operationContext !== undefined && { operationContext }),
    };
    // From here on the same request again finds it.
    this.connections.set(connectionId, connection);
    return this.guarded(() => this.enter(connection, enter));
  }

  private async enter(connection: CallConnection, enter: (connection: CallConnection) => Promise<CommandResult | undefined>): Promise<ConnectionOutcome<CallConnectionProperties>> {
    const { connectionId, callId, origin, identifier } = connection;
    let isIn = false;
    this.entering.add(connectionId);
    try {
      if (origin === 'created' && (await this.options.wasParty(callId, identifier))) return { ok: false, code: 'CALL_ENDED' };
      await keptSafe(this.options.store.save(connection));
      const result = await enter(connection);
      isIn = result?.ok === true;
      if (result === undefined) return { ok: false, code: 'INCOMING_CALL_NOT_FOUND' };
      const value = this.get(connection.resourceId, connectionId) ?? { ...connection, serverCallId: serverCallIdOf(callId), state: 'connecting' as const };
      return result.ok ? { ok: true, value } : refusalOf(result);
    } finally {
      this.entering.delete(connectionId);
      if (!isIn) await this.forget(connectionId);
    }
  }

  private async forget(connectionId: string): Promise<void> {
    this.release(connectionId);
    // What is left in the store is found to be over by the next start.
    await this.options.store.remove(connectionId).catch(() => undefined);
  }

  private async guarded<Value>(work: () => Promise<ConnectionOutcome<Value>>): Promise<ConnectionOutcome<Value>> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiError) return { ok: false, code: error.code, message: error.message };
      throw error;
    }
  }
}

function connectionIdOf(how: 'create' | 'answer' | 'attach', { resourceId, requestId }: ConnectionRequest): string {
  return requestId === undefined ? randomUUID() : derivedId('connection', `${resourceId}/${how}`, requestId);
}

function identityOf({ connectionId, identifier, displayName }: CallConnection): ApplicationIdentity {
  return { connectionId, identifier, ...(displayName !== undefined && { displayName }) };
}

function outcomeOf(result: CommandResult): ConnectionOutcome<undefined> {
  return result.ok ? { ok: true, value: undefined } : refusalOf(result);
}

function refusalOf({ code, message }: Extract<CommandResult, { ok: false }>): ConnectionOutcome<never> {
  return { ok: false, code, ...(message !== undefined && { message }) };
}
