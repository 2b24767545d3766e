import type { AcceptCallOptions, CustomContext } from './call-options.ts';
import type { Call, CallerInfo, CallInfo, TransferorInfo } from './call.ts';
import type { CallEndReason } from './errors.ts';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';

export interface IncomingCallEvents {
  callEnded: (args: { callEndReason: CallEndReason }) => void;
  callerInfoChanged: PropertyChangedEvent;
  transferorInfoChanged: PropertyChangedEvent;
}

/** A call that rings here. */
export interface IncomingCall extends EventSubscriptions<IncomingCallEvents> {
  readonly kind: 'IncomingCall';
  readonly id: string;
  readonly info: CallInfo;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: TransferorInfo | undefined;
  readonly callEndReason?: CallEndReason | undefined;
  readonly customContext?: CustomContext | undefined;
  accept(options?: AcceptCallOptions): Promise<Call>;
  reject(): Promise<void>;
}
