import type { CallInput, CallMachine, CallSnapshot, CallOutput, CallRecord, CommandResult, IceConfiguration } from '@dialplane/call';
import type { Call, CallKind, EndpointEvent, FlowLane } from '@dialplane/calling-api';
import type { LegReport, MediaCommand } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { LineCommand } from '@dialplane/telephony-api';
import type { CallFlowRecorder } from './call-flow-recorder.ts';
import { FanOuts, summaryOf } from './event-lines.ts';
import { LegReports } from './leg-reports.ts';
import { StoredParts } from './stored-parts.ts';

/** Everything that one input made a call put out, sorted by what is to be done with it. */
export interface Turn {
  readonly results: ReadonlyArray<{ readonly commandId: string; readonly result: CommandResult }>;
  readonly events: ReadonlyArray<{ readonly endpointId: string; readonly event: EndpointEvent }>;
  /** Identifiers whose endpoints are wanted. */
  readonly lookUps: readonly string[];
  /** Users who are called, and of whom applications may be told. */
  readonly calledUsers: ReadonlyArray<Extract<CallOutput, { kind: 'userCalled' }>>;
  readonly media: readonly MediaCommand[];
  readonly lines: readonly LineCommand[];
  /** What other calls are to know of transfers and moves between them and this one. */
  readonly transfers: ReadonlyArray<Extract<CallOutput, { kind: 'transferSettled' | 'handOver' | 'movedHere' }>>;
  /** What applications in the call are told. */
  readonly applications: ReadonlyArray<Extract<CallOutput, { kind: 'application' }>>;
  /** Present when the call ended. */
  readonly record: CallRecord | undefined;
}

/** Who is in a call: what outlives the machine's view of it. */
export interface CallAbout {
  readonly callId: string;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
  readonly caller: { readonly identifier: string; readonly displayName?: string };
}

/** What a call was joined by: a group id, or a room. */
export interface CallPlace {
  readonly groupId?: string | undefined;
  readonly roomId?: string | undefined;
}

/** What a running call is stored as, to go on from after a restart; beside it the parts of the machine's snapshot. */
export interface StoredSnapshot {
  readonly machine: Omit<CallSnapshot, 'parts'>;
  readonly caller: CallAbout['caller'];
}

type EventOutput = Extract<CallOutput, { kind: 'event' }>;

/** A running call: its machine, its flow record, and who it concerns. */
export class RunningCall {
  readonly about: CallAbout;
  readonly machine: CallMachine;
  readonly flow: CallFlowRecorder;
  /** Endpoints that see this call now; as `parties`, changed through {@link RunningCalls}, which finds calls by them. */
  readonly endpoints = new Set<string>();
  /** Identifiers that are or were in it, or are called. */
  readonly parties = new Set<string>();
  /** Lines of telephones that are in it, are called or call; as above. */
  readonly lines = new Set<string>();
  /** Of a call that is joined by group id. */
  groupId: string | undefined;
  /** Its conference at the media processor, while or since it has one. */
  conferenceId: string | undefined;
  /** Which parts of its snapshots are stored. */
  readonly parts = new StoredParts();
  /** A participant was deleted: nothing of this call is kept once it has ended. */
  isToBeForgotten = false;
  /** Participant ids by endpoint, of everybody who was shown the call. */
  readonly participantIds = new Map<string, string>();
  /** What each participant was last offered of the relay. */
  private readonly relayOffers = new Map<string, string>();
  private readonly legs: LegReports;
  private readonly storedParties = new Set<string>();

  constructor(about: CallAbout, machine: CallMachine, flow: CallFlowRecorder) {
    this.about = about;
    this.machine = machine;
    this.flow = flow;
    this.legs = new LegReports((time, lane, detail) => flow.append('mediaProcessor', time, 'mediaProcessor', lane, detail));
  }

  /** Gives the machine an input, or lets its due timers fire, and takes everything it puts out. Throws when we have a bug. */
  take(input: CallInput | undefined, now: Instant, time: string): Turn {
    if (input === undefined) this.machine.handleTimeout(now);
    else this.machine.handle(input, now);
    const outputs: CallOutput[] = [];
    for (let output = this.machine.poll(); output !== undefined; output = this.machine.poll()) outputs.push(output);
    return this.sort(outputs, time);
  }

  private sort(outputs: readonly CallOutput[], time: string): Turn {
    const turn = { results: [] as Array<Turn['results'][number]>, events: [] as Array<Turn['events'][number]>, lookUps: [] as string[], calledUsers: [] as Array<Turn['calledUsers'][number]>, media: [] as MediaCommand[], lines: [] as LineCommand[], transfers: [] as Array<Turn['transfers'][number]>, applications: [] as Array<Turn['applications'][number]> };
    const fanOuts = new FanOuts(outputs);
    let record: CallRecord | undefined;
    for (const output of outputs) {
      switch (output.kind) {
        case 'result':
          turn.results.push(output);
          break;
        case 'event':
          turn.events.push(output);
          this.noteEvent(output, time, fanOuts);
          break;
        case 'findEndpoints':
          turn.lookUps.push(output.identifier);
          break;
        case 'userCalled':
          turn.calledUsers.push(output);
          break;
        case 'media':
          turn.media.push(output.command);
          this.noteMedia(output.command, time);
          break;
        case 'transferSettled':
        case 'handOver':
        case 'movedHere':
          turn.transfers.push(output);
          break;
        case 'application':
          turn.applications.push(output);
          this.noteApplication(output, time);
          break;
        case 'line':
          turn.lines.push(output.command);
          break;
        case 'flow':
          this.flow.append('controller', time, output.from, output.to, output.detail);
          break;
        case 'ended':
          ({ record } = output);
      }
    }
    return { ...turn, record };
  }

  snapshot(now: Instant): { readonly stored: StoredSnapshot; readonly parts: CallSnapshot['parts'] } {
    const { parts, ...machine } = this.machine.snapshot(now);
    return { stored: { machine, caller: this.about.caller }, parts };
  }

  /** The lane of an endpoint in the flow record: its participant id. */
  laneOf(endpointId: string): string | undefined {
    const known = this.participantIds.get(endpointId);
    if (known !== undefined) return known;
    const view = this.machine.viewFor(endpointId);
    if (view !== undefined) this.participantIds.set(endpointId, view.self.participantId);
    return view?.self.participantId;
  }

  viewFor(endpointId: string): Call | undefined {
    return this.machine.viewFor(endpointId);
  }

  /** With the relay behind the controller, where it had a part in the call. */
  get lanes(): readonly FlowLane[] {
    const lanes = this.machine.lanes();
    if (this.flow.facts.isRelayInvolved !== true) return lanes;
    const behind = lanes.findIndex(({ id }) => id === 'controller') + 1;
    return [...lanes.slice(0, behind), { id: 'relay', role: 'server' }, ...lanes.slice(behind)];
  }

  /** Writes into the flow record what a participant is offered of the relay, where that is news. */
  noteIceConfiguration(participantId: string, { iceServers, relay }: IceConfiguration, time: string): void {
    const credential = iceServers.find(({ username }) => username !== undefined)?.username;
    const offer = credential ?? relay;
    if (this.relayOffers.get(participantId) === offer) return;
    this.relayOffers.set(participantId, offer);
    const note = (what: string, why: string): void => this.flow.append('controller', time, 'controller', participantId, { kind: 'decision', what, why });
    if (credential !== undefined) note('the relay is offered', 'a credential for this participant was issued');
    else if (relay === 'turnedOffForResource') note('the relay is not offered', 'the operator has turned it off');
    else if (relay === 'limitReached') note('the relay is not offered', 'this user holds as many credentials of it as there may be');
  }

  /** Of the call of a room. */
  get roomId(): string | undefined {
    return this.flow.facts.roomId;
  }

  /** Known while an endpoint sees the call. */
  get kind(): CallKind {
    for (const endpointId of this.endpoints) {
      const view = this.machine.viewFor(endpointId);
      if (view !== undefined) return view.kind;
    }
    return 'oneToOne';
  }

  /** The revision that a last event of this call must have. */
  get nextRevision(): number {
    return this.machine.revision + 1;
  }

  addParty(identifier: string): void {
    this.parties.add(identifier);
  }

  /** Parties of which nobody has said that the store holds them. */
  listUnstoredParties(): readonly string[] {
    return this.parties.size === this.storedParties.size ? [] : [...this.parties].filter((identifier) => !this.storedParties.has(identifier));
  }

  noteStoredParties(parties: readonly string[]): void {
    for (const identifier of parties) this.storedParties.add(identifier);
  }

  /** What the media path saw of a leg of this call. */
  noteLegReport(legId: string, report: LegReport, time: string): void {
    const lane = this.machine.laneOfLeg(legId);
    if (lane !== undefined) this.legs.note(time, lane, legId, report);
  }

  /** Legs end with their conference, also when it is another one that takes its place. */
  private noteMedia(command: MediaCommand, time: string): void {
    if (command.kind === 'closeLeg') this.legs.close(time, command.legId);
    else if (command.kind === 'closeConference' || command.kind === 'openConference') this.legs.close(time);
  }

  private noteApplication({ connectionId, event }: Turn['applications'][number], time: string): void {
    const application = this.machine.application(connectionId);
    if (application !== undefined) this.participantIds.set(connectionId, application.participantId);
    const lane = this.participantIds.get(connectionId);
    if (lane !== undefined && event.kind !== 'toneHeard') this.flow.append('controller', time, 'controller', lane, { kind: 'event', type: event.kind });
    if (event.kind === 'connected' && this.flow.facts.connectedAt === undefined) this.flow.learn({ connectedAt: Date.parse(time) });
  }

  private noteEvent({ endpointId, event }: EventOutput, time: string, fanOuts: FanOuts): void {
    if (event.type === 'incomingCall') {
      this.participantIds.set(endpointId, event.call.self.participantId);
    }
    const audience = fanOuts.audienceOf(event);
    const lane = audience === 'one' ? this.laneOf(endpointId) : undefined;
    const summary = summaryOf(event);
    if (lane !== undefined) this.flow.append('controller', time, 'controller', lane, { kind: 'event', type: event.type, ...(summary !== undefined && { summary }) });
    else if (typeof audience === 'number') {
      this.flow.append('controller', time, 'controller', undefined, { kind: 'event', type: event.type, summary: `to ${audience} clients${summary === undefined ? '' : `: ${summary}`}`.slice(0, 512) });
    }
    if (event.type === 'callStateChanged' && event.state === 'Connected' && this.flow.facts.connectedAt === undefined) {
      this.flow.learn({ connectedAt: Date.parse(time) });
    }
  }
}
