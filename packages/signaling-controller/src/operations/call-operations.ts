import type { CallCommand, CommandResult, EndpointIdentity } from '@dialplane/call';
import { identifierKind, type Call, type MediaModes, type TransferReference } from '@dialplane/calling-api';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import type { CallDriver } from '../calls/call-driver.ts';
import type { CallKeeper } from '../calls/call-keeper.ts';
import type { CallStore } from '../calls/call-store.ts';
import type { MessageGate } from '../calls/message-gate.ts';
import type { RunningCall } from '../calls/running-call.ts';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.ts';
import type { RegisteredEndpoint } from '../endpoints/registered-endpoint.ts';
import { ApiError } from '../http/api-error.ts';
import type { UserCaller } from '../http/authentication.ts';
import type { OperationHandlers, OperationRequest } from '../http/operation-handler.ts';
import type { RateLimiter } from '../http/rate-limiter.ts';
import type { RoomCalls } from '../rooms/room-calls.ts';
import { requestDigest } from '../http/repeatability.ts';
import { checkDescription } from '../http/session-description.ts';
import { derivedId } from './endpoint-operations.ts';
import { keptSafe } from './kept-safe.ts';

export interface CallOperationsOptions {
  readonly registry: EndpointRegistry;
  readonly calls: CallDriver;
  readonly keeper: CallKeeper;
  readonly store: CallStore;
  readonly maxCallsPerEndpoint: number;
  readonly rooms: RoomCalls;
  readonly messages: MessageGate;
  /** Telephone numbers called, by the user who calls them. */
  readonly telephoneCalls: RateLimiter;
  isDraining(): boolean;
}

/** What every command of a running call has in common. */
interface CommandRequest {
  readonly caller: UserCaller;
  readonly params: { readonly callId: string };
  readonly body: { readonly endpointId: string };
  readonly requestId: string;
  readonly http: FastifyRequest;
}

/** A command without what every command has: its id and digest, and the endpoint that gives it. */
type Bare<Command> = Command extends { readonly by: string } ? Omit<Command, 'commandId' | 'digest' | 'by'> : never;

type Success = Extract<CommandResult, { ok: true }>;

type CallCommandOperations =
  | 'startCall' | 'joinCall' | 'reportRinging' | 'acceptCall' | 'rejectCall' | 'hangUp' | 'hold' | 'resume' | 'updateSelf' | 'addParticipant'
  | 'removeParticipant' | 'muteParticipant' | 'muteOthers' | 'lowerHands' | 'sendReaction' | 'startSpotlight' | 'stopSpotlight' | 'sendMessage' | 'sendDtmf' | 'transferCall' | 'setMediaModes'
  | 'sendDescription' | 'sendCandidates' | 'wantStreams' | 'reportMedia';

/** The commands of a call, from request to engine and back. */
export class CallOperations {
  private readonly options: CallOperationsOptions;

  constructor(options: CallOperationsOptions) {
    this.options = options;
  }

  handlers(): Pick<OperationHandlers, CallCommandOperations> {
    return {
      startCall: (request) => this.start(request),
      joinCall: (request) => this.join(request),
      reportRinging: (request) => this.done(request, { kind: 'ringing' }),
      acceptCall: (request) => {
        const { isMuted = false, description } = request.body;
        checkDescription(description);
        return this.call(request, { kind: 'accept', isMuted, ...(description !== undefined && { description }) });
      },
      rejectCall: (request) => this.done(request, { kind: 'reject', reason: request.body.reason ?? 'declined' }),
      hangUp: (request) => this.done(request, { kind: 'hangUp', forEveryone: request.body.forEveryone ?? false }),
      hold: (request) => this.call(request, { kind: 'hold' }),
      resume: (request) => this.call(request, { kind: 'resume' }),
      updateSelf: (request) => {
        const { isMuted, isHandRaised } = request.body;
        return this.call(request, { kind: 'updateSelf', ...(isMuted !== undefined && { isMuted }), ...(isHandRaised !== undefined && { isHandRaised }) });
      },
      addParticipant: async (request) => {
        const { target, alternateCallerId } = request.body;
        this.admitTelephones(request.caller.identifier, [target]);
        const role = await this.options.rooms.roleIn(request.params.callId, target);
        const { participant } = await this.perform(request, { kind: 'addParticipant', target, ...role, ...(alternateCallerId !== undefined && { alternateCallerId }) });
        if (participant === undefined) throw new ApiError('SERVER_FAULT');
        return participant;
      },
      removeParticipant: (request) => this.done(request, { kind: 'removeParticipant', target: request.params.rawId }),
      muteParticipant: (request) => this.done(request, { kind: 'mute', target: request.params.rawId }),
      muteOthers: (request) => this.done(request, { kind: 'mute' }),
      lowerHands: (request) => {
        const { targets } = request.body;
        return this.done(request, { kind: 'lowerHands', ...(targets !== undefined && { targets }) });
      },
      sendReaction: (request) => {
        const { callId } = request.params;
        const call = this.options.calls.get(callId);
        if (call?.endpoints.has(request.body.endpointId) === true) this.options.messages.admitReaction(callId, call.endpoints.size);
        return this.done(request, { kind: 'react', reactionType: request.body.reactionType });
      },
      startSpotlight: (request) => this.done(request, { kind: 'startSpotlight', targets: request.body.targets }),
      stopSpotlight: (request) => {
        const { targets } = request.body;
        return this.done(request, { kind: 'stopSpotlight', ...(targets !== undefined && { targets }) });
      },
      sendMessage: (request) => this.sendMessage(request),
      transferCall: async (request) => {
        const { endpointId: _by, ...wish } = request.body;
        if (wish.target !== undefined) this.admitTelephones(request.caller.identifier, [wish.target]);
        const { transferId } = await this.perform(request, { kind: 'transfer', ...wish });
        if (transferId === undefined) throw new ApiError('SERVER_FAULT');
        return { transferId };
      },
      sendDtmf: (request) => {
        const { tones, target } = request.body;
        return this.done(request, { kind: 'sendDtmf', tones, ...(target !== undefined && { target }) });
      },
      setMediaModes: (request) => this.setMediaModes(request),
      wantStreams: (request) => this.done(request, { kind: 'want', mediaSessionId: request.params.mediaSessionId, wanted: request.body.wanted }),
      sendDescription: (request) => {
        checkDescription(request.body.description);
        return this.done(request, { kind: 'describe', mediaSessionId: request.params.mediaSessionId, description: request.body.description });
      },
      sendCandidates: (request) => this.done(request, { kind: 'trickle', mediaSessionId: request.params.mediaSessionId, candidates: request.body.candidates }),
      reportMedia: (request) => {
        const { state, cause } = request.body;
        return this.done(request, { kind: 'reportMedia', mediaSessionId: request.params.mediaSessionId, state, ...(cause !== undefined && { cause }) });
      },
    };
  }

  private sendMessage(request: OperationRequest<'sendMessage'>): Promise<undefined> {
    const { endpointId, ...message } = request.body;
    const call = this.options.calls.get(request.params.callId);
    if (call?.endpoints.has(endpointId) === true) {
      this.options.messages.admitMessage(request.params.callId, endpointId, message.data.length, message.targets?.length ?? call.endpoints.size);
    }
    return this.done(request, { kind: 'sendMessage', ...message });
  }

  private async setMediaModes({ caller, params, body, ...request }: OperationRequest<'setMediaModes'>): Promise<undefined> {
    const { endpointId, modes, target } = body;
    if (caller.kind === 'operator') return this.setModesAsOperator(params.callId, modes, target);
    if (endpointId === undefined) throw new ApiError('REQUEST_INVALID', { message: 'Name the endpoint that asks.', target: 'body.endpointId' });
    return this.done({ ...request, caller, params, body: { endpointId } }, { kind: 'setModes', modes, ...(target !== undefined && { target }) });
  }

  private setModesAsOperator(callId: string, modes: MediaModes, target: string | undefined): undefined {
    const { calls, keeper } = this.options;
    const call = calls.get(callId);
    if (call === undefined) throw new ApiError(keeper.recent(callId) === undefined ? 'CALL_NOT_FOUND' : 'CALL_ENDED', { target: 'callId' });
    if (call.kind === 'oneToOne') throw new ApiError('CALL_NOT_GROUP');
    if (target !== undefined && !call.parties.has(target)) throw new ApiError('PARTICIPANT_NOT_FOUND', { target: 'body.target' });
    calls.observe(call, { kind: 'modesAsked', modes, ...(target !== undefined && { target }) });
  }

  private async start({ caller, body, requestId, http }: OperationRequest<'startCall'>): Promise<Call> {
    const endpoint = this.options.registry.attend(body.endpointId, caller.identifier);
    checkDescription(body.description);
    const { targets, isMuted = false, alternateCallerId, customContext, relay, transfer, description } = body;
    const callId = derivedId('call', caller.identifier, requestId);
    await this.checkUnused(callId, caller.identifier);
    const isNew = this.options.calls.get(callId) === undefined;
    if (isNew) this.admitTelephones(caller.identifier, targets);
    const asked = transfer === undefined || !isNew ? undefined : this.transferAsked(transfer, body.endpointId, targets);
    const callerId = alternateCallerId ?? asked?.invitation.callerId;
    const call = await this.found(endpoint, callId, {
      kind: 'start',
      commandId: commandIdOf(body.endpointId, requestId),
      digest: commandDigest(http),
      caller: identityOf(endpoint),
      targets,
      isMuted,
      ...(callerId !== undefined && { alternateCallerId: callerId }),
      ...(customContext !== undefined && { customContext }),
      ...(transfer !== undefined && { transfer }),
      ...(asked !== undefined && { transferor: asked.transferor }),
      ...(relay === 'off' && { relay }),
      ...(description !== undefined && { description }),
    });
    if (transfer !== undefined) this.options.calls.transfers.taken(transfer, callId);
    return call;
  }

  /** What a client was asked to do for a transfer; throws where it was not, or was asked to call somebody else. */
  private transferAsked({ callId, transferId }: TransferReference, endpointId: string, targets: readonly string[]): NonNullable<ReturnType<RunningCall['machine']['transferAsked']>> {
    const asked = this.options.calls.get(callId)?.machine.transferAsked(endpointId, transferId);
    if (asked === undefined) throw new ApiError('TRANSFER_NOT_FOUND', { target: 'body.transfer' });
    if (targets.length !== 1 || targets[0] !== asked.target) throw new ApiError('TARGET_INVALID', { target: 'body.targets' });
    return asked;
  }

  private async join({ caller, body, requestId, http }: OperationRequest<'joinCall'>): Promise<Call> {
    const endpoint = this.options.registry.attend(body.endpointId, caller.identifier);
    const { locator } = body;
    const { calls, rooms } = this.options;
    const running = (): string | undefined => ('groupId' in locator ? calls.ofGroup(locator.groupId) : calls.ofRoom(locator.roomId)?.about.callId);
    const newCallId = derivedId('call', caller.identifier, requestId);
    if (running() === undefined) await this.checkUnused(newCallId, caller.identifier);
    // Nothing is waited for between the invitation and the command: what becomes of it meanwhile the call hears.
    const place = 'groupId' in locator ? locator : await rooms.admit(caller.identifier, locator.roomId);
    const command: CallCommand = {
      kind: 'join',
      commandId: commandIdOf(body.endpointId, requestId),
      digest: commandDigest(http),
      joiner: identityOf(endpoint),
      ...place,
      isMuted: body.isMuted ?? false,
      ...(body.relay === 'off' && { relay: body.relay }),
    };
    // Asked again, because somebody may have opened the call meanwhile.
    return this.found(endpoint, running() ?? newCallId, command);
  }

  /** Gives a command to a call, which it brings into being where there is none. */
  private async found(endpoint: RegisteredEndpoint, callId: string, command: CallCommand): Promise<Call> {
    const { calls } = this.options;
    if (calls.get(callId) !== undefined) {
      if (command.kind === 'join') this.checkCallLimit(endpoint, callId);
      return shown(succeeded(await calls.perform(callId, command)));
    }
    if (this.options.isDraining()) throw new ApiError('SERVER_DRAINING', { retryAfterSeconds: 1 });
    this.checkCallLimit(endpoint, callId);
    return shown(succeeded(await calls.found(callId, identityOf(endpoint), command)));
  }

  /** A call that this request has already made, and that has ended, is not made again. */
  private async checkUnused(callId: string, identifier: string): Promise<void> {
    const { calls, store } = this.options;
    if (calls.get(callId) === undefined && (await keptSafe(store.hasParty(callId, identifier)))) throw new ApiError('CALL_ENDED');
  }

  /** Throws `TELEPHONE_RATE_LIMITED` for more telephone numbers than a user may call in a time. */
  private admitTelephones(identifier: string, targets: readonly string[]): void {
    const count = targets.filter((target) => identifierKind(target) === 'phoneNumber').length;
    const retryAfterSeconds = count === 0 ? 0 : this.options.telephoneCalls.take(identifier, count);
    if (retryAfterSeconds > 0) throw new ApiError('TELEPHONE_RATE_LIMITED', { retryAfterSeconds });
  }

  private checkCallLimit({ registration }: RegisteredEndpoint, callId: string): void {
    const { calls, maxCallsPerEndpoint } = this.options;
    const isIn = calls.get(callId)?.endpoints.has(registration.endpointId) === true;
    if (!isIn && calls.countOf(registration.endpointId) >= maxCallsPerEndpoint) {
      throw new ApiError('CALL_LIMIT', { message: `This endpoint takes part in ${maxCallsPerEndpoint} calls, the most there may be; leave one.` });
    }
  }

  private async done(request: CommandRequest, command: Bare<CallCommand>): Promise<undefined> {
    await this.perform(request, command);
    return undefined;
  }

  private async call(request: CommandRequest, command: Bare<CallCommand>): Promise<Call> {
    return shown(await this.perform(request, command));
  }

  private async perform(request: CommandRequest, command: Bare<CallCommand>): Promise<Success> {
    const { registry, calls } = this.options;
    const { caller, params, body, requestId, http } = request;
    registry.attend(body.endpointId, caller.identifier);
    const call = calls.get(params.callId);
    // A stranger to the call learns nothing of it, not even that it is there.
    if (call === undefined || !call.parties.has(caller.identifier)) throw await this.absence(params.callId, caller.identifier);
    const result = await calls.perform(params.callId, { ...command, by: body.endpointId, commandId: commandIdOf(body.endpointId, requestId), digest: commandDigest(http) });
    return succeeded(result);
  }

  /** Why a call is not there for this user: it has ended, or it never was theirs. */
  private async absence(callId: string, identifier: string): Promise<ApiError> {
    const recent = this.options.keeper.recent(callId);
    const wasTheirs = recent === undefined ? await keptSafe(this.options.store.hasParty(callId, identifier)) : [...recent.parties].includes(identifier);
    return new ApiError(wasTheirs ? 'CALL_ENDED' : 'CALL_NOT_FOUND', { target: 'callId' });
  }
}

/** Unique among all endpoints, and the same for the same request. */
function commandIdOf(endpointId: string, requestId: string): string {
  return `${endpointId}/${requestId}`;
}

/** 128 bits are enough to tell a caller's own requests apart; the call remembers many. */
function commandDigest(http: FastifyRequest): string {
  return hash('sha256', requestDigest(http), 'base64url').slice(0, 22);
}

export function identityOf({ registration }: RegisteredEndpoint): EndpointIdentity {
  const { endpointId, identifier, displayName } = registration;
  return { endpointId, identifier, ...(displayName !== undefined && { displayName }) };
}

function succeeded(result: CommandResult): Success {
  if (result.ok) return result;
  throw new ApiError(result.code, result.message === undefined ? {} : { message: result.message });
}

/** The call in the result of a command whose operation answers with it. */
function shown({ call }: Success): Call {
  if (call === undefined) throw new ApiError('SERVER_FAULT');
  return call;
}
