import type { Call as CallView, EndpointEvent } from '@dialplane/calling-api';
import { createIdentifierFromRawId, getIdentifierRawId, type CommunicationIdentifier } from '@azure/communication-common';
import { clientError } from '../communication-services-error.ts';
import { EventEmitter, type Emit } from '../event-emitter.ts';
import { FeatureSet } from '../feature-registry.ts';
import type { CallInternals } from '../call-internals.ts';
import type { Call, CallDirection, CallerInfo, CallEvents, CallInfo, CallState, Lobby, TransferorInfo } from '../public/call.ts';
import type { AddPhoneNumberOptions, AudioOptions, DtmfTone, HangUpOptions, MediaConstraints } from '../public/call-options.ts';
import type { CallEndReason } from '../public/errors.ts';
import type { CallFeature, CallFeatureFactory } from '../public/feature-factories.ts';
import type { ParticipantRole, RemoteParticipant } from '../public/remote-participant.ts';
import type { LocalAudioStream, LocalVideoStream, RemoteAudioStream } from '../public/streams.ts';
import { startQualityTelemetry } from '../stats/quality-telemetry.ts';
import { CallIds, type CallPlace } from './call-info.ts';
import { CallLifecycle, type SetUp } from './call-lifecycle.ts';
import { CallSession } from './call-session.ts';
import type { CallServices } from './call-services.ts';
import { endReasonOf } from './end-reasons.ts';
import { IncomingStreams } from './incoming-streams.ts';
import { HoldState } from './hold-state.ts';
import { telephoneKey } from '../media/dtmf.ts';
import { LocalStreams } from './local-streams.ts';
import { emptyLobby } from './lobby.ts';
import { MuteState } from './mute-state.ts';
import { Roster } from './roster.ts';

export interface ActiveCallOptions {
  readonly services: CallServices;
  readonly direction: CallDirection;
  /** For an incoming call. */
  readonly view?: CallView;
  readonly place?: CallPlace;
  /** The call is over, and its reason is set. */
  readonly onEnded: (call: ActiveCall) => void;
}

/** A call this client takes part in: `Call` of the public surface. */
export class ActiveCall extends EventEmitter<CallEvents> implements Call {
  readonly kind = 'Call';
  readonly direction: CallDirection;
  readonly lobby: Lobby = emptyLobby;
  callerInfo: CallerInfo;
  transferorInfo: TransferorInfo | undefined;
  role: ParticipantRole = 'Unknown';
  isIncomingAudioMuted = false;
  readonly session: CallSession;
  readonly localStreams: LocalStreams;
  private readonly lifecycle: CallLifecycle;
  private readonly ids: CallIds;
  private readonly roster: Roster;
  private readonly muteState: MuteState;
  private readonly holdState: HoldState;
  private readonly incoming: IncomingStreams;
  private readonly features: FeatureSet<CallInternals>;
  private announcedId: string;

  constructor(options: ActiveCallOptions) {
    super();
    this.direction = options.direction;
    const { services, view } = options;
    this.callerInfo = view === undefined ? { identifier: createIdentifierFromRawId(services.selfRawId) } : callerOf(view);
    this.transferorInfo = transferorOf(view);
    this.ids = new CallIds(options.place);
    this.session = new CallSession({
      services,
      view,
      call: () => this,
      onOutgoingEnded: (type) => void this.localStreams.ended(type),
      onLost: () => this.lifecycle.lost(),
    });
    startQualityTelemetry(this.session);
    this.announcedId = this.session.callId();
    this.features = new FeatureSet('call', this.session);
    this.holdState = new HoldState(this.session);
    const emit: Emit<CallEvents> = (event, ...args) => this.emit(event, ...args);
    this.muteState = new MuteState(this.session, emit);
    this.localStreams = new LocalStreams(this.session.media, services, emit);
    this.lifecycle = this.beginLife(options);
    this.incoming = new IncomingStreams(this.session, services, (added) => emit('remoteAudioStreamsUpdated', { added, removed: [] }));
    this.roster = this.openRoster(services);
    this.incoming.attach(this.roster);
    this.session.onEvent((event) => this.take(event));
    this.session.onViewChanged(() => this.showView());
  }

  get id(): string {
    return this.session.callId();
  }

  get state(): CallState {
    return this.lifecycle.state;
  }

  get callEndReason(): CallEndReason | undefined {
    return this.lifecycle.endReason;
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

  /** What a call that takes the place of this one begins with. */
  get audioOptions(): AudioOptions {
    return { muted: this.isMuted, localAudioStreams: this.localStreams.given };
  }

  feature<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature {
    return this.features.get(factory);
  }

  /** Rejects where the call could not be set up; it has ended then, with the reason. */
  async setUp(setUp: SetUp): Promise<void> {
    void this.muteState.set(setUp.audioOptions?.muted ?? false);
    this.session.media.setConstraints(setUp.videoOptions?.constraints?.send ?? {}).catch((error: unknown) => {
      this.session.platform.logger.warning('what is sent could not be limited', error);
    });
    for (const rawId of setUp.targets ?? []) this.roster.expect(rawId);
    // The application has the call, and can subscribe to it, before anything happens to it.
    await Promise.resolve();
    await this.lifecycle.setUp(setUp);
  }

  async hangUp(options: HangUpOptions = {}): Promise<void> {
    await this.lifecycle.hangUp(options);
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
    if (this.session.media.conference === undefined) this.session.media.sendTone(tone);
    else await this.session.request('sendDtmf', { body: { tones: telephoneKey(tone) } });
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
    await this.holdState.hold();
  }

  async resume(): Promise<void> {
    await this.holdState.resume();
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

  /** The call is over, for a reason that this client found. A second end changes nothing. */
  end(reason: CallEndReason): void {
    this.lifecycle.end(reason);
  }

  private beginLife({ services, onEnded }: ActiveCallOptions): CallLifecycle {
    const { direction, session, muteState, localStreams } = this;
    return new CallLifecycle({
      services, direction, session, muteState, localStreams,
      onStateChanged: (state) => {
        this.incoming.setListening(state === 'Connected' || state === 'RemoteHold');
        this.emit('stateChanged');
        session.stateChanged();
      },
      onEnding: () => {
        this.incoming.close();
        this.roster.close();
        this.ids.end();
      },
      onEnded: () => onEnded(this),
    });
  }

  private openRoster({ platform }: CallServices): Roster {
    const host = {
      platform,
      nextStreamId: () => this.incoming.nextStreamId(),
      demandChanged: () => this.incoming.demandChanged(),
      mute: async (rawId: string) => {
        await this.session.request('muteParticipant', { rawId });
      },
    };
    return new Roster(host, (added, removed) => {
      this.emit('remoteParticipantsUpdated', { added, removed });
      this.incoming.update();
    });
  }

  /** Takes what an event tells that the view does not: why somebody left, and who muted whom. */
  private take(event: EndpointEvent): void {
    const view = this.session.view();
    if (event.type === 'participantsUpdated' && view !== undefined) this.roster.update(view, event.removed);
    if (event.type === 'selfUpdated') this.muteState.serverSaid(event.isMuted, event.mutedBy !== undefined);
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
    if (this.transferorInfo === undefined && view.transferor !== undefined) {
      this.transferorInfo = transferorOf(view);
      this.emit('transferorInfoChanged');
    }
    if (view.self.role !== this.role) {
      this.role = view.self.role;
      this.emit('roleChanged');
    }
    this.roster.update(view);
    this.incoming.update();
    this.muteState.serverSaid(view.self.isMuted, false);
    this.localStreams.keepTo(view.self.permissions);
    this.lifecycle.show(view);
  }

  private setIncomingAudioMuted(isMuted: boolean): void {
    if (isMuted === this.isIncomingAudioMuted) return;
    this.isIncomingAudioMuted = isMuted;
    this.session.media.setIncomingAudioMuted(isMuted);
    this.emit('isIncomingAudioMutedChanged');
  }

  private assertRunning(): void {
    if (!this.lifecycle.isRunning) throw clientError('CALL_ENDED');
  }
}

/** Who transferred another call to this one. */
export function transferorOf(view: CallView | undefined): TransferorInfo | undefined {
  const { transferor } = view ?? {};
  return transferor === undefined ? undefined : { identifier: createIdentifierFromRawId(transferor.identifier), displayName: transferor.displayName };
}

function callerOf(view: CallView): CallerInfo {
  return { identifier: createIdentifierFromRawId(view.caller.identifier), displayName: view.caller.displayName };
}
