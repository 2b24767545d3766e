import type { EndReason, MediaStreamType, Participant } from '@dialplane/calling-api';
import { createIdentifierFromRawId, type CommunicationIdentifierKind } from '@azure/communication-common';
import { EventEmitter } from '../event-emitter.ts';
import { RemoteVideoStreamView, type Picture } from '../media/remote-video-stream.ts';
import type { Platform } from '../platform.ts';
import type { CallEndReason } from '../public/errors.ts';
import type { EndpointDetails, ParticipantRole, RemoteParticipant, RemoteParticipantEvents, RemoteParticipantState } from '../public/remote-participant.ts';
import type { RemoteVideoStream } from '../public/streams.ts';
import { toCallEndReason } from './end-reasons.ts';

/** What a participant asks of its call. */
export interface ParticipantHost {
  readonly platform: Platform;
  /** Numbers streams within the call. */
  nextStreamId(): number;
  mute(rawId: string): Promise<void>;
  /** Somebody looks at a stream of a participant, at another size, or no more. */
  demandChanged(): void;
}

export type VideoType = 'Video' | 'ScreenSharing';

/** What is known of a participant's camera or screen. */
export interface VideoState {
  readonly isSent: boolean;
  /** Where its picture arrives, if it does. */
  readonly picture: Picture | undefined;
}

/** Somebody else in the call, kept up to date by the call's roster. */
export class RemoteParticipantView extends EventEmitter<RemoteParticipantEvents> implements RemoteParticipant {
  readonly rawId: string;
  readonly identifier: CommunicationIdentifierKind;
  displayName: string | undefined;
  hasDisplayNameChanged = false;
  endpointDetails: EndpointDetails[] = [];
  state: RemoteParticipantState = 'Connecting';
  callEndReason: CallEndReason | undefined;
  isMuted = false;
  isSpeaking = false;
  role: ParticipantRole = 'Unknown';
  /** What the participant sends to the backend; undefined where that is not told (1:1 calls). */
  sends: readonly MediaStreamType[] | undefined;
  private readonly host: ParticipantHost;
  private streams: RemoteVideoStreamView[] = [];

  constructor(rawId: string, host: ParticipantHost) {
    super();
    this.rawId = rawId;
    this.identifier = createIdentifierFromRawId(rawId);
    this.host = host;
  }

  get videoStreams(): readonly RemoteVideoStream[] {
    return this.streams;
  }

  async mute(): Promise<void> {
    await this.host.mute(this.rawId);
  }

  /** Takes over what the server says; events for what changed. */
  update(participant: Participant): void {
    const before = { state: this.state, isMuted: this.isMuted, displayName: this.displayName, role: this.role };
    const isFirst = this.endpointDetails.length === 0 && before.displayName === undefined;
    this.endpointDetails = participant.endpointDetails;
    this.displayName = participant.displayName;
    this.state = participant.state;
    this.isMuted = participant.isMuted;
    this.role = participant.role;
    this.sends = participant.streams;
    if (before.displayName !== this.displayName) {
      this.hasDisplayNameChanged = !isFirst;
      this.emit('displayNameChanged');
    }
    if (before.role !== this.role) this.emit('roleChanged');
    if (before.isMuted !== this.isMuted) this.emit('isMutedChanged');
    if (before.state !== this.state) this.emit('stateChanged');
  }

  /** The participant is out of the call. */
  end(endReason: EndReason | CallEndReason | undefined): void {
    for (const stream of this.streams) stream.setAvailable(false);
    this.setSpeaking(false);
    if (endReason !== undefined) this.callEndReason = 'category' in endReason ? toCallEndReason(endReason) : endReason;
    if (this.state === 'Disconnected') return;
    this.state = 'Disconnected';
    this.emit('stateChanged');
  }

  setSpeaking(isSpeaking: boolean): void {
    if (isSpeaking === this.isSpeaking) return;
    this.isSpeaking = isSpeaking;
    this.emit('isSpeakingChanged');
  }

  /** How it is with this participant's camera or screen; the stream object is made the first time it is sent. */
  setVideo(type: VideoType, { isSent, picture }: VideoState): void {
    const known = this.stream(type);
    if (known === undefined && !isSent) return;
    const stream = known ?? this.createStream(type);
    if (isSent) stream.setPicture(picture);
    stream.setAvailable(isSent);
    if (known !== undefined) return;
    this.streams = [...this.streams, stream];
    this.emit('videoStreamsUpdated', { added: [stream], removed: [] });
  }

  stream(type: VideoType): RemoteVideoStreamView | undefined {
    return this.streams.find(({ mediaStreamType }) => mediaStreamType === type);
  }

  private createStream(mediaStreamType: VideoType): RemoteVideoStreamView {
    const { platform } = this.host;
    return new RemoteVideoStreamView({ id: this.host.nextStreamId(), mediaStreamType, platform, onDemandChanged: () => this.host.demandChanged() });
  }
}
