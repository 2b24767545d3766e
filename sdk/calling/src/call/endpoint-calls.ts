import type { Call as CallView, EndpointEvent } from '@dialplane/calling-api';
import type { CallEndReason } from '../public/errors.ts';
import type { CallPlace } from './call-info.ts';
import { ActiveCall } from './active-call.ts';
import type { SetUp } from './call-lifecycle.ts';
import type { CallServices } from './call-services.ts';
import type { CallEvent } from './call-view.ts';
import { localEndReasons } from './end-reasons.ts';
import { leaveUnknownCall } from './leaving.ts';
import { RingingCall } from './ringing-call.ts';

export interface EndpointCallsListener {
  rings(incoming: RingingCall): void;
  updated(added: ActiveCall[], removed: ActiveCall[]): void;
  /** The other side of `call` transfers this client. */
  transfers(call: ActiveCall, request: TransferRequest): void;
  /** A call that rang was answered here, or is over. */
  handled(call: ActiveCall, reason: Pick<CallEndReason, 'code' | 'subCode'>): void;
}

export type TransferRequest = Extract<CallEvent, { type: 'transferRequested' }>;

/** Events of calls whose start or join is not answered yet. */
const maxEarlyEvents = 512;

/**
 * The calls of an endpoint, running and ringing, and what its events mean for them. An answer to start or join is the base of
 * its call: events that come before it wait here until it has named the call they belong to.
 */
export class EndpointCalls {
  running: readonly ActiveCall[] = [];
  private readonly services: CallServices;
  private readonly listener: EndpointCallsListener;
  private readonly ringing = new Map<string, RingingCall>();
  /** How many answers to start and join are outstanding. */
  private placing = 0;
  private early: CallEvent[] = [];
  /** Calls that the server holds for this endpoint, and that one of those answers may name. */
  private readonly unclaimed = new Set<string>();

  constructor(services: CallServices, listener: EndpointCallsListener) {
    this.services = services;
    this.listener = listener;
  }

  /** A call that this client starts or joins: in the list from now on. */
  addOutgoing(place?: CallPlace): ActiveCall {
    const call = this.createCall('Outgoing', place === undefined ? {} : { place });
    this.add(call);
    return call;
  }

  /** Asks the server for it. What goes wrong ends the call, with the reason. */
  async place(call: ActiveCall, setUp: SetUp): Promise<void> {
    this.placing += 1;
    try {
      await call.setUp({ ...setUp, takeEarlyEvents: (view) => this.claim(view) });
    } catch {
      // The call has ended and tells why.
    } finally {
      this.placing -= 1;
      if (this.placing === 0) this.leaveUnclaimed();
    }
  }

  /** An event of the endpoint, in order. */
  handleEvent(event: EndpointEvent): void {
    if (event.type === 'incomingCall') this.ring(event.call);
    else if (event.type === 'sync') this.synchronise(event.calls);
    else if (event.type !== 'endpointClosed') this.handleCallEvent(event);
  }

  endAll(reason: CallEndReason): void {
    for (const call of [...this.running, ...[...this.ringing.values()].map((incoming) => incoming.call)]) call.end(reason);
  }

  private createCall(direction: 'Incoming' | 'Outgoing', known: { view?: CallView; place?: CallPlace }): ActiveCall {
    const call = new ActiveCall({
      services: this.services,
      direction,
      ...known,
      onEnded: () => {
        this.ended(call);
      },
    });
    call.session.onEvent((event) => {
      if (event.type === 'transferRequested') this.listener.transfers(call, event);
    });
    return call;
  }

  /** Resolves when this client has left the calls of a group or room that it is leaving now. Who joins sooner would have two calls of one id, and lose both. */
  async left(place: CallPlace): Promise<void> {
    const isThere = ({ info }: ActiveCall): boolean => ('groupId' in place ? info.groupId === place.groupId : info.roomId === place.roomId);
    const leaving = this.running.filter((call) => call.state === 'Disconnecting' && isThere(call));
    await Promise.all(leaving.map(({ session }) => new Promise<void>((resolve) => session.onEnded(resolve))));
  }

  private ring(view: CallView): void {
    this.endMissed(view);
    if (this.ringing.has(view.callId) || this.find(view.callId) !== undefined) return;
    const call = this.createCall('Incoming', { view });
    const incoming = new RingingCall(this.services, view, call, () => {
      this.ringing.delete(view.callId);
      this.add(call);
      this.listener.handled(call, { code: 0, subCode: 0 });
    });
    this.ringing.set(view.callId, incoming);
    const transferred = view.transfer === undefined ? undefined : this.find(view.transfer.callId);
    if (transferred === undefined) this.listener.rings(incoming);
    else this.follow(transferred, incoming);
  }

  /** The server rings this endpoint for a call that is running here: it had ended for this endpoint, and the news of that are lost. */
  private endMissed(view: CallView): void {
    const call = this.find(view.callId);
    if (call?.session.isOutdatedBy(view) === true) call.end(localEndReasons.lostWhileAway);
  }

  /** The other side of a call transfers this client to a call of its own: that is answered without asking the user, who talks to the same side still. */
  private follow(from: ActiveCall, incoming: RingingCall): void {
    incoming.accept({ audioOptions: from.audioOptions }).catch((error: unknown) => {
      this.services.platform.logger.warning('a transferred call could not be answered', error);
    });
    from.session.transferAccepted(incoming.call);
  }

  private handleCallEvent(event: CallEvent): void {
    const call = this.find(event.callId);
    if (call !== undefined) {
      call.session.handleEvent(event);
      return;
    }
    this.ringing.get(event.callId)?.call.session.handleEvent(event);
    // Also of a call that rings: it may be the one that is being joined.
    if (this.placing > 0 && this.early.length < maxEarlyEvents) this.early.push(event);
  }

  /** The server has named the call of an answer: the events of it that waited. */
  private claim({ callId }: CallView): CallEvent[] {
    this.unclaimed.delete(callId);
    // Joined while it rang here: what rang is answered.
    this.ringing.get(callId)?.call.end(localEndReasons.answeredElsewhere);
    return this.early.filter((event) => event.callId === callId);
  }

  /** `views` are all the calls that the server held for this endpoint when it wrote the event. */
  private synchronise(views: readonly CallView[]): void {
    const listed = new Map(views.map((view) => [view.callId, view]));
    for (const view of views) if (isRinging(view)) this.endMissed(view);
    for (const call of this.running) {
      call.session.resynchronise(listed.get(call.id)).catch((error: unknown) => {
        this.services.platform.logger.error('a call could not be brought up to date', error);
      });
    }
    // What rings is known from events alone, which keep their order: missing here, it is over.
    for (const { id, call } of this.ringing.values()) if (!listed.has(id)) call.end(localEndReasons.lostWhileAway);
    for (const view of views) {
      if (this.find(view.callId) !== undefined || this.ringing.has(view.callId)) continue;
      if (isRinging(view)) this.ring(view);
      else this.unclaimed.add(view.callId);
    }
    if (this.placing === 0) this.leaveUnclaimed();
  }

  /** No answer will name these calls any more: this client gave them up, or never learnt that it had asked with success. */
  private leaveUnclaimed(): void {
    const ended = new Set(this.early.flatMap((event) => (event.type === 'callStateChanged' && event.state === 'Disconnected' ? [event.callId] : [])));
    for (const { callId } of this.early) this.unclaimed.add(callId);
    for (const callId of this.unclaimed) {
      if (!ended.has(callId) && !this.ringing.has(callId) && this.find(callId) === undefined) leaveUnknownCall(this.services, callId);
    }
    this.early = [];
    this.unclaimed.clear();
  }

  private add(call: ActiveCall): void {
    this.running = [...this.running, call];
    this.listener.updated([call], []);
  }

  private ended(call: ActiveCall): void {
    const incoming = this.ringing.get(call.id);
    const reason = call.callEndReason ?? localEndReasons.hungUp;
    if (incoming?.call === call) {
      this.ringing.delete(call.id);
      incoming.end(reason);
      this.listener.handled(call, reason);
    }
    if (!this.running.includes(call)) return;
    this.running = this.running.filter((other) => other !== call);
    this.listener.updated([], [call]);
  }

  private find(callId: string): ActiveCall | undefined {
    return this.running.find((call) => call.id === callId);
  }
}

function isRinging({ direction, state }: CallView): boolean {
  return direction === 'Incoming' && state === 'Ringing';
}
