import { CallMachine, type CallCommand, type CallInput, type CallMachineOptions, type CallOutput, type CallSnapshot, type EndpointIdentity } from '@dialplane/call';
import type { Call, EndpointEvent } from '@dialplane/calling-api';
import type { Instant } from '@dialplane/sansio';
import { instant } from '@dialplane/sansio';
import type { IncomingLine, LineEvent } from '@dialplane/telephony-api';
import { Agenda } from '../agenda.ts';
import type { Chance } from '../chance.ts';
import type { Disk, HostMachine, Received, Transmission } from '../host.ts';
import type { Request } from '../request-client.ts';
import type { Journal } from './journal.ts';
import type { CallMessage, CallRequest, Directory } from './messages.ts';
import { SubscribedApplication, type AnsweredCall, type Deed } from './subscribed-application.ts';
import { idOf, roomRoles } from './call-place.ts';
import { TelephoneNetwork, type LineTask } from './telephone-network.ts';

const presenceSweepMs = 5_000;
const presenceTimeoutMs = 20_000;
/** A room changes this often at least. */
const roomEveryMs = 20_000;
/** A telephone calls this often at least. */
const telephoneEveryMs = 6_000;

/** What is to be done later, by a running controller: a crash forgets it. */
type Task =
  | { readonly kind: 'release'; readonly transmissions: readonly Transmission<CallMessage>[] }
  | { readonly kind: 'found'; readonly callId: string; readonly identifier: string }
  | { readonly kind: 'wake'; readonly callId: string }
  | { readonly kind: 'line'; readonly task: LineTask }
  | { readonly kind: 'deed'; readonly deed: Deed }
  | { readonly kind: 'movedAway'; readonly callId: string; readonly identifier: string }
  | { readonly kind: 'telephone' }
  | { readonly kind: 'room' }
  | { readonly kind: 'sweep' };

/** What is asked of the world around a controller. */
export interface ControllerSurroundings {
  readonly directory: Directory;
  readonly journal: Journal;
  readonly chance: Chance;
  /** The host that plays the media processor. */
  readonly mediaHost: string;
  /** Whom telephones call from outside. */
  readonly called: readonly IncomingLine['target'][];
  /** Rooms, which change now and then. */
  readonly rooms: readonly string[];
  /** When they cease to, on the world's clock. */
  readonly callsUntil: number;
}

/**
 * A controller as far as the call engine needs one: it commits a call's snapshot before anything the call put out leaves it,
 * numbers each endpoint's events, resumes lost ones, and notices endpoints that fall silent. After a crash it goes on from its
 * disk; what it had not sent is lost, as in life.
 */
export class ControllerProgram implements HostMachine<CallMessage> {
  private readonly disk: Disk;
  private readonly surroundings: ControllerSurroundings;
  private readonly epoch: number;
  private readonly calls = new Map<string, CallMachine>();
  private readonly streams = new Map<string, EndpointEvent[]>();
  private readonly lastSeen = new Map<string, Instant>();
  private readonly silent = new Set<string>();
  private readonly tasks = new Agenda<Task>();
  private readonly outputs: Transmission<CallMessage>[] = [];
  private readonly telephones: TelephoneNetwork;
  private readonly application: SubscribedApplication;
  /** Whose lines they are. */
  private readonly lines = new Map<string, string>();

  constructor(disk: Disk, now: Instant, surroundings: ControllerSurroundings) {
    this.disk = disk;
    this.surroundings = surroundings;
    this.epoch = Number(disk.get('epoch') ?? 0) + 1;
    disk.put('epoch', this.epoch);
    this.telephones = new TelephoneNetwork(surroundings.chance.fork());
    this.application = new SubscribedApplication(surroundings.chance.fork(), [...surroundings.directory.keys(), '4:+15550107']);
    for (const key of disk.keys('call/')) {
      const callId = key.slice('call/'.length);
      const snapshot = disk.get(key) as CallSnapshot;
      surroundings.journal.noteRestart(callId, snapshot);
      const machine = CallMachine.restore(snapshot, this.machineOptions(callId), now);
      this.calls.set(callId, machine);
      this.drain(callId, machine, undefined, now);
      for (const endpointId of machine.endpoints()) this.lastSeen.set(endpointId, now);
      // Lines and media processes end with the server that held them.
      for (const lineId of machine.lines()) this.give(callId, { kind: 'line', event: { kind: 'ended', lineId, end: { by: 'network' } } }, now);
      const { path } = snapshot.model;
      if (path.kind !== 'peerToPeer') this.give(callId, { kind: 'media', event: { kind: 'conferenceFailed', conferenceId: path.conferenceId, reason: 'MEDIA_PROCESS_LOST' } }, now);
    }
    for (const machine of this.calls.values()) for (const { from, identifier } of machine.recentMoves(now)) this.give(from, { kind: 'movedAway', identifier }, now);
    this.tasks.add(now + presenceSweepMs, { kind: 'sweep' });
    this.tasks.add(now + surroundings.chance.between(1_000, telephoneEveryMs), { kind: 'telephone' });
    this.tasks.add(now + surroundings.chance.between(1_000, roomEveryMs), { kind: 'room' });
  }

  handle({ from, message }: Received<CallMessage>, now: Instant): void {
    if (message.kind === 'mediaEvent') {
      const callId = this.disk.get(`conference/${message.event.conferenceId}`);
      if (typeof callId === 'string') this.give(callId, { kind: 'media', event: message.event }, now);
      return;
    }
    this.seen(from, now);
    if (message.kind === 'resume') this.resume(from, message.epoch, message.after);
    else if (message.kind === 'request') this.answer(from, message, now);
  }

  handleTimeout(now: Instant): void {
    for (let at = this.tasks.next(); at !== undefined && at <= now; at = this.tasks.next()) {
      const task = this.tasks.take()?.item;
      if (task !== undefined) this.carryOut(task, now);
    }
  }

  poll(): Transmission<CallMessage> | undefined {
    return this.outputs.shift();
  }

  pollTimeout(): Instant | undefined {
    const at = this.tasks.next();
    return at === undefined ? undefined : instant(at);
  }

  /** Calls that have not ended, and who is in them. */
  running(): string[] {
    return [...this.calls].filter(([, machine]) => !machine.isEnded).map(([callId, machine]) => `${callId} with ${machine.endpoints().join(', ')}`);
  }

  /** Lines of telephones that nobody has hung up. */
  ringing(): readonly string[] {
    return this.telephones.lines;
  }

  /** Calls with a timer left. */
  waiting(): string[] {
    return [...this.calls].filter(([, machine]) => machine.pollTimeout() !== undefined).map(([callId]) => callId);
  }

  /** What the truth is for an endpoint that has heard everything up to `sequence` of this run; `undefined` when it has not. */
  truthFor(endpointId: string, epoch: number, sequence: number): ((callId: string) => Call | undefined) | undefined {
    if (epoch !== this.epoch || sequence !== (this.streams.get(endpointId)?.length ?? 0)) return undefined;
    return (callId) => this.calls.get(callId)?.viewFor(endpointId);
  }

  private carryOut(task: Task, now: Instant): void {
    switch (task.kind) {
      case 'release':
        this.outputs.push(...task.transmissions);
        return;
      case 'found': {
        const endpoints = this.surroundings.directory.get(task.identifier);
        const open = (endpoints ?? []).filter(({ endpointId }) => this.disk.get(`closed/${endpointId}`) === undefined);
        this.give(task.callId, { kind: 'endpointsFound', identifier: task.identifier, isKnown: endpoints !== undefined, endpoints: open, ...(this.application.knows(task.callId, task.identifier) && { isOffered: true }) }, now);
        return;
      }
      case 'wake': {
        const machine = this.calls.get(task.callId);
        const at = machine?.pollTimeout();
        if (machine === undefined || at === undefined || at > now) return;
        machine.handleTimeout(now);
        this.drain(task.callId, machine, undefined, now);
        return;
      }
      case 'line':
        if (this.telephones.tells(task.task)) this.hear(task.task.event, now);
        return;
      case 'deed':
        if (task.deed.kind === 'word') this.give(task.deed.callId, task.deed.command, now);
        else this.move(task.deed.from, task.deed.to, now);
        return;
      case 'movedAway':
        this.give(task.callId, { kind: 'movedAway', identifier: task.identifier }, now);
        return;
      case 'telephone':
        this.beCalled(now);
        return;
      case 'room':
        this.changeRoom(now);
        return;
      case 'sweep':
        this.sweep(now);
    }
  }

  /** The first one of a call goes to another one. */
  private move(from: AnsweredCall, to: AnsweredCall, now: Instant): void {
    const source = this.calls.get(from.callId);
    const isThere = source?.application(from.connectionId) !== undefined;
    const target = isThere ? source?.roster()[0]?.identifier : undefined;
    const transferee = target === undefined ? undefined : source?.transferee(target);
    if (target === undefined || transferee === undefined) return;
    const commandId = this.surroundings.chance.uuid();
    this.give(to.callId, { kind: 'takeIn', commandId, by: to.connectionId, target, transferee, from, operation: { operationId: commandId } }, now);
  }

  /** Telephones call as long as people do. */
  private beCalled(now: Instant): void {
    const { chance, called, callsUntil } = this.surroundings;
    if (now > callsUntil || called.length === 0) return;
    this.tasks.add(now + chance.between(1_000, telephoneEveryMs), { kind: 'telephone' });
    this.hear(this.telephones.ring(chance.pick(called), `4:+1555020${chance.below(10)}`), now);
  }

  /** Somebody is not invited any more, others have another role. */
  private changeRoom(now: Instant): void {
    const { chance, rooms, directory, callsUntil } = this.surroundings;
    if (now > callsUntil) return;
    this.tasks.add(now + chance.between(1_000, roomEveryMs), { kind: 'room' });
    const callId = this.disk.get(`place/${chance.pick(rooms)}`);
    if (typeof callId !== 'string' || this.calls.get(callId)?.isEnded !== false) return;
    const invited = [...directory.keys()].filter(() => chance.happens(0.9));
    this.give(callId, { kind: 'roomChanged', pstnDialOutEnabled: chance.happens(0.5), roles: Object.fromEntries(invited.map((identifier) => [identifier, chance.pick(roomRoles)])) }, now);
  }

  private hear(event: LineEvent, now: Instant): void {
    if (event.kind !== 'incoming') {
      const callId = this.lines.get(event.lineId);
      if (event.kind === 'ended') this.lines.delete(event.lineId);
      if (callId !== undefined) this.give(callId, { kind: 'line', event }, now);
      return;
    }
    const { target, lineId } = event.line;
    const group = target.kind === 'group' ? this.disk.get(`place/${target.groupId}`) : undefined;
    const isRunning = typeof group === 'string' && this.calls.get(group)?.isEnded === false;
    const callId = isRunning ? group : this.surroundings.chance.uuid();
    if (!isRunning) this.calls.set(callId, new CallMachine(this.machineOptions(callId), instant(0)));
    if (target.kind === 'group') this.disk.put(`place/${target.groupId}`, callId);
    this.lines.set(lineId, callId);
    this.give(callId, { kind: 'line', event }, now);
  }

  private sweep(now: Instant): void {
    this.tasks.add(now + presenceSweepMs, { kind: 'sweep' });
    for (const [endpointId, at] of this.lastSeen) {
      if (now - at < presenceTimeoutMs || this.silent.has(endpointId)) continue;
      this.silent.add(endpointId);
      for (const callId of this.callsOf(endpointId)) this.give(callId, { kind: 'endpointLost', endpointId }, now);
    }
  }

  private seen(endpointId: string, now: Instant): void {
    this.lastSeen.set(endpointId, now);
    if (!this.silent.delete(endpointId)) return;
    for (const callId of this.callsOf(endpointId)) this.give(callId, { kind: 'endpointRecovered', endpointId }, now);
  }

  private callsOf(endpointId: string): string[] {
    return [...this.calls].filter(([, machine]) => machine.viewFor(endpointId) !== undefined).map(([callId]) => callId);
  }

  private answer(from: string, { requestId, body }: Request<CallRequest>, now: Instant): void {
    if (body.kind === 'close') {
      this.disk.put(`closed/${from}`, true);
      for (const callId of this.callsOf(from)) this.give(callId, { kind: 'endpointClosed', endpointId: from, reason: 'closed' }, now);
      this.outputs.push({ to: from, message: { kind: 'response', requestId, body: { kind: 'closed' } } });
      return;
    }
    const callId = body.callId ?? this.foundedBy(requestId, body.command);
    if (this.calls.has(callId)) {
      this.give(callId, { ...body.command, commandId: requestId } as CallCommand, now);
      return;
    }
    this.outputs.push({ to: from, message: { kind: 'response', requestId, body: { kind: 'result', result: { ok: false, code: 'CALL_NOT_FOUND' } } } });
  }

  /** The call that a `start` or `join` belongs to: the one it made before, the running one of the group or room, or a new one. */
  private foundedBy(requestId: string, command: Extract<CallRequest, { kind: 'command' }>['command']): string {
    const earlier = this.disk.get(`founded/${requestId}`);
    if (typeof earlier === 'string') return earlier;
    const place = command.kind === 'join' ? `place/${idOf(command)}` : undefined;
    const running = place === undefined ? undefined : this.disk.get(place);
    const callId = typeof running === 'string' && this.calls.get(running)?.isEnded === false ? running : this.surroundings.chance.uuid();
    if (!this.calls.has(callId)) this.calls.set(callId, new CallMachine(this.machineOptions(callId), instant(0)));
    this.disk.put(`founded/${requestId}`, callId);
    if (place !== undefined) this.disk.put(place, callId);
    return callId;
  }

  private machineOptions(callId: string): CallMachineOptions {
    return {
      callId, serverCallId: callId, startedAt: '2026-01-01T00:00:00.000Z', newId: () => this.surroundings.chance.uuid(),
      iceConfiguration: () => ({ iceServers: [], iceTransportPolicy: 'all', relay: 'unavailable' }),
    };
  }

  private give(callId: string, input: CallInput, now: Instant): void {
    const machine = this.calls.get(callId);
    if (machine === undefined) return;
    machine.handle(input, now);
    this.drain(callId, machine, input, now);
  }

  /** Commits the call as it is now; what it put out leaves a moment later. */
  private drain(callId: string, machine: CallMachine, input: CallInput | undefined, now: Instant): void {
    const outputs: CallOutput[] = [];
    for (let output = machine.poll(); output !== undefined; output = machine.poll()) outputs.push(output);
    // A call whose first command was refused never was.
    if (machine.lanes().every(({ role }) => role === 'server')) this.calls.delete(callId);
    else if (machine.isUnsaved) this.disk.put(`call/${callId}`, machine.snapshot(now));
    const by = input !== undefined && 'commandId' in input ? commander(input) : undefined;
    this.surroundings.journal.note(callId, outputs, by, input?.kind === 'sendMessage');
    const transmissions = outputs.flatMap((output) => this.transmissionsFor(callId, output, by, now));
    if (transmissions.length > 0) this.tasks.add(now + this.surroundings.chance.between(1, 3), { kind: 'release', transmissions });
    const at = machine.pollTimeout();
    if (at !== undefined) this.tasks.add(Math.max(at, now + 1), { kind: 'wake', callId });
  }

  private transmissionsFor(callId: string, output: CallOutput, by: string | undefined, now: Instant): Transmission<CallMessage>[] {
    switch (output.kind) {
      case 'result':
        return by === undefined ? [] : [{ to: by, message: { kind: 'response', requestId: output.commandId, body: { kind: 'result', result: output.result } } }];
      case 'event': {
        const stream = this.streams.get(output.endpointId) ?? [];
        this.streams.set(output.endpointId, stream);
        stream.push(output.event);
        return [{ to: output.endpointId, message: { kind: 'event', epoch: this.epoch, sequence: stream.length, event: output.event } }];
      }
      case 'findEndpoints':
        this.tasks.add(now + this.surroundings.chance.between(1, 5), { kind: 'found', callId, identifier: output.identifier });
        return [];
      case 'media':
        if (output.command.kind === 'openConference') this.disk.put(`conference/${output.command.conferenceId}`, callId);
        return [{ to: this.surroundings.mediaHost, message: { kind: 'mediaCommand', command: output.command } }];
      case 'line':
        if (output.command.kind === 'dial' || output.command.kind === 'connect') this.lines.set(output.command.lineId, callId);
        for (const task of this.telephones.obey(output.command)) this.tasks.add(now + task.afterMs, { kind: 'line', task });
        return [];
      case 'userCalled':
        for (const deed of this.application.hear(callId, output)) this.tasks.add(now + deed.afterMs, { kind: 'deed', deed });
        return [];
      case 'movedHere':
        this.tasks.add(now + this.surroundings.chance.between(1, 5), { kind: 'movedAway', callId: output.from, identifier: output.identifier });
        return [];
      case 'transferSettled':
      case 'handOver':
      case 'application':
      case 'flow':
      case 'ended':
        return [];
    }
  }

  private resume(endpointId: string, epoch: number, after: number): void {
    const stream = this.streams.get(endpointId) ?? [];
    if (epoch !== this.epoch) {
      const calls = [...this.calls.values()].flatMap((machine) => machine.viewFor(endpointId) ?? []);
      this.outputs.push({ to: endpointId, message: { kind: 'sync', epoch: this.epoch, sequence: stream.length, calls } });
      return;
    }
    stream.slice(after).forEach((event, index) => {
      this.outputs.push({ to: endpointId, message: { kind: 'event', epoch, sequence: after + index + 1, event } });
    });
  }
}

/** Who waits for the answer. */
function commander(command: CallCommand): string | undefined {
  if (command.kind === 'decide' || command.kind === 'takeIn') return undefined;
  if ('application' in command) return command.application.connectionId;
  const endpoint: EndpointIdentity | string = command.kind === 'start' ? command.caller : command.kind === 'join' ? command.joiner : command.by;
  return typeof endpoint === 'string' ? endpoint : endpoint.endpointId;
}
