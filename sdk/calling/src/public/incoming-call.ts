import type { AcceptCallOptions, CustomContext } from './call-options.ts';
import type { Call, CallerInfo, CallInfo, TransferorInfo } from './call.ts';
import type { CallEndReason } from './errors.ts';
import type { EventSubscriptions, PropertyChangedEvent } from './events.ts';

/** `callEnded` comes unless the call is accepted here: the caller gave up, it was answered elsewhere, or it was declined. */
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
  /** Answers. Rejects when the call ended or was answered elsewhere meanwhile, and when it was dealt with already (410). */
  accept(options?: AcceptCallOptions): Promise<Call>;
  /** Declines, on all devices of this user; the caller's call ends with 603. */
  reject(): Promise<void>;
}
