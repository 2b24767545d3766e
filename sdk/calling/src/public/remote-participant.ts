import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { CallEndReason } from './errors.ts';
import type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './events.ts';
import type { RemoteVideoStream } from './streams.ts';

/** States of a participant, in ACS' words. */
export type RemoteParticipantState = 'Idle' | 'Connecting' | 'Ringing' | 'Connected' | 'Hold' | 'InLobby' | 'EarlyMedia' | 'Disconnected';

/** What a participant may do; `Unknown` in a 1:1 call, where everybody may do everything. */
export type ParticipantRole = 'Unknown' | 'Attendee' | 'Presenter' | 'Organizer' | 'Co-organizer' | 'Consumer' | 'Collaborator';

/** One device a participant takes part from. */
export interface EndpointDetails {
  readonly participantId: string;
  /** A telephone, which takes keys (`Call.sendDtmf`): a number's, or a SIP phone of the user. Absent for a client. Ours, beside Azure's. */
  readonly device?: 'telephone';
}

export interface RemoteParticipantEvents {
  stateChanged: PropertyChangedEvent;
  isMutedChanged: PropertyChangedEvent;
  displayNameChanged: PropertyChangedEvent;
  roleChanged: PropertyChangedEvent;
  isSpeakingChanged: PropertyChangedEvent;
  videoStreamsUpdated: CollectionUpdatedEvent<RemoteVideoStream>;
}

/** Somebody else in the call. */
export interface RemoteParticipant extends EventSubscriptions<RemoteParticipantEvents> {
  readonly identifier: CommunicationIdentifierKind;
  readonly displayName?: string | undefined;
  readonly hasDisplayNameChanged?: boolean | undefined;
  readonly endpointDetails: EndpointDetails[];
  readonly state: RemoteParticipantState;
  /** Only for participants whom this client added. */
  readonly callEndReason?: CallEndReason | undefined;
  /** At most one camera and one screen, from the first time they are sent. */
  readonly videoStreams: readonly RemoteVideoStream[];
  readonly isMuted: boolean;
  /** Speaks now: by the sound that arrives between two people, by the server's word in a group call. */
  readonly isSpeaking: boolean;
  readonly role: ParticipantRole;
  /** Group calls only: mutes this participant, who must unmute himself. */
  mute(): Promise<void>;
}
