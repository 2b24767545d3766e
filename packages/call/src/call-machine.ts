import type { ApplicationParticipant } from '@dialplane/applications-api';
import type { Call, FlowLane } from '@dialplane/calling-api';
import type { Instant, Machine } from '@dialplane/sansio';
import type { Application } from './applications/application-model.ts';
import { applicationRoster, settleApplications } from './applications/applications.ts';
import { isRung } from './applications/called-users.ts';
import { recentMoves } from './applications/moved-participants.ts';
import type { CallCommand, CallInput, CallObservation, CallOutput, CommandResult } from './call-input.ts';
import { allSeats, seatedAt, type Seat } from './call-model.ts';
import { perform } from './command-dispatch.ts';
import { CommandMemory } from './command-memory.ts';
import { laneOfLeg } from './media/conference.ts';
import { defaultLimits } from './limits.ts';
import { userCalled } from './membership/ringing.ts';
import { LiveCall, type CallMachineOptions } from './live-call.ts';
import { fire, observe } from './observation-dispatch.ts';
import { Publication } from './publication.ts';
import { readSnapshot, takeSnapshot, type CallSnapshot } from './snapshot.ts';
import { hasArrived } from './transfers/errand.ts';
import { settleErrand } from './transfers/take-over.ts';
import type { Transfer, Transferee } from './transfers/transfer-model.ts';
import { settleTransfer, transfereeOf } from './transfers/transfer.ts';
import { refused, type Verdict } from './verdict.ts';
import { callView, closingView } from './views.ts';

/**
 * One call: commands and observations in; results, events, flow entries and at the end one record out.
 *
 * The first input is `start`, `join`, `startAsApplication` or an incoming line. Inputs that do not fit are refused (commands) or ignored (observations).
 */
export class CallMachine implements Machine<CallInput, CallOutput> {
  private readonly live: LiveCall;
  private readonly memory: CommandMemory;
  private readonly publication: Publication;
  private readonly outputs: CallOutput[] = [];
  private hasChanged = false;

  /** @param snapshot goes on with a call; see {@link CallMachine.restore}. */
  constructor(options: CallMachineOptions, now: Instant, snapshot?: CallSnapshot) {
    const { rememberedCommands } = { ...defaultLimits, ...options.limits };
    if (snapshot === undefined) {
      this.live = new LiveCall(options);
      this.memory = new CommandMemory(rememberedCommands);
    } else {
      const { model, deadlines, memory } = readSnapshot(snapshot, now, { downtimeMs: options.downtimeMs ?? 0, rememberedCommands });
      this.live = new LiveCall(options, model);
      for (const [key, at] of deadlines) this.live.deadlines.set(key, at);
      this.memory = memory;
    }
    this.publication = new Publication(this.live);
    if (snapshot !== undefined) this.askAgain();
  }

  /**
   * The call of `snapshot`, as if it had never stopped. It asks again for the endpoints it was waiting for, and has applications told of calls again; whatever else was
   * on its way when the snapshot was taken is the driver's to repeat (a `sync` event for each endpoint shows all of it).
   */
  static restore(snapshot: CallSnapshot, options: CallMachineOptions, now: Instant): CallMachine {
    return new CallMachine(options, now, snapshot);
  }

  /** Whether anything happened since the last snapshot that is worth another one; what passes by (speakers, messages) is not. */
  get isUnsaved(): boolean {
    return this.hasChanged;
  }

  /** Everything needed to go on with this call elsewhere. Poll all outputs first. */
  snapshot(now: Instant): CallSnapshot {
    this.hasChanged = false;
    return takeSnapshot(this.live, this.memory, now);
  }

  handle(input: CallInput, now: Instant): void {
    if (!passesBy(input)) this.hasChanged = true;
    if ('commandId' in input) {
      this.handleCommand(input, now);
    } else if (this.live.model.phase === 'running' || isFounding(this.live, input)) {
      observe(this.live, input, now);
      this.settle(now);
      this.outputs.push(...this.publication.publish(this.live));
    }
  }

  handleTimeout(now: Instant): void {
    for (const key of this.live.deadlines.takeDue(now)) {
      if (key !== 'speakers') this.hasChanged = true;
      if (this.live.model.phase === 'running') fire(this.live, key, now);
    }
    this.settle(now);
    this.outputs.push(...this.publication.publish(this.live));
  }

  poll(): CallOutput | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.live.deadlines.next();
  }

  /** The call as an endpoint that takes part or rings sees it: what a sync event carries. */
  viewFor(endpointId: string): Call | undefined {
    const seated = seatedAt(this.live.model, endpointId);
    return seated === undefined ? undefined : callView(this.live, seated);
  }

  /** The lane of a leg in the call flow: the participant id of its endpoint. */
  laneOfLeg(legId: string): string | undefined {
    return laneOfLeg(this.live, legId);
  }

  /** The endpoints that take part or ring; a telephone has none. */
  endpoints(): string[] {
    return allSeats(this.live.model).filter(({ seat }) => seat.line === undefined).map(({ seat }) => seat.endpointId);
  }

  /** The lines of telephones that take part, ring or call. */
  lines(): string[] {
    return allSeats(this.live.model).filter(({ seat }) => seat.line !== undefined).map(({ seat }) => seat.endpointId);
  }

  /** What the client at `endpointId` was asked to do for a transfer; undefined when it was not, or has. */
  transferAsked(endpointId: string, transferId: string): Pick<Transfer, 'target' | 'transferor' | 'invitation'> | undefined {
    const { transfer: current } = this.live.model;
    const isAsked = current?.transferId === transferId && current.stage.kind === 'asking' && seatedAt(this.live.model, endpointId)?.party.identifier === current.transferee;
    return isAsked ? current : undefined;
  }

  /** Whether somebody is called who has not answered yet. */
  isRung(identifier: string): boolean {
    return isRung(this.live.model, identifier);
  }

  /** Somebody who is connected, as another call may take them in. */
  transferee(identifier: string): Transferee | undefined {
    const party = this.live.model.parties.get(identifier);
    return party !== undefined && hasArrived(this.live.model, identifier) ? transfereeOf(party) : undefined;
  }

  /** What a call that was just restored may have said in vain: who has come from which other call. To be passed on when all calls are there. */
  recentMoves(now: Instant): ReadonlyArray<Extract<CallOutput, { kind: 'movedHere' }>> {
    return recentMoves(this.live, now);
  }

  /** An application that is a party of the call. */
  application(connectionId: string): Application | undefined {
    return this.live.model.applications.get(connectionId);
  }

  /** Everybody who is connected, as applications are shown them. */
  roster(): ApplicationParticipant[] {
    return applicationRoster(this.live.model);
  }

  /** The lanes of the call flow so far: who called, the server's parts, then everybody who rang or came. */
  lanes(): FlowLane[] {
    const { model } = this.live;
    const lanes = [
      ...model.participations.map((past) => laneOf(past.role, past.isApplication === true ? { displayName: unnamed, ...past } : past)),
      ...allSeats(model).map(({ seat }) => laneOf(seat.part, seat)),
      ...[...model.applications.values()].map((application) => laneOf(application.part, { displayName: unnamed, ...application })),
    ];
    const servers: FlowLane[] = [{ id: 'controller', role: 'server' }];
    if (model.usedBackend) servers.push({ id: 'mediaProcessor', role: 'server' });
    const lines = [...model.participations.map(({ line }) => line), ...allSeats(model).map(({ seat }) => seat.line)].filter((line) => line !== undefined);
    if (lines.length > 0) servers.push({ id: 'telephony', role: 'server' });
    const trunks = new Set(lines.flatMap((line) => ('trunks' in line ? line.trunks : (line.trunk ?? []))));
    return [
      ...lanes.filter(({ role }) => role === 'caller'), ...servers, ...lanes.filter(({ role }) => role !== 'caller'),
      ...[...trunks].map((name): FlowLane => ({ id: `trunk:${name}`, role: 'trunk', displayName: name })),
    ];
  }

  /** True while another conference is asked for in place of one that was lost. */
  get isReopening(): boolean {
    return this.live.model.path.kind === 'reopening';
  }

  /** True after the record was put out: nothing changes any more. */
  get isEnded(): boolean {
    return this.live.model.phase === 'ended';
  }

  /** Of the newest event. */
  get revision(): number {
    return this.live.model.revision;
  }

  /** A transfer waits for what any input may bring about. */
  private settle(now: Instant): void {
    settleTransfer(this.live, now);
    settleErrand(this.live, now);
    settleApplications(this.live, now);
  }

  private askAgain(): void {
    const { model } = this.live;
    for (const party of model.parties.values()) {
      const { identifier, stage, isOffered } = party;
      if (stage.kind === 'finding') this.outputs.push({ kind: 'findEndpoints', identifier }, ...userCalled(model, party));
      else if (stage.kind === 'ringing' && isOffered === true) this.outputs.push(...userCalled(model, party));
    }
  }

  private handleCommand(command: CallCommand, now: Instant): void {
    const by = commander(command);
    const verdict = this.verdictOn(command, by, now);
    this.settle(now);
    const consequences = this.publication.publish(this.live);
    this.outputs.push({ kind: 'result', commandId: command.commandId, result: this.resultOf(command, by, verdict) }, ...consequences);
  }

  private verdictOn(command: CallCommand, by: string, now: Instant): Verdict {
    const { commandId, digest } = command;
    const remembered = this.memory.recall(by, commandId);
    if (remembered !== undefined) return remembered.digest === digest ? remembered.verdict : refused('REQUEST_ID_REUSED');
    const verdict = perform(this.live, command, now);
    if (passesBy(command)) return verdict;
    // A stranger's command is not worth forgetting a member's for.
    const isStranger = !verdict.ok && verdict.code === 'CALL_NOT_FOUND';
    if (!isStranger) this.memory.remember({ commandId, by, verdict, ...(digest === undefined ? {} : { digest }) });
    return verdict;
  }

  private resultOf(command: CallCommand, by: string, verdict: Verdict): CommandResult {
    if (!verdict.ok || !showsCall(command)) return verdict;
    const call = this.viewFor(by) ?? this.closingViewFor(by);
    return call === undefined ? refused('CALL_NOT_FOUND') : { ok: true, call };
  }

  private closingViewFor(endpointId: string): Call | undefined {
    const participation = this.live.model.participations.findLast((past) => past.endpointId === endpointId);
    return participation === undefined ? undefined : closingView(this.live, participation);
  }
}

/** How an application without a name is called in the flow. */
const unnamed = 'Application';

/** A telephone that calls brings a call into being. */
function isFounding({ model }: LiveCall, input: CallObservation): boolean {
  return model.phase === 'idle' && input.kind === 'line' && input.event.kind === 'incoming';
}

/** Whether nothing of an input is kept, not even that it was given. */
function passesBy(input: CallInput): boolean {
  if (input.kind !== 'media') return input.kind === 'sendMessage' || input.kind === 'want';
  const { kind } = input.event;
  return kind === 'speakersChanged' || kind === 'watchedChanged' || kind === 'legReport';
}

/** Whether the operation of a command answers with the whole call, which costs a walk through its roster. */
function showsCall({ kind }: CallCommand): boolean {
  return kind === 'start' || kind === 'join' || kind === 'accept' || kind === 'hold' || kind === 'resume' || kind === 'updateSelf';
}

function laneOf(role: Seat['part'], { participantId, identifier, displayName }: Pick<Seat, 'participantId' | 'identifier' | 'displayName'>): FlowLane {
  return { id: participantId, role, identifier, ...(displayName === undefined ? {} : { displayName }) };
}

function commander(command: CallCommand): string {
  switch (command.kind) {
    case 'start':
      return command.caller.endpointId;
    case 'join':
      return command.joiner.endpointId;
    case 'startAsApplication':
    case 'attachApplication':
      return command.application.connectionId;
    default:
      return command.by;
  }
}
