/** A call under test: feeds inputs, and gives back what came out, whole and as lines that read well in a test. */
import type { ApplicationIdentity } from '@dialplane/applications-api';
import { addMilliseconds, instant, type Instant } from '@dialplane/sansio';
import type { EndpointEvent, EndReason, FlowDetail, MediaDescription } from '@dialplane/calling-api';
import type { MediaEvent } from '@dialplane/media-api';
import type { IncomingLine, LineCommand, LineEvent } from '@dialplane/telephony-api';
import { CallMachine, type ApplicationEvent, type CallCommand, type MediaOperationEvent, type CallInput, type CallMachineOptions, type CallOutput, type CallRecord, type CommandResult, type EndpointIdentity } from './index.ts';

type CommandWithoutId<Command> = Command extends CallCommand ? Omit<Command, 'commandId'> : never;
export type TestCommand = CommandWithoutId<CallCommand>;

/** Everything that one input led to. */
export interface Outcome {
  /** Every output in its order, one line each; see {@link lineOf}. */
  readonly lines: readonly string[];
  readonly outputs: readonly CallOutput[];
  readonly result: CommandResult | undefined;
  readonly record: CallRecord | undefined;
}

export const alice: EndpointIdentity = { endpointId: 'alice-1', identifier: '8:acs:r_alice', displayName: 'Alice' };
export const bob: EndpointIdentity = { endpointId: 'bob-1', identifier: '8:acs:r_bob', displayName: 'Bob' };
export const bobsPhone: EndpointIdentity = { endpointId: 'bob-2', identifier: '8:acs:r_bob' };
export const carol: EndpointIdentity = { endpointId: 'carol-1', identifier: '8:acs:r_carol', displayName: 'Carol' };
export const service: ApplicationIdentity = { connectionId: 'connection', identifier: '8:acs:r_service' };
export const telephone = '4:+15550100';
export const ownNumber = '4:+15550199';
export const groupId = '11111111-1111-4111-8111-111111111111';

export function description(type: 'offer' | 'answer', revision: number, answers?: number, ufrag = 'aaaa'): MediaDescription {
  return {
    type, revision, ...(answers === undefined ? {} : { answers }), sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n`,
    streams: [{ mid: '0', mediaStreamType: 'Audio' }],
  };
}

export function candidate(type: 'host' | 'srflx' | 'relay', ufrag: string | null = 'aaaa') {
  return { candidate: `candidate:1 1 udp 1 10.0.0.1 9 typ ${type}`, mid: '0', mLineIndex: 0, usernameFragment: ufrag };
}

export class TestCall {
  machine: CallMachine;
  now: Instant = instant(1000);
  readonly options: CallMachineOptions;
  private commands = 0;

  constructor(options: Partial<CallMachineOptions> = {}) {
    let ids = 0;
    this.options = {
      callId: 'call', serverCallId: 'server-call', startedAt: '2026-01-01T00:00:00.000Z', newId: () => `id${(ids += 1)}`,
      iceConfiguration: () => ({ iceServers: [], iceTransportPolicy: 'all', relay: 'unavailable' }), ...options,
    };
    this.machine = new CallMachine(this.options, this.now);
  }

  /** Gives a command under a fresh id, or under `commandId`. */
  command(command: TestCommand, commandId = `c${(this.commands += 1)}`): Outcome {
    return this.input({ ...command, commandId } as CallCommand);
  }

  input(input: CallInput): Outcome {
    this.machine.handle(input, this.now);
    return this.drain();
  }

  media(event: MediaEvent): Outcome {
    return this.input({ kind: 'media', event });
  }

  line(event: LineEvent): Outcome {
    return this.input({ kind: 'line', event });
  }

  /** Alice calls a telephone; the conference is open, her media is connected, and it is being dialled. Returns the line's id. */
  dial(): string {
    this.command({ kind: 'start', caller: alice, targets: [telephone], alternateCallerId: ownNumber, isMuted: false });
    this.media({ kind: 'conferenceOpened', conferenceId: this.conferenceId, process: 'media-0' });
    this.legConnected('alice-1');
    return this.lineId;
  }

  /** Alice and a telephone that has answered. Returns the line's id. */
  dialled(): string {
    const lineId = this.dial();
    this.line({ kind: 'progress', lineId, status: 180, hasEarlyMedia: false });
    this.line({ kind: 'answered', lineId });
    return lineId;
  }

  /** A telephone calls `target`, by default Bob; the conference is open. */
  callFromOutside(target: IncomingLine['target'] = { kind: 'users', identifiers: [bob.identifier] }): Outcome {
    const outcome = this.line({ kind: 'incoming', line: { lineId: 'in-1', from: telephone, displayName: 'Carl', to: ownNumber, target, trunk: 'north' } });
    this.media({ kind: 'conferenceOpened', conferenceId: this.conferenceId, process: 'media-0' });
    return outcome;
  }

  /** A telephone has called, and the application has answered it. */
  answeredByApplication(): this {
    this.callFromOutside({ kind: 'application', ...service });
    this.lineDescribed();
    return this;
  }

  /** The leg of the only line is there. */
  lineDescribed(): Outcome {
    const { parties } = this.machine.snapshot(this.now).model;
    const legId = parties.flatMap(({ stage }) => ('seats' in stage ? stage.seats : [])).find(({ line }) => line !== undefined)?.leg?.mediaSessionId ?? '';
    return this.media({ kind: 'legDescribed', conferenceId: this.conferenceId, legId, description: description('answer', 1, 1) });
  }

  /** The only line of the call. */
  get lineId(): string {
    return this.machine.lines()[0] ?? '';
  }

  /** Lets time pass, firing whatever comes due. */
  pass(milliseconds: number): Outcome {
    this.now = addMilliseconds(this.now, milliseconds);
    this.machine.handleTimeout(this.now);
    return this.drain();
  }

  /** The answer to `findEndpoints`. */
  find(...endpoints: readonly EndpointIdentity[]): Outcome {
    return this.input({ kind: 'endpointsFound', identifier: endpoints[0]?.identifier ?? '', isKnown: true, endpoints });
  }

  /** The answer to `findEndpoints` where an application is told of the call. */
  offer(identifier: string, ...endpoints: readonly EndpointIdentity[]): Outcome {
    return this.input({ kind: 'endpointsFound', identifier, isKnown: true, endpoints, isOffered: true });
  }

  private drain(): Outcome {
    const outputs: CallOutput[] = [];
    for (let output = this.machine.poll(); output !== undefined; output = this.machine.poll()) outputs.push(output);
    return {
      lines: outputs.map(lineOf), outputs, result: outputs.find((output) => output.kind === 'result')?.result,
      record: outputs.find((output) => output.kind === 'ended')?.record,
    };
  }

  /** The media sessions of an endpoint, by topology. */
  session(endpointId: string, topology: 'peerToPeer' | 'backend' = 'peerToPeer'): string {
    return this.machine.viewFor(endpointId)?.mediaSessions.find((session) => session.topology === topology)?.mediaSessionId ?? '';
  }

  /** Alice calls Bob, who rings on both his devices. */
  ring(): this {
    this.command({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, description: description('offer', 1) });
    this.find(bob, bobsPhone);
    return this;
  }

  /** Bob answers on his first device, and media connects. */
  answer(): this {
    this.command({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('answer', 1, 1) });
    this.command({ kind: 'reportMedia', by: 'bob-1', mediaSessionId: this.session('bob-1'), state: 'connected' });
    return this;
  }

  /** Alice, Bob and Carol in a group call, all connected. */
  gather(): this {
    for (const joiner of [alice, bob, carol]) this.command({ kind: 'join', joiner, groupId, isMuted: false });
    this.media({ kind: 'conferenceOpened', conferenceId: 'id1', process: 'media-0' });
    for (const { endpointId } of [alice, bob, carol]) this.legConnected(endpointId);
    return this;
  }

  legConnected(endpointId: string): Outcome {
    return this.media({ kind: 'legStateChanged', conferenceId: this.conferenceId, legId: this.session(endpointId, 'backend'), state: 'connected' });
  }

  /** The conference last asked for. */
  get conferenceId(): string {
    const { path } = this.machine.snapshot(this.now).model;
    return path.kind === 'peerToPeer' ? '' : path.conferenceId;
  }
}

/** An output in one line: what kind, for whom, and what is worth asserting of it. */
export function lineOf(output: CallOutput): string {
  switch (output.kind) {
    case 'result':
      return resultLine(output.result);
    case 'event':
      return `${output.endpointId} < ${eventLine(output.event)}`;
    case 'findEndpoints':
      return `find ${name(output.identifier)}`;
    case 'userCalled':
      return `told: ${name(output.caller.identifier)} calls ${name(output.identifier)}`;
    case 'media':
      return `media ${output.command.kind}${'legId' in output.command && output.command.legId !== undefined ? ` ${output.command.legId}` : ''}`;
    case 'line':
      return `line ${lineCommandLine(output.command)}`;
    case 'transferSettled':
      return `settled ${output.transfer.transferId} of ${output.transfer.callId}${output.failure === undefined ? '' : ` failed ${reasonLine(output.failure)}`}`;
    case 'application':
      return `${output.connectionId} hears ${applicationLine(output.event)}`;
    case 'movedHere':
      return `${name(output.identifier)} has come from ${output.from}`;
    case 'handOver':
      return `hand ${name(output.transferee.identifier)} over to ${Object.values(output.target).join()} in place of ${output.by}`;
    case 'flow':
      return `flow ${output.from}${output.to === undefined ? '' : ` > ${output.to}`} ${flowLine(output.detail)}`;
    case 'ended':
      return `ended ${reasonLine(output.record.endReason)}`;
  }
}

function applicationLine(event: ApplicationEvent): string {
  switch (event.kind) {
    case 'connected':
      return 'connected';
    case 'participantsUpdated':
      return `${event.sequenceNumber}: ${event.participants.map((one) => [name(one.identifier), ...(one.isMuted ? ['muted'] : []), ...(one.isOnHold ? ['held'] : [])].join(' ')).join(', ') || 'nobody'}`;
    case 'disconnected':
      return `disconnected ${reasonLine(event.endReason)}${event.hasConnected ? '' : ', never connected'}`;
    case 'participantAdded':
      return `${event.operation.operationId} added ${name(event.identifier)}`;
    case 'addParticipantFailed':
      return `${event.operation.operationId} did not add ${name(event.identifier)} ${reasonLine(event.endReason)}`;
    case 'addParticipantCancelled':
      return `${event.operation.operationId} ${event.isDone ? 'cancelled' : 'could not cancel'} ${event.invitationId}`;
    case 'participantRemoved':
      return `${event.operation.operationId} ${event.isDone ? 'removed' : 'found no'} ${name(event.identifier)}`;
    case 'participantMoved':
      return `${event.operation.operationId} moved ${name(event.identifier)} here from ${event.movedFrom}`;
    case 'moveParticipantFailed':
      return `${event.operation.operationId} did not move ${name(event.identifier)} ${reasonLine(event.endReason)}`;
    case 'transferAccepted':
      return `${event.operation.operationId} transferred ${name(event.transferee)} to ${name(event.target)}`;
    case 'transferFailed':
      return `${event.operation.operationId} transferred nobody ${reasonLine(event.endReason)}`;
    default:
      return mediaOperationLine(event);
  }
}

function mediaOperationLine({ operation: { operationId }, ...event }: MediaOperationEvent): string {
  const { kind } = event;
  switch (kind) {
    case 'playFailed':
    case 'recognitionPromptFailed':
    case 'holdFailed':
      return `${operationId} ${kind}: ${event.failure.reason} ${event.failure.sourceIndex}`;
    case 'tonesRecognized':
      return `${operationId} recognized ${event.tones || 'nothing'} by ${event.endedBy}`;
    case 'choiceRecognized':
      return `${operationId} recognized ${event.label}`;
    case 'recognitionFailed':
      return `${operationId} failed for ${event.why}`;
    case 'toneHeard':
      return `${operationId} ${event.sequenceId}: ${event.tone} of ${name(event.target)}`;
    default:
      return `${operationId} ${kind}`;
  }
}

function lineCommandLine(command: LineCommand): string {
  switch (command.kind) {
    case 'dial':
      return `dial ${command.lineId} ${command.target.kind === 'number' ? `${command.target.number} as ${command.target.callerId ?? 'nobody'}` : command.target.deviceId} for ${name(command.from.identifier)} in ${command.legId}`;
    case 'connect':
      return `connect ${command.lineId} in ${command.legId}`;
    case 'reject':
      return `reject ${command.lineId} ${command.status}`;
    case 'setHeld':
      return `${command.isHeld ? 'hold' : 'resume'} ${command.lineId}`;
    case 'sendDtmf':
      return `keys ${command.tones} to ${command.lineId}`;
    case 'transfer':
      return `transfer ${command.lineId} to ${command.target.kind === 'number' ? command.target.number : command.target.deviceId}`;
    case 'reportTransfer':
      return `report ${command.lineId} ${command.status}`;
    default:
      return `${command.kind} ${command.lineId}`;
  }
}

function resultLine(result: CommandResult): string {
  if (!result.ok) return `refused ${result.code}`;
  const { call, participant } = result;
  return ['ok', ...(call === undefined ? [] : [call.state]), ...(participant === undefined ? [] : [name(participant.identifier), participant.state])].join(' ');
}

function eventLine(event: EndpointEvent): string {
  switch (event.type) {
    case 'incomingCall':
      return `incomingCall from ${name(event.call.caller.identifier)} ${event.call.kind} ${event.call.topology}`;
    case 'callStateChanged':
      return event.endReason === undefined ? event.state : `${event.state} ${reasonLine(event.endReason)}`;
    case 'callPromoted':
      return `promoted ${event.kind} ${event.topology}`;
    case 'participantsUpdated': {
      const updated = event.updated.map((one) => [name(one.identifier), one.state, ...(one.isMuted ? ['muted'] : []), ...placesOf(one), ...(one.modes === undefined ? [] : [`audio ${one.modes.audio} video ${one.modes.video}`]), ...(one.streams === undefined || one.streams.length === 0 ? [] : [`sends ${one.streams.join('+')}`])].join(' '));
      const removed = event.removed.map((one) => `-${name(one.identifier)}${one.endReason === undefined ? '' : ` ${reasonLine(one.endReason)}`}`);
      return [...updated, ...removed].join(', ');
    }
    case 'selfUpdated':
      return ['self', event.role, ...(event.isMuted ? ['muted'] : []), ...(event.mutedBy === undefined ? [] : [`by ${name(event.mutedBy)}`]), ...placesOf(event)].join(' ');
    case 'mediaSessionUpdated':
      return `session ${event.mediaSession.mediaSessionId} ${event.mediaSession.topology} ${event.mediaSession.state}`;
    case 'mediaSessionClosed':
      return `session ${event.mediaSessionId} closed`;
    case 'mediaDescription':
      return `${event.mediaSessionId} ${event.description.type} ${event.description.revision}`;
    case 'mediaCandidates':
      return `${event.mediaSessionId} ${event.candidates.length} candidates`;
    case 'mediaModesChanged':
      return `${event.mediaSessionId} audio ${event.modes.audio} video ${event.modes.video}${event.layout === undefined ? '' : ` of ${event.layout.map(({ identifier }) => name(identifier)).join(' ') || 'nobody'}`}${event.audioCodec === undefined ? '' : ` in ${event.audioCodec}`}`;
    case 'callModesChanged':
      return `everybody audio ${event.modes.audio} video ${event.modes.video}`;
    case 'watchedPicturesChanged':
      return `${event.mediaSessionId} is watched in ${event.watched.map(({ mid, layers }) => `${mid}:${layers}`).join(' ') || 'all'}`;
    case 'speakersChanged':
      return `speaking: ${event.speaking.map(name).join(' ')}, dominant: ${event.dominant.map(name).join(' ')}`;
    case 'dtmfReceived':
      return `${event.tone} of ${name(event.sender)}`;
    case 'transferChanged':
      return `transfer ${event.state}${event.code === undefined ? '' : ` ${event.code}/${event.subCode}`}`;
    case 'transferRequested':
      return `is to call ${name(event.target)}`;
    case 'messageReceived':
      return `${event.data} of ${name(event.sender)} in ${event.channelId}`;
    case 'reactionReceived':
      return `${event.reactionType} of ${name(event.sender)}`;
    default:
      return event.type;
  }
}

function placesOf({ raisedHandOrder, spotlightOrder }: { readonly raisedHandOrder?: number; readonly spotlightOrder?: number }): string[] {
  return [...(raisedHandOrder === undefined ? [] : [`hand ${raisedHandOrder}`]), ...(spotlightOrder === undefined ? [] : [`spotlight ${spotlightOrder}`])];
}

function flowLine(detail: FlowDetail): string {
  switch (detail.kind) {
    case 'callState':
      return detail.state;
    case 'participantState':
      return `${name(detail.identifier)} ${detail.state}`;
    case 'description':
      return `${detail.type} ${detail.revision} (${detail.summary})`;
    case 'candidates':
      return `${detail.count} candidates (${detail.types.join(', ')})`;
    case 'mediaState':
      return `media ${detail.state}${detail.cause === undefined ? '' : ` ${detail.cause}`}`;
    case 'decision':
      return `decided: ${detail.what}`;
    case 'ended':
      return `ended ${reasonLine(detail.endReason)}`;
    default:
      return detail.kind;
  }
}

export function reasonLine({ code, subCode, endedBy }: EndReason): string {
  return `${code}/${subCode} by ${name(endedBy)}`;
}

/** `8:acs:r_alice` is alice. */
function name(identifier: string): string {
  return identifier.replace('8:acs:r_', '');
}
