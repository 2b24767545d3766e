import type { Call as CallView, EndpointEvent } from '@dialplane/calling-api';
import { getIdentifierRawId, type CommunicationIdentifier } from '@azure/communication-common';
import { ActiveCall, type SetUp } from './call/active-call.ts';
import type { CallServices } from './call/call-services.ts';
import type { CallEvent } from './call/call-view.ts';
import { localEndReasons } from './call/end-reasons.ts';
import { leaveUnknownCall } from './call/leaving.ts';
import { RingingCall } from './call/ringing-call.ts';
import { clientError } from './communication-services-error.ts';
import { EventEmitter } from './event-emitter.ts';
import { Listeners } from './listeners.ts';
import type { CallAgent, CallAgentEvents, ConnectionState } from './public/call-agent.ts';
import type { JoinCallOptions, MeetingLocator, StartCallOptions } from './public/call-options.ts';
import type { Call } from './public/call.ts';
import type { CallEndReason } from './public/errors.ts';
import type { DisconnectReason } from './signaling/endpoint-connection.ts';

export interface AgentOptions {
  readonly services: Omit<CallServices, 'isSignalingConnected' | 'onSignalingChanged'>;
  readonly displayName: string | undefined;
  readonly onDisposed: () => void;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const rawIdShape = /^[0-9]{1,3}:\S{1,253}$/;
/** An invitation waits this long for a camera, so that video is in its offer. */
const cameraPatienceMs = 400;
/** Events of calls whose start is not answered yet. */
const maxEarlyEvents = 512;

/** A signed-in user: `CallAgent` of the public surface. Events of the endpoint come in through `handleEvent`. */
export class UserCallAgent extends EventEmitter<CallAgentEvents> implements CallAgent {
  readonly kind = 'CallAgent';
  readonly displayName: string | undefined;
  connectionState: ConnectionState = 'Disconnected';
  private readonly options: AgentOptions;
  private readonly services: CallServices;
  private readonly signalingChanges = new Listeners<[]>();
  private activeCalls: ActiveCall[] = [];
  private readonly ringing = new Map<string, RingingCall>();
  private readonly early: CallEvent[] = [];
  private placing = 0;
  private isDisposed = false;
  private readonly stopListening: () => void;

  constructor(options: AgentOptions) {
    super();
    this.options = options;
    this.displayName = options.displayName;
    this.services = {
      ...options.services,
      isSignalingConnected: () => this.connectionState === 'Connected',
      onSignalingChanged: (listener) => this.signalingChanges.add(listener),
    };
    this.stopListening = this.listenToPage();
  }

  get calls(): readonly Call[] {
    return this.activeCalls;
  }

  startCall(participants: readonly CommunicationIdentifier[], options: StartCallOptions = {}): Call {
    const { connection } = this.services;
    this.assertUsable();
    const targets = [...new Set(participants.map(validRawId))];
    if (targets.length === 0) throw clientError('TARGETS_MISSING');
    if (!connection.hasScope('voip')) throw clientError('SCOPE_MISSING');
    const { customContext, alternateCallerId } = options;
    const call = this.addOutgoing();
    const place = async () => {
      const description = targets.length === 1 ? { description: await call.session.media.firstOffer() } : {};
      return await connection.request('startCall', {
        body: {
          endpointId: connection.endpointId,
          targets,
          isMuted: call.isMuted,
          ...description,
          ...(alternateCallerId === undefined ? {} : { alternateCallerId: validRawId(alternateCallerId) }),
          ...(customContext === undefined ? {} : { customContext: structuredClone(customContext) as CallView['customContext'] & object }),
        },
      });
    };
    this.setUp(call, { audioOptions: options.audioOptions, videoOptions: options.videoOptions, targets, cameraPatienceMs, place });
    return call;
  }

  join(locator: MeetingLocator, options: JoinCallOptions = {}): Call {
    const { connection } = this.services;
    this.assertUsable();
    if (!('groupId' in locator)) throw clientError('LOCATOR_UNSUPPORTED');
    const { groupId } = locator;
    if (!guid.test(groupId)) throw clientError('GROUP_ID_NOT_GUID');
    const call = this.addOutgoing(groupId);
    const place = () => connection.request('joinCall', { body: { endpointId: connection.endpointId, locator: { groupId }, isMuted: call.isMuted } });
    this.setUp(call, { ...options, cameraPatienceMs, place });
    return call;
  }

  async dispose(): Promise<void> {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.stopListening();
    await Promise.all(this.activeCalls.map((call) => call.hangUp()));
    this.endAll(localEndReasons.hungUp);
    await this.services.connection.close();
    this.connected(false, undefined);
    this.options.onDisposed();
  }

  /** An event of the endpoint, in order. */
  handleEvent(event: EndpointEvent): void {
    if (event.type === 'incomingCall') this.ring(event.call);
    else if (event.type === 'sync') this.synchronise(event.calls);
    else if (event.type !== 'endpointClosed') this.handleCallEvent(event);
  }

  connected(isConnected: boolean, reason: DisconnectReason | undefined): void {
    const oldValue = this.connectionState;
    const newValue = isConnected ? 'Connected' : 'Disconnected';
    if (reason === 'invalidToken') this.endAll(localEndReasons.tokenInvalid);
    if (oldValue === newValue) return;
    this.connectionState = newValue;
    this.signalingChanges.call();
    this.emit('connectionStateChanged', { oldValue, newValue, ...(reason === undefined ? {} : { reason }) });
  }

  /** The server has forgotten the endpoint, and with it every call. */
  endpointReplaced(): void {
    this.endAll(localEndReasons.lostWhileAway);
  }

  private addOutgoing(groupId?: string): ActiveCall {
    const call = this.createCall('Outgoing', groupId === undefined ? {} : { groupId });
    this.add(call);
    return call;
  }

  private createCall(direction: 'Incoming' | 'Outgoing', known: { view?: CallView; groupId?: string }): ActiveCall {
    return new ActiveCall({
      services: this.services,
      direction,
      ...known,
      onEnded: (call) => {
        this.ended(call);
      },
    });
  }

  private setUp(call: ActiveCall, setUp: SetUp): void {
    this.placing += 1;
    const placed = () => {
      for (const event of this.early) if (event.callId === call.id) call.session.handleEvent(event);
    };
    void call
      .setUp({ ...setUp, placed })
      .catch(() => {
        // The call has ended and tells why.
      })
      .finally(() => {
        this.placing -= 1;
        if (this.placing === 0) this.early.length = 0;
      });
  }

  private ring(view: CallView): void {
    if (this.isDisposed || this.ringing.has(view.callId) || this.find(view.callId) !== undefined) return;
    const call = this.createCall('Incoming', { view });
    const ringing = new RingingCall(this.services, view, call, () => {
      this.ringing.delete(view.callId);
      this.add(call);
      this.handled(call, { code: 0, subCode: 0 });
    });
    this.ringing.set(view.callId, ringing);
    this.emit('incomingCall', { incomingCall: ringing });
  }

  private handleCallEvent(event: CallEvent): void {
    const call = this.find(event.callId) ?? this.ringing.get(event.callId)?.call;
    if (call !== undefined) call.session.handleEvent(event);
    else if (this.placing > 0 && this.early.length < maxEarlyEvents) this.early.push(event);
  }

  /** `views` are all the calls there are for this endpoint. */
  private synchronise(views: readonly CallView[]): void {
    const listed = new Set(views.map(({ callId }) => callId));
    for (const call of [...this.activeCalls, ...[...this.ringing.values()].map((ringing) => ringing.call)]) {
      if (call.session.view() === undefined || listed.has(call.id)) continue;
      // Who hung up while the events were interrupted ended the call, though the answer to that may still be on its way.
      call.end(call.state === 'Disconnecting' ? localEndReasons.hungUp : localEndReasons.lostWhileAway);
    }
    for (const view of views) {
      const call = this.find(view.callId) ?? this.ringing.get(view.callId)?.call;
      if (call !== undefined) {
        call.session.resynchronise(view).catch((error: unknown) => {
          this.services.platform.logger.error('a call could not be brought up to date', error);
        });
      } else if (view.direction === 'Incoming' && view.state === 'Ringing') this.ring(view);
      else if (this.placing === 0) leaveUnknownCall(this.services, view.callId);
    }
  }

  private add(call: ActiveCall): void {
    this.activeCalls = [...this.activeCalls, call];
    this.emit('callsUpdated', { added: [call], removed: [] });
  }

  private ended(call: ActiveCall): void {
    const ringing = this.ringing.get(call.id);
    const reason = call.callEndReason ?? localEndReasons.hungUp;
    if (ringing?.call === call) {
      this.ringing.delete(call.id);
      ringing.end(reason);
      this.handled(call, reason);
    }
    if (!this.activeCalls.includes(call)) return;
    this.activeCalls = this.activeCalls.filter((other) => other !== call);
    this.emit('callsUpdated', { added: [], removed: [call] });
  }

  private handled(call: ActiveCall, { code, subCode }: CallEndReason): void {
    this.emit('handleIncomingCall', { callId: call.id, participantId: call.info.participantId, code, subCode });
  }

  private endAll(reason: CallEndReason): void {
    for (const call of [...this.activeCalls, ...[...this.ringing.values()].map((ringing) => ringing.call)]) call.end(reason);
  }

  private find(callId: string): ActiveCall | undefined {
    return this.activeCalls.find((call) => call.id === callId);
  }

  private assertUsable(): void {
    if (this.isDisposed) throw clientError('AGENT_DISPOSED');
  }

  /** The page is closed for good: the server is told, so that others need not wait for the time-out. */
  private listenToPage(): () => void {
    const { window } = this.services.platform;
    const hide = (event: PageTransitionEvent) => {
      if (event.persisted) return;
      for (const call of this.activeCalls) void call.session.telemetry.flush(true);
      void this.services.connection.close({ keepalive: true });
    };
    window?.addEventListener('pagehide', hide);
    return () => {
      window?.removeEventListener('pagehide', hide);
    };
  }
}

function validRawId(identifier: CommunicationIdentifier): string {
  let rawId: string | undefined;
  try {
    rawId = getIdentifierRawId(identifier);
  } catch (error) {
    throw clientError('TARGET_MALFORMED', { cause: error });
  }
  if (typeof rawId !== 'string' || !rawIdShape.test(rawId)) throw clientError('TARGET_MALFORMED');
  return rawId;
}
