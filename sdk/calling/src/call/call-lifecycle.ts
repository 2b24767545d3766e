import type { Call as CallView } from '@dialplane/calling-api';
import type { AudioOptions, HangUpOptions, VideoOptions } from '../public/call-options.ts';
import type { CallDirection, CallState } from '../public/call.ts';
import type { CallEndReason } from '../public/errors.ts';
import type { CallServices } from './call-services.ts';
import type { CallSession } from './call-session.ts';
import type { CallEvent } from './call-view.ts';
import { endReasonOf, localEndReasons, toCallEndReason } from './end-reasons.ts';
import { hangUpTimeoutMs, leaveCall, leaveUnknownCall } from './leaving.ts';
import type { LocalStreams } from './local-streams.ts';
import type { MuteState } from './mute-state.ts';

/** How a call is set up. */
export interface SetUp {
  readonly audioOptions?: AudioOptions | undefined;
  readonly videoOptions?: VideoOptions | undefined;
  /** Raw identifiers of those whom this client calls. */
  readonly targets?: readonly string[];
  /** How long to wait for cameras before asking the server. */
  readonly cameraPatienceMs: number;
  /** Asks the server; returns its view of the call. */
  readonly place: () => Promise<CallView>;
  /** The server has named the call: events of it that came before and are still waiting. */
  readonly takeEarlyEvents?: (view: CallView) => readonly CallEvent[];
}

export interface CallLifecycleOptions {
  readonly services: CallServices;
  readonly direction: CallDirection;
  readonly session: CallSession;
  readonly muteState: MuteState;
  readonly localStreams: LocalStreams;
  readonly onStateChanged: (state: CallState) => void;
  /** The call is over and its reason set; nobody has been told yet. */
  readonly onEnding: () => void;
  /** After everybody was told. */
  readonly onEnded: () => void;
}

/** The life of a call on this client, from its set-up to the one end it has, whoever brings that about. */
export class CallLifecycle {
  state: CallState = 'None';
  /** Set before `state` becomes `Disconnected`. */
  endReason: CallEndReason | undefined;
  private readonly options: CallLifecycleOptions;
  private readonly session: CallSession;
  private wantsHangUp = false;

  constructor(options: CallLifecycleOptions) {
    this.options = options;
    this.session = options.session;
  }

  /** False from the moment the user hangs up. */
  get isRunning(): boolean {
    return this.state !== 'Disconnecting' && this.state !== 'Disconnected';
  }

  /** Opens the devices, and asks the server meanwhile. What goes wrong ends the call with a reason and is rethrown. */
  async setUp({ audioOptions, videoOptions, cameraPatienceMs, place, takeEarlyEvents }: SetUp): Promise<void> {
    const { localStreams, muteState, services } = this.options;
    if (this.state === 'None') this.setState('Connecting');
    try {
      localStreams.openMicrophone(audioOptions?.localAudioStreams?.[0]);
      await localStreams.openCameras(videoOptions?.localVideoStreams ?? [], cameraPatienceMs);
      this.session.beginSeating();
      const view = await place();
      if (this.session.isOver) {
        leaveUnknownCall(services, view.callId);
        return;
      }
      localStreams.keepTo(view.self.permissions);
      await this.session.adopt(view, takeEarlyEvents?.(view));
      muteState.settle();
      if (this.wantsHangUp) await this.leave({});
    } catch (error) {
      services.platform.logger.warning('the call could not be set up', error);
      this.session.endSeating();
      this.end(endReasonOf(error));
      throw error;
    }
  }

  async hangUp(options: HangUpOptions): Promise<void> {
    if (this.state === 'Disconnected') return;
    this.setState('Disconnecting');
    if (this.session.view() === undefined) {
      // The invitation is on its way: it is taken back when the server has named the call.
      this.wantsHangUp = true;
      await new Promise<void>((resolve) => {
        this.session.onEnded(resolve);
        this.session.platform.clock.after(hangUpTimeoutMs, resolve);
      });
      this.end(localEndReasons.cancelled);
    } else await this.leave(options);
  }

  /** What the server's newest view says. */
  show(view: CallView): void {
    if (view.state === 'Disconnected') this.end(view.endReason === undefined ? localEndReasons.hungUp : toCallEndReason(view.endReason));
    else if (this.isRunning) this.setState(shownState(view));
  }

  /** The server no longer knows this endpoint in the call. */
  lost(): void {
    // Who hung up while events were interrupted has ended the call, though the answer to that may be on its way still.
    this.end(this.state === 'Disconnecting' ? this.reasonOfHangUp() : localEndReasons.lostWhileAway);
  }

  /** The reason is set before anybody is told; a second end changes nothing. */
  end(reason: CallEndReason): void {
    if (this.session.isOver || this.endReason !== undefined) return;
    this.endReason = reason;
    this.options.onEnding();
    this.setState('Disconnected');
    this.options.localStreams.close();
    this.session.end();
    this.options.onEnded();
  }

  private async leave(options: HangUpOptions): Promise<void> {
    if (this.session.isOver) return;
    await leaveCall(this.options.services, this.session, options);
    this.end(this.reasonOfHangUp());
  }

  /** Who hangs up an outgoing call before it is answered cancels it. */
  private reasonOfHangUp(): CallEndReason {
    const state = this.session.view()?.state;
    const isUnanswered = this.options.direction === 'Outgoing' && (state === undefined || state === 'Connecting' || state === 'Ringing' || state === 'EarlyMedia');
    return isUnanswered ? localEndReasons.cancelled : localEndReasons.hungUp;
  }

  private setState(state: CallState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onStateChanged(state);
  }
}

/** An accepted call is no longer shown as ringing while its media is set up. */
function shownState(view: CallView): CallState {
  return view.direction === 'Incoming' && view.state === 'Ringing' ? 'Connecting' : view.state;
}
