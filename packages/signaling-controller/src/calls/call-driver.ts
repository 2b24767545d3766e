import type { ApplicationOperation, CalledUserAudience } from '@dialplane/applications-api';
import { CallMachine, type ApplicationEvent, type CallCommand, type CallInput, type CallObservation, type CommandResult, type EndpointIdentity, type IceConfiguration, type IceParticipant } from '@dialplane/call';
import { endReason, endReasons, type Call, type EndpointEvent } from '@dialplane/calling-api';
import type { MediaControl, MediaEvent } from '@dialplane/media-api';
import type { Logger } from '@dialplane/telemetry';
import type { TelephoneControl } from '@dialplane/telephony-api';
import { randomUUID } from 'node:crypto';
import { dateOf, type Clock } from '../clock.ts';
import { ApiError } from '../http/api-error.ts';
import type { SignalingMetrics } from '../signaling-metrics.ts';
import { CallFlowRecorder, type FlowLimits } from './call-flow-recorder.ts';
import type { CallKeeper } from './call-keeper.ts';
import type { InterruptedCall } from './call-store.ts';
import { CallTimers } from './call-timers.ts';
import { CallTransfers } from './call-transfers.ts';
import { CalledUsers } from './called-users.ts';
import { restartLosses, restoredCall } from './restored-call.ts';
import { RunningCall, type CallAbout, type CallPlace, type Turn } from './running-call.ts';
import { RunningCalls } from './running-calls.ts';
import { serverCallIdOf } from './server-call-id.ts';
import { TelephoneLines } from './telephone-lines.ts';
import { UnkeptTurns } from './unkept-turns.ts';
import { WaitingCommands } from './waiting-commands.ts';

/** `isKnown` is false when there is no such user at all. */
interface FoundEndpoints {
  readonly isKnown: boolean;
  readonly endpoints: readonly EndpointIdentity[];
}

/** What the driver asks of the world around it. */
interface CallSurroundings {
  /** The registered endpoints of a user; at once where that is known without asking the store. */
  findEndpoints(identifier: string): FoundEndpoints | Promise<FoundEndpoints>;
  publish(endpointId: string, event: EndpointEvent): void;
  iceConfiguration(callId: string, participant: IceParticipant): IceConfiguration;
  participantLeft(callId: string, participantId: string): void;
  callEnded(callId: string): void;
  /** What an application in a call is told. */
  tellApplication(connectionId: string, event: ApplicationEvent): void;
  /** A call is over without a word to anybody: it failed, or could not be stored. */
  callLost(callId: string): void;
  /** No new calls: the server is about to stop. */
  isDraining(): boolean;
}

export interface CallDriverOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keeper: CallKeeper;
  readonly surroundings: CallSurroundings;
  readonly media: MediaControl | undefined;
  readonly telephony: TelephoneControl | undefined;
  readonly calledUsers: CalledUserAudience | undefined;
  readonly metrics: SignalingMetrics;
  readonly flowLimits: FlowLimits;
}

/**
 * Drives every running call: gives machines their inputs and wakes them, has what they put out committed, and only then
 * answers commands and hands out events. A fault in one machine costs that call and nothing else.
 */
export class CallDriver {
  private readonly options: CallDriverOptions;
  private readonly calls = new RunningCalls();
  readonly transfers: CallTransfers;
  private readonly lines: TelephoneLines;
  private readonly calledUsers: CalledUsers;
  private readonly waiting = new WaitingCommands();
  private readonly timers: CallTimers;
  private readonly unkept: UnkeptTurns;

  constructor(options: CallDriverOptions) {
    this.options = options;
    this.timers = new CallTimers(options.clock, (callId) => this.wake(callId));
    this.unkept = new UnkeptTurns({
      keeper: options.keeper,
      release: (call, turn) => this.release(call, turn),
      drop: (call) => this.drop(call),
      fail: (call, error) => this.fail(call, error),
    });
    options.media?.onEvent((event) => {
      const call = this.calls.ofConference(event.conferenceId);
      if (call === undefined) return;
      if (event.kind === 'legReport') this.noteLegReport(call, event);
      else this.take(call, { kind: 'media', event });
    });
    this.lines = new TelephoneLines({
      telephony: options.telephony,
      calls: this.calls,
      isDraining: () => options.surroundings.isDraining(),
      begin: (callId, caller, place) => this.begin(callId, caller, place),
      take: (call, input) => this.take(call, input),
    });
    this.calledUsers = new CalledUsers({
      audience: options.calledUsers,
      isRunning: (call) => this.calls.get(call.about.callId) === call,
      perform: (call, command) => this.command(call, command),
      take: (call, input) => this.take(call, input),
    });
    this.transfers = new CallTransfers(this.calls, (call, input) => this.take(call, input));
  }

  get size(): number {
    return this.calls.size;
  }

  /** How many calls have a conference. */
  get conferences(): number {
    return this.calls.conferenceCount;
  }

  get(callId: string): RunningCall | undefined {
    return this.calls.get(callId);
  }

  /** Whether an application is a party of a call, or has yet to be told that it no longer is. */
  hasApplication(callId: string, connectionId: string): boolean {
    return this.unkept.isWaiting(callId) || this.calls.get(callId)?.machine.application(connectionId) !== undefined;
  }

  /** The call that a group id stands for, while it runs. */
  ofGroup(groupId: string): string | undefined {
    return this.calls.ofGroup(groupId)?.about.callId;
  }

  /** The running call of a room. */
  ofRoom(roomId: string): RunningCall | undefined {
    return this.calls.ofRoom(roomId);
  }

  /** Rooms that have a running call. */
  roomIds(): string[] {
    return this.calls.ofRooms().flatMap(({ roomId }) => roomId ?? []);
  }

  countOf(endpointId: string): number {
    return this.calls.countOf(endpointId);
  }

  /** Every call of an endpoint as it sees it. */
  viewsFor(endpointId: string): Call[] {
    return this.calls.ofEndpoint(endpointId).flatMap((call) => call.viewFor(endpointId) ?? []);
  }

  /**
   * Has a command carried out that brings a call into being: `start`, or the `join` that opens the call of a group or room. The result comes
   * when the call is stored; `STORE_UNAVAILABLE` otherwise, and then there is no call.
   */
  found(callId: string, founder: EndpointIdentity, command: CallCommand): Promise<CommandResult> {
    const call = this.begin(callId, founder, command.kind === 'join' ? command : {});
    call.endpoints.add(founder.endpointId);
    this.calls.add(call);
    return this.command(call, command);
  }

  /** As above, for an application, which hears of its call by the surroundings. */
  foundByApplication(callId: string, caller: CallAbout['caller'], command: CallCommand): Promise<CommandResult> {
    const call = this.begin(callId, caller, {});
    this.calls.add(call);
    return this.command(call, command);
  }

  private begin(callId: string, { identifier, displayName }: CallAbout['caller'], { groupId, roomId }: CallPlace): RunningCall {
    const { clock, flowLimits } = this.options;
    const startedAt = clock.wallMs();
    const about: CallAbout = { callId, startedAt, caller: { identifier, ...(displayName !== undefined && { displayName }) } };
    const flow = new CallFlowRecorder({ sequence: 0, clientEvents: 0, isTruncated: false, facts: { startedAt, ...(roomId !== undefined && { roomId }) } }, flowLimits);
    const call = new RunningCall(about, new CallMachine(this.machineOptions(about), clock.now()), flow);
    call.addParty(identifier);
    call.groupId = groupId;
    return call;
  }

  /** Has a command of a running call carried out; throws `CALL_NOT_FOUND` for any other. */
  perform(callId: string, command: CallCommand): Promise<CommandResult> {
    const call = this.calls.get(callId);
    if (call === undefined) throw new ApiError('CALL_NOT_FOUND');
    return this.command(call, command);
  }

  /** Somebody goes from one call to another, by the word of an application in both: the second one takes them in, and the first one hears when they are there. */
  move(target: string, from: { readonly callId: string; readonly connectionId: string }, to: { readonly callId: string; readonly connectionId: string }, operation: ApplicationOperation, commandId: string): Promise<CommandResult> {
    const call = this.calls.get(to.callId);
    if (call === undefined) throw new ApiError('CALL_NOT_FOUND');
    const transferee = this.calls.get(from.callId)?.machine.transferee(target);
    if (transferee !== undefined) this.calls.addParty(call, target);
    return this.command(call, { kind: 'takeIn', commandId, by: to.connectionId, target, ...(transferee !== undefined && { transferee }), from, operation });
  }

  /** Tells every call of an endpoint what became of it. */
  observeEndpoint(endpointId: string, observation: CallObservation): void {
    for (const call of this.calls.ofEndpoint(endpointId)) this.take(call, observation);
  }

  /** Tells a call what is neither of an endpoint nor of the media processor. */
  observe(call: RunningCall, observation: CallObservation): void {
    this.takeIfRunning(call, observation);
  }

  /** A user registered an endpoint: calls that look for this user ring there too. */
  observeRegistration(endpoint: EndpointIdentity): void {
    for (const call of this.calls.ofUser(endpoint.identifier)) this.take(call, { kind: 'endpointRegistered', endpoint });
  }

  /** The ICE configuration of a participant, a call or all calls answers otherwise now. */
  renewIceConfiguration(callId?: string, participantId?: string): void {
    const calls = callId === undefined ? this.calls.all() : [this.calls.get(callId)];
    for (const call of calls) if (call !== undefined) this.take(call, { kind: 'iceConfigurationChanged', ...(participantId !== undefined && { participantId }) });
  }

  /** A user was deleted: what is recorded of its calls that still run is deleted when they end. */
  forget(identifier: string): void {
    for (const call of [...this.calls.all(), ...this.unkept.calls()]) if (call.parties.has(identifier)) call.isToBeForgotten = true;
  }

  /** Goes on with a call of an earlier run of the process. Throws when what is stored of it makes no sense; then it is not there. */
  restore(stored: InterruptedCall): void {
    const { clock, flowLimits, keeper } = this.options;
    const call = restoredCall(stored, { clock, flowLimits, machineOptions: (about) => this.machineOptions(about) });
    keeper.adopt(stored.callId);
    this.calls.add(call);
    this.arm(call);
    for (const loss of restartLosses(call)) this.takeIfRunning(call, loss);
  }

  /** All calls of the earlier run are restored: what one had to tell another is told again. */
  repeatMoves(): void {
    for (const call of this.calls.all()) for (const move of call.machine.recentMoves(this.options.clock.now())) this.transfers.passOn(call, move);
  }

  stop(): void {
    this.timers.stop();
  }

  private machineOptions(about: CallAbout): ConstructorParameters<typeof CallMachine>[0] {
    const { media } = this.options;
    return {
      callId: about.callId,
      serverCallId: serverCallIdOf(about.callId),
      newId: randomUUID,
      startedAt: new Date(about.startedAt).toISOString(),
      iceConfiguration: (participant) => this.iceConfiguration(about.callId, participant),
      mediaProcessorAbsence: () => (media === undefined ? endReasons.mediaProcessorUnavailable.message : media.absence()),
      telephoneAbsence: () => this.lines.absence(),
      hasPhones: (identifier) => this.lines.phonesOf(identifier).length > 0,
    };
  }

  private iceConfiguration(callId: string, participant: IceParticipant): IceConfiguration {
    const { surroundings, clock } = this.options;
    const configuration = surroundings.iceConfiguration(callId, participant);
    this.calls.get(callId)?.noteIceConfiguration(participant.participantId, configuration, dateOf(clock, clock.now()));
    return configuration;
  }

  private command(call: RunningCall, command: CallCommand): Promise<CommandResult> {
    const result = this.waiting.add(call.about.callId, command.commandId);
    this.take(call, command);
    return result;
  }

  /** One input, or the timers that are due (`undefined`); and everything that follows from it. */
  private take(call: RunningCall, input: CallInput | undefined): void {
    const { clock } = this.options;
    const now = clock.now();
    let turn: Turn;
    try {
      turn = call.take(input, now, dateOf(clock, now));
    } catch (error) {
      this.fail(call, error);
      return;
    }
    this.index(call, turn, input);
    if (turn.record !== undefined) {
      this.remove(call);
      this.unkept.add(call, turn);
    } else if (call.flow.progress.sequence === 0) {
      // Its first command was refused: there never was a call.
      this.remove(call);
      this.release(call, turn);
    } else {
      this.arm(call);
      if (call.machine.isUnsaved) this.unkept.add(call, turn);
      else {
        this.release(call, turn);
        if (call.flow.peekUnsaved().length > 0) this.options.keeper.noteFlow(call);
      }
    }
    for (const identifier of turn.lookUps) this.lookUp(call, identifier, this.calledUsers.isOffered(turn, identifier));
  }

  private noteLegReport(call: RunningCall, { legId, report }: Extract<MediaEvent, { kind: 'legReport' }>): void {
    const { clock, keeper } = this.options;
    call.noteLegReport(legId, report, dateOf(clock, clock.now()));
    keeper.noteFlow(call);
  }

  /** What the world may know now that it is stored: answers first, then events, then media. */
  private release(call: RunningCall, turn: Turn): void {
    this.waiting.answer(turn.results);
    for (const { endpointId, event } of turn.events) this.options.surroundings.publish(endpointId, event);
    for (const command of turn.media) this.options.media?.send(command);
    this.lines.send(turn.lines);
    this.calledUsers.release(call, turn);
    for (const { connectionId, event } of turn.applications) this.options.surroundings.tellApplication(connectionId, event);
    for (const news of turn.transfers) this.transfers.passOn(call, news);
  }

  /** A new call that could not be stored: nobody has heard of it yet. */
  private drop(call: RunningCall): void {
    this.unkept.forget(call);
    this.lines.hangUp(call);
    this.remove(call);
    this.waiting.reject(call.about.callId, new ApiError('STORE_UNAVAILABLE'));
    this.options.surroundings.callLost(call.about.callId);
  }

  /** A fault of ours costs this call: everybody in it is told, and a record is kept. */
  private fail(call: RunningCall, error: unknown): void {
    const { logger, surroundings, keeper } = this.options;
    const { callId } = call.about;
    logger.error({ err: error, callId }, 'A call was ended by a fault of the server.');
    this.waiting.reject(callId, new ApiError('SERVER_FAULT', { cause: error }));
    if (this.calls.get(callId) !== call) return;
    this.unkept.forget(call);
    this.lines.hangUp(call);
    this.remove(call);
    const reason = endReason('signalingFailed', 'platform');
    surroundings.callLost(callId);
    for (const endpointId of call.endpoints) {
      surroundings.publish(endpointId, { type: 'callStateChanged', callId, revision: call.nextRevision, state: 'Disconnected', endReason: reason });
    }
    keeper.keepEnded(call, { reason }).catch((cause: unknown) => logger.error({ err: cause, callId }, 'The record of a failed call was lost.'));
  }

  private lookUp(call: RunningCall, identifier: string, isOffered: boolean): void {
    const found = this.options.surroundings.findEndpoints(identifier);
    const tell = (endpoints: FoundEndpoints): void => this.takeIfRunning(call, { kind: 'endpointsFound', identifier, phones: this.lines.phonesOf(identifier), ...(isOffered && { isOffered }), ...endpoints });
    if (!(found instanceof Promise)) {
      tell(found);
      return;
    }
    found.then(tell, (error: unknown) => {
      // The engine gives up on the look-up by itself.
      this.options.logger.error({ err: error, callId: call.about.callId }, 'The endpoints of a user could not be looked up.');
    });
  }

  private takeIfRunning(call: RunningCall, observation: CallInput): void {
    if (this.calls.get(call.about.callId) === call) this.take(call, observation);
  }

  private index(call: RunningCall, turn: Turn, input: CallInput | undefined): void {
    if (input?.kind === 'join' && turn.results.some(({ result }) => result.ok)) {
      this.calls.addEndpoint(call, input.joiner.endpointId);
      this.calls.addParty(call, input.joiner.identifier);
    }
    for (const identifier of turn.lookUps) this.calls.addParty(call, identifier);
    for (const { endpointId, event } of turn.events) {
      if (event.type === 'callStateChanged' && event.state === 'Disconnected') this.endpointLeft(call, endpointId);
      else if (event.type === 'incomingCall') this.calls.addEndpoint(call, endpointId);
    }
    this.lines.index(call, turn, input);
    for (const { kind, conferenceId } of turn.media) {
      if (kind === 'closeConference') this.calls.removeConference(conferenceId);
      if (kind !== 'openConference') continue;
      if (call.machine.isReopening) this.options.metrics.conferenceReopened();
      this.calls.setConference(call, conferenceId);
    }
  }

  private endpointLeft(call: RunningCall, endpointId: string): void {
    const participantId = call.laneOf(endpointId);
    if (participantId !== undefined) this.options.surroundings.participantLeft(call.about.callId, participantId);
    this.calls.removeEndpoint(call, endpointId);
  }

  private remove(call: RunningCall): void {
    this.calls.remove(call);
    this.options.surroundings.callEnded(call.about.callId);
    this.calledUsers.settle(call);
    this.timers.forget(call.about.callId);
  }

  private arm(call: RunningCall): void {
    this.timers.arm(call.about.callId, call.machine.pollTimeout());
  }

  /** Its time has come, or is a later one by now. */
  private wake(callId: string): void {
    const call = this.calls.get(callId);
    if (call === undefined) return;
    const at = call.machine.pollTimeout();
    if (at !== undefined && at <= this.options.clock.now()) this.take(call, undefined);
    else this.arm(call);
  }
}
