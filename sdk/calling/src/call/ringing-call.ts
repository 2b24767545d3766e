import type { Call as CallView, Topology } from '@dialplane/calling-api';
import { createIdentifierFromRawId } from '@azure/communication-common';
import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import type { AcceptCallOptions, CustomContext } from '../public/call-options.ts';
import type { Call, CallerInfo, CallInfo, TransferorInfo } from '../public/call.ts';
import type { CallEndReason } from '../public/errors.ts';
import type { IncomingCall, IncomingCallEvents } from '../public/incoming-call.ts';
import type { ActiveCall } from './active-call.ts';
import type { CallServices } from './call-services.ts';

/** An answer does not wait for a camera that is not open yet: sound comes first. */
const cameraPatienceMs = 20;

type Phase = 'ringing' | 'accepted' | 'rejected' | 'ended';

/** A call that rings here: `IncomingCall` of the public surface. */
export class RingingCall extends EventEmitter<IncomingCallEvents> implements IncomingCall {
  readonly kind = 'IncomingCall';
  readonly id: string;
  readonly info: CallInfo;
  readonly transferorInfo: TransferorInfo | undefined;
  readonly callerInfo: CallerInfo;
  readonly customContext: CustomContext | undefined;
  callEndReason: CallEndReason | undefined;
  /** The call it becomes: made, and its answer prepared, while it rings. */
  readonly call: ActiveCall;
  private readonly services: CallServices;
  private readonly onAccepted: (call: ActiveCall) => void;
  private readonly topology: Topology;
  private phase: Phase = 'ringing';

  constructor(services: CallServices, view: CallView, call: ActiveCall, onAccepted: (call: ActiveCall) => void) {
    super();
    this.services = services;
    this.call = call;
    this.onAccepted = onAccepted;
    this.id = view.callId;
    this.topology = view.topology;
    this.info = call.info;
    this.callerInfo = { identifier: createIdentifierFromRawId(view.caller.identifier), displayName: view.caller.displayName };
    this.transferorInfo = call.transferorInfo;
    this.customContext = view.customContext as CustomContext | undefined;
    call.session.media.prepare(view.mediaSessions).catch((error: unknown) => {
      services.platform.logger.warning('the answer could not be prepared', error);
    });
    this.reportRinging();
  }

  /** Rejects when the call ended or was answered elsewhere meanwhile; that call is over then, with the reason. */
  async accept(options: AcceptCallOptions = {}): Promise<Call> {
    this.leaveRinging('accepted');
    const { call, services } = this;
    this.onAccepted(call);
    const isMuted = options.audioOptions?.muted ?? false;
    await call.setUp({
      ...options,
      cameraPatienceMs,
      place: async () => {
        const description = await call.session.media.acceptDescription(this.topology);
        const body = { endpointId: services.connection.endpointId, isMuted, description };
        return await services.connection.request('acceptCall', { params: { callId: this.id }, body });
      },
    });
    return call;
  }

  async reject(): Promise<void> {
    this.leaveRinging('rejected');
    const { connection } = this.services;
    await connection.request('rejectCall', { params: { callId: this.id }, body: { endpointId: connection.endpointId } });
    this.call.end({ code: 603, subCode: 0, message: 'The call was declined.', resultCategories: ['Success'] });
  }

  /** The call it would have become is over. Tells the application unless it has accepted. */
  end(reason: CallEndReason): void {
    if (this.phase === 'accepted' || this.phase === 'ended') return;
    this.phase = 'ended';
    this.callEndReason = reason;
    this.emit('callEnded', { callEndReason: reason });
  }

  private leaveRinging(phase: Phase): void {
    if (this.phase !== 'ringing') throw clientError('CALL_ENDED', { message: `The incoming call was ${this.phase === 'ended' ? 'over' : this.phase} already.` });
    this.phase = phase;
  }

  private reportRinging(): void {
    const { connection, platform } = this.services;
    connection.request('reportRinging', { params: { callId: this.id }, body: { endpointId: connection.endpointId } }).catch((error: unknown) => {
      platform.logger.info('the server was not told that the call rings', error);
    });
  }
}
