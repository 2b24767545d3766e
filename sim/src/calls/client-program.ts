import type { CommandResult, EndpointIdentity } from '@dialplane/call';
import type { Call, EndpointEvent, MediaDescription } from '@dialplane/calling-api';
import { addMilliseconds, earliest, instant, type Instant } from '@dialplane/sansio';
import { Agenda } from '../agenda.ts';
import type { Chance } from '../chance.ts';
import type { HostMachine, Received, Transmission } from '../host.ts';
import { RequestClient } from '../request-client.ts';
import { CallReplica } from './call-replica.ts';
import { CallUser, type Move } from './call-user.ts';
import { idOf, type CallPlace } from './call-place.ts';
import type { CallMessage, CallRequest, CommandBody } from './messages.ts';

const resumeMs = 3_000;
const firstOffer: MediaDescription = { type: 'offer', revision: 1, sdp: 'v=0\r\n', streams: [] };

/** What a client is told to do once, by its script. */
export type Intention =
  | { readonly kind: 'call'; readonly targets: readonly string[] }
  | { readonly kind: 'join'; readonly place: CallPlace }
  | { readonly kind: 'close' };

/**
 * A calling client with a user in front of it: answers what rings or not, negotiates media, holds, mutes, adds, hangs up. It
 * repeats requests under the same id until they are answered, and resumes its event stream after every gap.
 */
export class ClientProgram implements HostMachine<CallMessage> {
  readonly endpointId: string;
  readonly replicas = new Map<string, CallReplica>();
  epoch = 0;
  sequence = 0;
  /** Counts what it learned: between two checks of the same count there is nothing new to check. */
  lessons = 0;
  private readonly identity: EndpointIdentity;
  private readonly controller: string;
  private readonly chance: Chance;
  private readonly acquaintances: readonly string[];
  /** By the part in a call: who comes back into a call that it left has everything to decide again. */
  private readonly users = new Map<string, CallUser>();
  private readonly requests = new RequestClient<CallRequest>();
  private readonly asked = new Map<string, CallRequest>();
  private readonly intentions = new Agenda<Intention>();
  private readonly moves = new Agenda<{ readonly callId: string; readonly move: Move }>();
  /** Events that came before the ones they follow. */
  private readonly early = new Map<number, EndpointEvent>();
  /** Events of calls whose `start` or `join` has not been answered yet. */
  private unknown: EndpointEvent[] = [];
  /** Requests to take part that a sync event overtook: the call they are answered with may have ended before it. */
  private readonly overtaken = new Set<string>();
  /** By request: what may have ended without this client having heard of it, and how much of it was known then. */
  private readonly doubts = new Map<string, { readonly replica: CallReplica; readonly revision: number }>();
  private readonly outputs: Transmission<CallMessage>[] = [];
  private resumeAt: Instant;
  private isClosed = false;

  constructor(identity: EndpointIdentity, controller: string, acquaintances: readonly string[], chance: Chance, now: Instant) {
    this.acquaintances = acquaintances;
    this.identity = identity;
    this.endpointId = identity.endpointId;
    this.controller = controller;
    this.chance = chance;
    this.resumeAt = addMilliseconds(now, chance.between(1, resumeMs));
  }

  get isIdle(): boolean {
    return this.requests.size === 0 && this.intentions.size === 0;
  }

  /** True while it waits to hear whether a call goes on, or whether it has come back to one that it left; and when it is closed. */
  isUncertainOf(callId: string, isEnded: boolean): boolean {
    const replica = this.replicas.get(callId);
    return this.isClosed || [...this.doubts.values()].some((doubted) => doubted.replica === replica) || (isEnded && [...this.asked.values()].some((body) => body.kind === 'command' && body.command.kind === 'join'));
  }

  /** Has the user do something after a while. */
  intend(intention: Intention, at: Instant): void {
    this.intentions.add(at, intention);
  }

  handle({ message }: Received<CallMessage>, now: Instant): void {
    if (this.isClosed && message.kind !== 'response') return;
    switch (message.kind) {
      case 'response':
        if (this.requests.settle(message.requestId) && message.body.kind === 'result') this.learn(message.requestId, message.body.result, now);
        return;
      case 'event':
        if (message.epoch === this.epoch && message.sequence > this.sequence) this.early.set(message.sequence, message.event);
        this.readOn(now);
        return;
      case 'sync':
        this.synchronise(message.epoch, message.sequence, message.calls, now);
        return;
      default:
    }
  }

  handleTimeout(now: Instant): void {
    this.requests.handleTimeout(now);
    for (let at = this.intentions.next(); at !== undefined && at <= now; at = this.intentions.next()) {
      const intention = this.intentions.take()?.item;
      if (intention !== undefined) this.follow(intention, now);
    }
    for (let at = this.moves.next(); at !== undefined && at <= now; at = this.moves.next()) {
      const due = this.moves.take()?.item;
      if (due !== undefined) this.move(due.callId, due.move, now);
    }
    if (this.resumeAt <= now) this.resume(now);
  }

  poll(): Transmission<CallMessage> | undefined {
    const request = this.requests.poll();
    return request === undefined ? this.outputs.shift() : { to: this.controller, message: request };
  }

  pollTimeout(): Instant | undefined {
    const times = [this.intentions.next(), this.moves.next()].map((at) => (at === undefined ? undefined : instant(at)));
    return [...times, this.requests.pollTimeout()].reduce(earliest, this.isClosed ? undefined : this.resumeAt);
  }

  private resume(now: Instant): void {
    this.resumeAt = addMilliseconds(now, resumeMs);
    this.outputs.push({ to: this.controller, message: { kind: 'resume', epoch: this.epoch, after: this.sequence } });
  }

  private follow(intention: Intention, now: Instant): void {
    if (this.isClosed) return;
    if (intention.kind === 'close') {
      this.isClosed = true;
      this.ask({ kind: 'close', endpointId: this.endpointId }, now);
      for (const replica of this.replicas.values()) if (!replica.isEnded) replica.end(undefined);
    } else if (intention.kind === 'join') {
      for (const { replica } of this.ofPlace(intention.place)) replica.beginSeating();
      this.ask({ kind: 'command', command: { kind: 'join', joiner: this.identity, ...intention.place, isMuted: this.chance.happens(0.5) } }, now);
    } else {
      const description = this.chance.happens(0.8) ? { description: firstOffer } : {};
      this.ask({ kind: 'command', command: { kind: 'start', caller: this.identity, targets: intention.targets, isMuted: false, ...description } }, now);
    }
  }

  /** Running calls of a group or room: one that rings here may be the one that is being joined. */
  private ofPlace(place: CallPlace): Array<{ readonly view: Call; readonly replica: CallReplica }> {
    return [...this.replicas.values()].filter(({ view, isEnded }) => isOf(view, place) && !isEnded).map((replica) => ({ view: replica.view, replica }));
  }

  private ask(body: CallRequest, now: Instant): string {
    const requestId = this.chance.uuid();
    this.asked.set(requestId, body);
    this.requests.ask(requestId, body, now);
    return requestId;
  }

  private command(callId: string, command: CommandBody, now: Instant): string {
    if (command.kind === 'accept') this.replicas.get(callId)?.beginSeating();
    return this.ask({ kind: 'command', callId, command }, now);
  }

  /** The answer to a command: the truth at its revision, before which events of a call it founded had to wait. */
  private learn(requestId: string, result: CommandResult, now: Instant): void {
    const body = this.asked.get(requestId);
    this.asked.delete(requestId);
    if (body?.kind !== 'command' || this.isClosed) return;
    const isOvertaken = this.overtaken.delete(requestId);
    const view = result.ok ? result.call : undefined;
    const callId = body.callId ?? view?.callId;
    if (callId === undefined) {
      if (body.command.kind === 'join') for (const { replica } of this.ofPlace(body.command)) replica.seated(undefined);
      return;
    }
    const known = this.replicas.get(callId);
    const doubted = this.doubts.get(requestId);
    this.doubts.delete(requestId);
    if (!result.ok && doubted !== undefined) {
      // A refusal has no revision: when more has been heard since, it may be of an earlier part in this call.
      if (doubted.replica.view.revision === doubted.revision) doubted.replica.end(undefined);
      else if (!doubted.replica.isEnded) this.doubt(callId, doubted.replica, now);
    }
    if (body.command.kind === 'join') {
      for (const { view: rung, replica } of this.ofPlace(body.command)) replica.seated(rung.callId === callId ? view : undefined);
    }
    if (body.command.kind === 'accept') known?.seated(view);
    else if (known !== undefined && !known.isEnded && view !== undefined) known.show(view);
    // Any other answer may be older than the end of the call, which can come to be known without a revision.
    else if (view !== undefined && seats(body.command) && view.state !== 'Disconnected' && view.revision >= (known?.view.revision ?? 0)) this.meet(view, now);
    const met = this.replicas.get(callId);
    if (isOvertaken && met !== undefined && !met.isEnded) this.doubt(callId, met, now);
    this.ponder(callId, now);
  }

  /** A call this client did not know of, or has come back to. */
  private meet(view: Call, now: Instant): void {
    const replica = new CallReplica(view);
    this.replicas.set(view.callId, replica);
    this.users.delete(view.self.participantId);
    const waiting = this.unknown;
    this.unknown = [];
    for (const event of waiting) this.apply(event, now);
  }

  /** A call that no answer named: requests to join its group that are outstanding may be answered with it. */
  private meetWhileJoining(view: Call, now: Instant): void {
    this.meet(view, now);
    for (const body of this.asked.values()) {
      if (body.kind === 'command' && body.command.kind === 'join' && isOf(view, body.command)) this.replicas.get(view.callId)?.beginSeating();
    }
  }

  private readOn(now: Instant): void {
    for (let event = this.early.get(this.sequence + 1); event !== undefined; event = this.early.get(this.sequence + 1)) {
      this.sequence += 1;
      this.early.delete(this.sequence);
      this.apply(event, now);
    }
    if (this.early.size > 0) this.resumeAt = addMilliseconds(now, Math.min(this.resumeAt - now, 200));
  }

  private apply(event: EndpointEvent, now: Instant): void {
    if (event.type === 'sync' || event.type === 'endpointClosed') return;
    const callId = event.type === 'incomingCall' ? event.call.callId : event.callId;
    const known = this.replicas.get(callId);
    if (event.type === 'incomingCall') {
      // A ring begins another part in the call, whether or not this client has heard of the end of the one before.
      const isNewPart = known?.view.self.participantId !== event.call.self.participantId && event.call.revision > (known?.view.revision ?? 0);
      if (known === undefined || known.isEnded || isNewPart) this.meetWhileJoining(event.call, now);
    } else if (known === undefined || known.isEnded) {
      if ('revision' in event && event.revision > (known?.view.revision ?? 0)) this.unknown.push(event);
      return;
    } else {
      known.apply(event);
    }
    this.ponder(callId, now);
  }

  /** Asks, with a command that changes nothing, whether a call still goes on. */
  private doubt(callId: string, replica: CallReplica, now: Instant): void {
    const requestId = this.command(callId, { kind: 'updateSelf', by: this.endpointId }, now);
    this.doubts.set(requestId, { replica, revision: replica.view.revision });
  }

  private synchronise(epoch: number, sequence: number, calls: readonly Call[], now: Instant): void {
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.sequence = sequence;
    this.early.clear();
    this.unknown = [];
    const running = new Map(calls.map((call) => [call.callId, call]));
    for (const [callId, replica] of this.replicas) {
      if (running.has(callId) || replica.isEnded) continue;
      // It has ended, or this client came into it while the sync event was on its way: a command that changes nothing tells.
      this.doubt(callId, replica, now);
    }
    for (const [requestId, body] of this.asked) if (body.kind === 'command' && seats(body.command)) this.overtaken.add(requestId);
    for (const [callId, view] of running) {
      const known = this.replicas.get(callId);
      if (known === undefined || known.isEnded) this.meetWhileJoining(view, now);
      else known.show(view);
      this.ponder(callId, now);
    }
    this.readOn(now);
  }

  /** Lets the user, and the client's own media, react to what the call looks like now. */
  private ponder(callId: string, now: Instant): void {
    this.lessons += 1;
    const replica = this.replicas.get(callId);
    if (replica === undefined || replica.isEnded) return;
    const { participantId } = replica.view.self;
    const user = this.users.get(participantId) ?? new CallUser(this.endpointId, this.chance.fork(), this.acquaintances);
    this.users.set(participantId, user);
    for (const move of user.ponder(replica.view)) this.moves.add(now + move.afterMs, { callId, move });
  }

  private move(callId: string, move: Move, now: Instant): void {
    const replica = this.replicas.get(callId);
    if (this.isClosed || replica === undefined || replica.isEnded) return;
    for (const command of move.commands(replica.view)) this.command(callId, command, now);
  }
}

function seats({ kind }: CommandBody): boolean {
  return kind === 'start' || kind === 'join' || kind === 'accept';
}

function isOf({ groupId, roomId }: Call, place: CallPlace): boolean {
  return (groupId ?? roomId) === idOf(place);
}
