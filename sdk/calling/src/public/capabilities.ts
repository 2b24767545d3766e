import type { EventSubscriptions } from './events.ts';
import type { CallFeature } from './feature-factories.ts';

export type ParticipantCapabilityName =
  | 'turnVideoOn' | 'unmuteMic' | 'shareScreen' | 'removeParticipant' | 'hangUpForEveryOne' | 'addCommunicationUser' | 'addTeamsUser'
  | 'addPhoneNumber' | 'manageLobby' | 'spotlightParticipant' | 'removeParticipantsSpotlight' | 'blurBackground' | 'startLiveMeetingCaptions'
  | 'startLiveCallingCaptions' | 'setCaptionLanguage' | 'raiseHand' | 'pstnDialOut' | 'muteOthers' | 'useReactions' | 'viewAttendeeNames'
  | 'startTogetherMode' | 'joinBreakoutRooms' | 'forbidOthersAudio' | 'forbidOthersVideo' | 'realTimeText';

export type CapabilityResolutionReason =
  | 'Capable' | 'CapabilityNotApplicableForTheCallType' | 'ClientRestricted' | 'UserPolicyRestricted' | 'RoleRestricted' | 'FeatureNotSupported'
  | 'MeetingRestricted' | 'NotInitialized' | 'NotCapable' | 'TeamsPremiumLicenseRestricted' | 'IpModeUserPolicyRestricted' | 'ExplicitConsentRequired';

export interface ParticipantCapability {
  readonly isPresent: boolean;
  readonly reason: CapabilityResolutionReason;
}

/** What this user may do in the call as it is now. */
export type ParticipantCapabilities = Record<ParticipantCapabilityName, ParticipantCapability>;

export type CapabilitiesChangedReason = 'RoleChanged' | 'UserPolicyChanged' | 'MeetingOptionOrOrganizerPolicyChanged' | 'MeetingDetailsUpdated';

/** Only the capabilities that changed. */
export interface CapabilitiesChangeInfo {
  readonly oldValue: Partial<ParticipantCapabilities>;
  readonly newValue: Partial<ParticipantCapabilities>;
  readonly reason: CapabilitiesChangedReason;
}

export interface CapabilitiesFeatureEvents {
  capabilitiesChanged: (info: CapabilitiesChangeInfo) => void;
}

export interface CapabilitiesFeature extends CallFeature, EventSubscriptions<CapabilitiesFeatureEvents> {
  readonly capabilities: ParticipantCapabilities;
}
