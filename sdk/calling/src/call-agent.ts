import type { Call as CallView, EndpointEvent, TransferReference } from '@dialplane/calling-api';
import { getIdentifierRawId, type CommunicationIdentifier } from '@azure/communication-common';
import type { ActiveCall } from './call/active-call.ts';
import type { CallServices } from './call/call-services.ts';
import type { CallPlace } from './call/call-info.ts';
import { endReasonsOfLoss, localEndReasons } from './call/end-reasons.ts';
import { EndpointCalls } from './call/endpoint-calls.ts';
import { clientError } from './communication-services-error.ts';
import { EventEmitter } from './event-emitter.ts';
import { Listeners } from './listeners.ts';
import type { CallAgent, CallAgentEvents, ConnectionState } from './public/call-agent.ts';
import type { JoinCallOptions, MeetingLocator, StartCallOptions } from './public/call-options.ts';
import type { Call } from './public/call.ts';
import type { DisconnectReason, EndpointLoss } from './signaling/endpoint-connection.ts';

export interface AgentOptions {
  readonly services: Omit<CallServices, 'isSignalingConnected' | 'onSignalingChanged'>;
  readonly displayName: string | undefined;
  readonly onDisposed: () => void;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const rawIdShape = /^[0-9]{1,3}:\S{1,253}$/;
/** An invitation waits this long for a camera, so that video is in its offer. */
const cameraPatienceMs = 400;

/** A signed-in user: `CallAgent` of the public surface. Events of the endpoint come in through `handleEvent`. */
export class UserCallAgent extends EventEmitter<CallAgentEvents> implements CallAgent {
  readonly kind = 'CallAgent';
  readonly displayName: string | undefined;
  connectionState: ConnectionState = 'Disconnected';
  private readonly options: AgentOptions;
  private readonly services: CallServices;
  private readonly signalingChanges = new Listeners<[]>();
  private readonly endpointCalls: EndpointCalls;
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
    this.endpointCalls = new EndpointCalls(this.services, {
      rings: (incomingCall) => {
        this.emit('incomingCall', { incomingCall });
      },
      updated: (added, removed) => {
        this.emit('callsUpdated', { added, removed });
      },
      transfers: (call, { transferId, target, customContext }) => {
        const options = { audioOptions: call.audioOptions, ...(customContext === undefined ? {} : { customContext }) };
        call.session.transferAccepted(this.start([target], options, { callId: call.id, transferId }));
      },
      handled: (call, { code, subCode }) => {
        this.emit('handleIncomingCall', { callId: call.id, participantId: call.info.participantId, code, subCode });
      },
    });
    this.stopListening = this.listenToPage();
  }

  get calls(): readonly Call[] {
    return this.endpointCalls.running;
  }

  startCall(participants: readonly CommunicationIdentifier[], options: StartCallOptions = {}): Call {
    this.assertUsable();
    const targets = [...new Set(participants.map(validRawId))];
    if (targets.length === 0) throw clientError('TARGETS_MISSING');
    if (!this.services.connection.hasScope('voip')) throw clientError('SCOPE_MISSING');
    return this.start(targets, options);
  }

  private start(targets: readonly string[], options: StartCallOptions, transfer?: TransferReference): ActiveCall {
    const { connection } = this.services;
    const { customContext, alternateCallerId, relay } = options;
    const call = this.endpointCalls.addOutgoing();
    const place = async () => {
      const [target, ...others] = targets;
      // A telephone is reached through the backend, which offers nothing by itself.
      const topology = target?.startsWith('4:') === true ? 'backend' : 'peerToPeer';
      const description = others.length === 0 ? { description: await call.session.media.firstOffer(topology) } : {};
      return await connection.request('startCall', {
        body: {
          endpointId: connection.endpointId,
          targets: [...targets],
          isMuted: call.isMuted,
          ...description,
          ...(alternateCallerId === undefined ? {} : { alternateCallerId: validRawId(alternateCallerId) }),
          ...(relay === undefined ? {} : { relay }),
          ...(transfer === undefined ? {} : { transfer }),
          ...(customContext === undefined ? {} : { customContext: structuredClone(customContext) as CallView['customContext'] & object }),
        },
      });
    };
    void this.endpointCalls.place(call, { audioOptions: options.audioOptions, videoOptions: options.videoOptions, targets, cameraPatienceMs, place });
    return call;
  }

  join(locator: MeetingLocator, options: JoinCallOptions = {}): Call {
    const { connection } = this.services;
    this.assertUsable();
    const place = placeOf(locator);
    const call = this.endpointCalls.addOutgoing(place);
    const { audioOptions, videoOptions, relay } = options;
    const ask = async () => {
      await this.endpointCalls.left(place);
      return await connection.request('joinCall', {
        body: { endpointId: connection.endpointId, locator: place, isMuted: call.isMuted, ...(relay === undefined ? {} : { relay }) },
      });
    };
    void this.endpointCalls.place(call, { audioOptions, videoOptions, cameraPatienceMs, place: ask });
    return call;
  }

  async dispose(): Promise<void> {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.stopListening();
    await Promise.all(this.endpointCalls.running.map((call) => call.hangUp()));
    this.endpointCalls.endAll(localEndReasons.hungUp);
    await this.services.connection.close();
    this.connected(false, undefined);
    this.options.onDisposed();
  }

  /** An event of the endpoint, in order. */
  handleEvent(event: EndpointEvent): void {
    if (this.isDisposed && event.type === 'incomingCall') return;
    this.endpointCalls.handleEvent(event);
  }

  connected(isConnected: boolean, reason: DisconnectReason | undefined): void {
    const oldValue = this.connectionState;
    const newValue = isConnected ? 'Connected' : 'Disconnected';
    if (oldValue === newValue) return;
    this.connectionState = newValue;
    this.signalingChanges.call();
    this.emit('connectionStateChanged', { oldValue, newValue, ...(reason === undefined ? {} : { reason }) });
  }

  /** The server has let go of the endpoint, and with it of every call. */
  endpointLost(loss: EndpointLoss): void {
    this.endpointCalls.endAll(endReasonsOfLoss[loss]);
  }

  private assertUsable(): void {
    if (this.isDisposed) throw clientError('AGENT_DISPOSED');
  }

  /** The page is closed for good: the server is told, so that others need not wait for the time-out. */
  private listenToPage(): () => void {
    const { window } = this.services.platform;
    const hide = (event: PageTransitionEvent) => {
      if (event.persisted) return;
      for (const call of this.endpointCalls.running) void call.session.telemetry.finish();
      void this.services.connection.close({ keepalive: true });
    };
    window?.addEventListener('pagehide', hide);
    return () => {
      window?.removeEventListener('pagehide', hide);
    };
  }
}

/** What is joined: the call of a group, or of a room. */
function placeOf(locator: MeetingLocator): CallPlace {
  if ('roomId' in locator && typeof locator.roomId === 'string' && locator.roomId !== '') return { roomId: locator.roomId };
  if (!('groupId' in locator)) throw clientError('LOCATOR_UNSUPPORTED');
  if (!guid.test(locator.groupId)) throw clientError('GROUP_ID_NOT_GUID');
  return { groupId: locator.groupId };
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
