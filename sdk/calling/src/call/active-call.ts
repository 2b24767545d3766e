import type { Call as CallView } from '@dialplane/calling-api';
import { createIdentifierFromRawId, getIdentifierRawId, type CommunicationIdentifier } from '@azure/communication-common';
import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import { FeatureSet } from '../feature-registry.ts';
import type { CallInternals } from '../call-internals.ts';
import type { Call, CallDirection, CallerInfo, CallEvents, CallInfo, CallState, Lobby } from '../public/call.ts';
import type { AddPhoneNumberOptions, AudioOptions, DtmfTone, HangUpOptions, MediaConstraints, VideoOptions } from '../public/call-options.ts';
import type { CallEndReason } from '../public/errors.ts';
import type { CallFeature, CallFeatureFactory } from '../public/feature-factories.ts';
import type { ParticipantRole, RemoteParticipant } from '../public/remote-participant.ts';
import type { LocalAudioStream, LocalVideoStream, RemoteAudioStream } from '../public/streams.ts';
import { startQualityTelemetry } from '../stats/quality-telemetry.ts';
import { CallIds } from './call-info.ts';
import { CallSession } from './call-session.ts';
import type { CallEvent } from './call-view.ts';
import type { CallServices } from './call-services.ts';
import { endReasonOf, localEndReasons, toCallEndReason } from './end-reasons.ts';
import { IncomingStreams } from './incoming-streams.ts';
import { hangUpTimeoutMs, leaveCall, leaveUnknownCall } from './leaving.ts';
import { LocalStreams } from './local-streams.ts';
import { emptyLobby } from './lobby.ts';
import { MuteState } from './mute-state.ts';
import { Roster } from './roster.ts';

export interface ActiveCallOptions {
  readonly services: CallServices;
  readonly direction: CallDirection;
  /** For an incoming call. */
  readonly view?: CallView;
  readonly groupId?: string;
  /** The call is over, and its reason is set. */
  readonly onEnded: (call: ActiveCall) => void;
}

/** How a call is set up. */
export interface SetUp {
  readonly audioOptions?: AudioOptions | undefined;
  readonly videoOptions?: VideoOptions | undefined;
  /** Whom this client calls. */
  readonly targets?: readonly string[];
  /** How long to wait for cameras before asking the server. */
  readonly cameraPatienceMs: number;
  /** Asks the server; returns its view of the call. */
  readonly place: () => Promise<CallView>;
  /** The server has named the call: events of it that came before and are still waiting. */
  readonly takeEarlyEvents?: (view: CallView) => readonly CallEvent[];
}

/** A call this client takes part in: `Call` of the public surface. */
export class ActiveCall extends EventEmitter<CallEvents> implements Call {
  readonly kind = 'Call';
  readonly direction: CallDirection;
  readonly lobby: Lobby = emptyLobby;
  state: CallState = 'None';
  callEndReason: CallEndReason | undefined;
  callerInfo: CallerInfo;
  readonly transferorInfo = undefined;
  role: ParticipantRole = 'Unknown';
  isIncomingAudioMuted = false;
  readonly session: CallSession;
  readonly localStreams: LocalStreams;
  private readonly options: ActiveCallOptions;
  private readonly ids: CallIds;
  private readonly roster: Roster;
  private readonly muteState: MuteState;
  private readonly incoming: IncomingStreams;
  private readonly features: FeatureSet<CallInternals>;
  private announcedId: string;
  private wantsHangUp = false;

  constructor(options: ActiveCallOptions) {
    super();
    this.options = options;
    this.direction = options.direction;
    const { services, view } = options;
    this.callerInfo = view === undefined ? { identifier: createIdentifierFromRawId(services.selfRawId) } : callerOf(view);
    this.ids = new CallIds(options.groupId);
    this.session = new CallSession({
      services,
      view,
      call: () => this,
      onOutgoingEnded: (type) => {
        void this.localStreams.ended(type);
      },
      onLost: () => {
        // Who hung up while events were interrupted has ended the call, though the answer to that may be on its way still.
        this.end(this.state === 'Disconnecting' ? this.reasonOfHangUp() : localEndReasons.lostWhileAway);
      },
    });
    startQualityTelemetry(this.session);
    this.announcedId = this.session.callId();
    this.features = new FeatureSet('call', this.session);
    const { media } = this.session;
    this.muteState = new MuteState(this.session, {
      changed: () => {
        this.emit('isMutedChanged');
      },
      mutedByOthers: () => {
        this.emit('mutedByOthers');
      },
    });
    this.localStreams = new LocalStreams(media, services, {
      audioUpdated: (change) => {
        this.emit('localAudioStreamsUpdated', change);
      },
      videoUpdated: (change) => {
        this.emit('localVideoStreamsUpdated', change);
      },
      videoStarted: () => {
        this.emit('isLocalVideoStartedChanged');
      },
      sharingChanged: () => {
        this.emit('isScreenSharingOnChanged');
      },
    });
    this.incoming = new IncomingStreams(this.session, services, (added) => {
      this.emit('remoteAudioStreamsUpdated', { added, removed: [] });
    });
    this.roster = new Roster(
      {
        nextStreamId: () => this.incoming.nextStreamId(),
        mute: async (rawId) => {
          await this.session.request('muteParticipant', { rawId });
        },
      },
      (added, removed) => {
        this.emit('remoteParticipantsUpdated', { added, removed });
        this.incoming.update();
      },
    );
    this.incoming.attach(this.roster);
    this.session.onEvent((event) => {
      if (event.type === 'participantsUpdated' && this.session.view() !== undefined) this.roster.update(this.session.view() as CallView, event.removed);
      if (event.type === 'selfUpdated') this.muteState.serverSaid(event.isMuted, event.mutedBy !== undefined);
    });
    this.session.onViewChanged(() => {
      this.showView();
    });
  }

  get id(): string {
    return this.session.callId();
  }

  get info(): CallInfo {
    return this.ids;
  }

  get isMuted(): boolean {
    return this.muteState.isMuted;
  }

  get isScreenSharingOn(): boolean {
    return this.localStreams.screen !== undefined;
  }

  get isLocalVideoStarted(): boolean {
    return this.localStreams.camera !== undefined;
  }

  get localVideoStreams(): readonly LocalVideoStream[] {
    return this.localStreams.video;
  }

  get localAudioStreams(): readonly LocalAudioStream[] {
    return this.localStreams.audio;
  }

  get remoteAudioStreams(): readonly RemoteAudioStream[] {
    return this.incoming.audio;
  }

  get remoteParticipants(): readonly RemoteParticipant[] {
    return this.roster.all;
  }

  feature<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature {
    return this.features.get(factory);
  }

  /**
   * Sets the call up: opens the devices, and asks the server meanwhile. Whatever goes wrong ends the call with a reason; the
   * error is rethrown for who waits.
   */
  async setUp({ audioOptions, videoOptions, targets = [], cameraPatienceMs, place, takeEarlyEvents }: SetUp): Promise<void> {
    void this.muteState.set(audioOptions?.muted ?? false);
    this.session.media.setConstraints(videoOptions?.constraints?.send ?? {}).catch(() => {});
    for (const rawId of targets) this.roster.expect(rawId);
    await Promise.resolve();
    if (this.state === 'None') this.setState('Connecting');
    try {
      this.localStreams.openMicrophone(audioOptions?.localAudioStreams?.[0]);
      await this.localStreams.openCameras(videoOptions?.localVideoStreams ?? [], cameraPatienceMs);
      this.session.beginSeating();
      const view = await place();
      if (this.session.isOver) {
        leaveUnknownCall(this.options.services, view.callId);
        return;
      }
      await this.session.adopt(view, takeEarlyEvents?.(view));
      this.muteState.settle();
      if (this.wantsHangUp) await this.leave({});
    } catch (error) {
      this.session.platform.logger.warning('the call could not be set up', error);
      this.session.endSeating();
      this.end(endReasonOf(error));
      throw error;
    }
  }

  async hangUp(options: HangUpOptions = {}): Promise<void> {
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

  async mute(): Promise<void> {
    await this.muteState.set(true);
  }

  async unmute(): Promise<void> {
    await this.muteState.set(false);
  }

  async muteAllRemoteParticipants(): Promise<void> {
    await this.session.request('muteOthers');
  }

  async muteIncomingAudio(): Promise<void> {
    this.setIncomingAudioMuted(true);
  }

  async unmuteIncomingAudio(): Promise<void> {
    this.setIncomingAudioMuted(false);
  }

  async sendDtmf(tone: DtmfTone): Promise<void> {
    this.session.media.sendTone(tone);
  }

  async startVideo(localVideoStream: LocalVideoStream): Promise<void> {
    this.assertRunning();
    await this.localStreams.startCamera(localVideoStream);
  }

  async stopVideo(localVideoStream: LocalVideoStream): Promise<void> {
    await this.localStreams.stopCamera(localVideoStream);
  }

  async startScreenSharing(localVideoStream?: LocalVideoStream): Promise<void> {
    this.assertRunning();
    await this.localStreams.startSharing(localVideoStream);
  }

  async stopScreenSharing(): Promise<void> {
    await this.localStreams.stopSharing();
  }

  async startAudio(localAudioStream: LocalAudioStream): Promise<void> {
    this.assertRunning();
    await this.localStreams.startAudio(localAudioStream);
  }

  async stopAudio(): Promise<void> {
    await this.localStreams.stopAudio();
  }

  async setConstraints({ video }: MediaConstraints): Promise<void> {
    await this.session.media.setConstraints(video?.send ?? {});
  }

  async hold(): Promise<void> {
    this.session.media.setHeld(true);
    try {
      await this.session.request('hold');
    } catch (error) {
      this.session.media.setHeld(false);
      throw error;
    }
  }

  async resume(): Promise<void> {
    await this.session.request('resume');
    this.session.media.setHeld(false);
  }

  addParticipant(identifier: CommunicationIdentifier, { alternateCallerId }: AddPhoneNumberOptions = {}): RemoteParticipant {
    this.assertRunning();
    const rawId = getIdentifierRawId(identifier);
    const participant = this.roster.expect(rawId);
    const caller = alternateCallerId === undefined ? {} : { alternateCallerId: getIdentifierRawId(alternateCallerId) };
    this.session.request('addParticipant', { body: { target: rawId, ...caller } }).catch((error: unknown) => {
      this.roster.remove(rawId, endReasonOf(error));
    });
    return participant;
  }

  async removeParticipant(identifier: CommunicationIdentifier): Promise<void> {
    await this.session.request('removeParticipant', { rawId: getIdentifierRawId(identifier) });
  }

  dispose(): void {
    void this.hangUp();
  }

  /** The call is over. The reason is set before anybody is told; a second end changes nothing. */
  end(reason: CallEndReason): void {
    if (this.session.isOver || this.callEndReason !== undefined) return;
    this.callEndReason = reason;
    this.incoming.close();
    this.roster.close();
    this.ids.end();
    this.setState('Disconnected');
    this.localStreams.close();
    this.session.end();
    this.options.onEnded(this);
  }

  private async leave(options: HangUpOptions): Promise<void> {
    if (this.session.isOver) return;
    await leaveCall(this.options.services, this.session, options);
    this.end(this.reasonOfHangUp());
  }

  /** Who hangs up an outgoing call before it is answered cancels it. */
  private reasonOfHangUp(): CallEndReason {
    const state = this.session.view()?.state;
    const isUnanswered = this.direction === 'Outgoing' && (state === undefined || state === 'Connecting' || state === 'Ringing');
    return isUnanswered ? localEndReasons.cancelled : localEndReasons.hungUp;
  }

  /** Shows what the server's view says, after it was replaced. */
  private showView(): void {
    const view = this.session.view();
    if (view === undefined) return;
    this.ids.update(view);
    if (this.announcedId !== view.callId) {
      this.announcedId = view.callId;
      this.emit('idChanged');
    }
    const { displayName } = view.caller;
    if (displayName !== this.callerInfo.displayName) {
      this.callerInfo = callerOf(view);
      this.emit('callerInfoChanged');
    }
    if (view.self.role !== this.role) {
      this.role = view.self.role;
      this.emit('roleChanged');
    }
    this.roster.update(view);
    this.muteState.serverSaid(view.self.isMuted, false);
    if (view.state === 'Disconnected') this.end(view.endReason === undefined ? localEndReasons.hungUp : toCallEndReason(view.endReason));
    else if (this.state !== 'Disconnecting' && this.state !== 'Disconnected') this.setState(shownState(view));
  }

  private setState(state: CallState): void {
    if (state === this.state) return;
    this.state = state;
    this.incoming.setListening(state === 'Connected' || state === 'RemoteHold');
    this.emit('stateChanged');
    this.session.stateChanged();
  }

  private setIncomingAudioMuted(isMuted: boolean): void {
    if (isMuted === this.isIncomingAudioMuted) return;
    this.isIncomingAudioMuted = isMuted;
    this.session.media.setIncomingAudioMuted(isMuted);
    this.emit('isIncomingAudioMutedChanged');
  }

  private assertRunning(): void {
    if (this.state === 'Disconnecting' || this.state === 'Disconnected') throw clientError('CALL_ENDED');
  }
}

function callerOf(view: CallView): CallerInfo {
  return { identifier: createIdentifierFromRawId(view.caller.identifier), displayName: view.caller.displayName };
}

/** An accepted call is no longer shown as ringing while its media is set up. */
function shownState(view: CallView): CallState {
  return view.direction === 'Incoming' && view.state === 'Ringing' ? 'Connecting' : view.state;
}
