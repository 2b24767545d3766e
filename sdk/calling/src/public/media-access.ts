import type { CommunicationIdentifier } from '@azure/communication-common';
import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export interface MediaAccess {
  readonly participant: CommunicationIdentifier;
  readonly isAudioPermitted: boolean;
  readonly isVideoPermitted: boolean;
}

export interface MeetingMediaAccess {
  readonly isAudioPermitted: boolean;
  readonly isVideoPermitted: boolean;
}

export interface MediaAccessCallFeatureEvents {
  mediaAccessChanged: (args: { mediaAccesses: MediaAccess[] }) => void;
  meetingMediaAccessChanged: (args: { meetingMediaAccess: MeetingMediaAccess }) => void;
}

/** Who may unmute and show video. */
export interface MediaAccessCallFeature extends CallFeature, EventSubscriptions<MediaAccessCallFeatureEvents> {
  permitAudio(participants: CommunicationIdentifier[]): Promise<void>;
  forbidAudio(participants: CommunicationIdentifier[]): Promise<void>;
  permitVideo(participants: CommunicationIdentifier[]): Promise<void>;
  forbidVideo(participants: CommunicationIdentifier[]): Promise<void>;
  permitOthersAudio(): Promise<void>;
  forbidOthersAudio(): Promise<void>;
  permitOthersVideo(): Promise<void>;
  forbidOthersVideo(): Promise<void>;
  getAllOthersMediaAccess(): MediaAccess[];
  getMeetingMediaAccess(): MeetingMediaAccess;
}
