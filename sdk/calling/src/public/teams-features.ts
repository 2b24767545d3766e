import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';
import type { Call } from './call.ts';
import type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { CallFeature } from './feature-factories.ts';
import type { RemoteVideoStream, StreamSize } from './streams.ts';

/** Features of Microsoft Teams meetings. They exist because applications subscribe to them; nothing ever happens there. */
export interface PPTLiveCallFeatureEvents {
  isActiveChanged: PropertyChangedEvent;
}

export interface PPTLiveCallFeature extends CallFeature, EventSubscriptions<PPTLiveCallFeatureEvents> {
  readonly isActive: boolean;
  readonly activePresenterId?: CommunicationIdentifierKind | undefined;
  readonly target?: HTMLElement | undefined;
}

export interface BreakoutRoom {
  readonly displayName: string;
  readonly state: 'open' | 'closed' | 'unknown';
  readonly threadId: string;
  readonly autoMoveParticipantToBreakoutRoom: boolean;
  readonly call?: Call;
  join(): Promise<Call>;
  returnToMainMeeting(): Promise<Call>;
}

export interface BreakoutRoomsSettings {
  readonly disableReturnToMainMeeting: boolean;
  readonly roomEndTime?: string;
}

export type BreakoutRoomsEventData =
  | { readonly type: 'assignedBreakoutRooms'; readonly data: BreakoutRoom | undefined }
  | { readonly type: 'join'; readonly data: Call }
  | { readonly type: 'breakoutRoomsSettings'; readonly data: BreakoutRoomsSettings | undefined };

export type BreakoutRoomsUpdatedListener = (event: BreakoutRoomsEventData) => void;

export interface BreakoutRoomsCallFeatureEvents {
  breakoutRoomsUpdated: BreakoutRoomsUpdatedListener;
}

export interface BreakoutRoomsCallFeature extends CallFeature, EventSubscriptions<BreakoutRoomsCallFeatureEvents> {
  readonly assignedBreakoutRoom?: BreakoutRoom | undefined;
  readonly breakoutRoomsSettings?: BreakoutRoomsSettings | undefined;
  readonly breakoutRooms: BreakoutRoom[];
}

export type TogetherModeVideoStream = RemoteVideoStream;

export interface TogetherModeSeatingPosition {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

export type TogetherModeSeatingMap = Map<string, TogetherModeSeatingPosition>;

export interface TogetherModeCallFeatureEvents {
  togetherModeStreamsUpdated: CollectionUpdatedEvent<TogetherModeVideoStream>;
  togetherModeSceneUpdated: (seating: TogetherModeSeatingMap) => void;
  togetherModeSeatingUpdated: (seating: TogetherModeSeatingMap) => void;
}

export interface TogetherModeCallFeature extends CallFeature, EventSubscriptions<TogetherModeCallFeatureEvents> {
  readonly togetherModeStream: TogetherModeVideoStream[];
  readonly togetherModeSeatingMap: TogetherModeSeatingMap;
  sceneSize?: StreamSize | undefined;
  start(): Promise<void>;
}

export interface TeamsMeetingAudioConferencingPhoneNumber {
  readonly tollPhoneNumber?: CommunicationIdentifier;
  readonly tollFreePhoneNumber?: CommunicationIdentifier;
  readonly countryName?: string;
  readonly cityName?: string;
}

export interface TeamsMeetingAudioConferencingDetails {
  readonly phoneConferenceId: string;
  readonly phoneNumbers: TeamsMeetingAudioConferencingPhoneNumber[];
}

export interface TeamsMeetingAudioConferencingCallFeature extends CallFeature {
  getTeamsMeetingAudioConferencingDetails(): Promise<TeamsMeetingAudioConferencingDetails>;
}
