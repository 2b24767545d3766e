import type { Call as CallView, Permission } from '@dialplane/calling-api';
import type { CapabilityResolutionReason, ParticipantCapabilities, ParticipantCapability } from '../public/capabilities.ts';

type CallFacts = Pick<CallView, 'kind' | 'topology'> & { readonly self: Pick<CallView['self'], 'role' | 'permissions'> };

const capable: ParticipantCapability = { isPresent: true, reason: 'Capable' };
const refused = (reason: CapabilityResolutionReason): ParticipantCapability => ({ isPresent: false, reason });

/**
 * What a participant may do, by the kind of the call and, in a room, by what the server says the role permits. Outside rooms there are no roles
 * and everybody may do everything that the kind of call has. What this system does not serve is `FeatureNotSupported`.
 */
export function resolveCapabilities(view: CallFacts | undefined, canCallTelephones = false): ParticipantCapabilities {
  if (view === undefined) return everyCapability(refused('NotInitialized'));
  const { role, permissions } = view.self;
  // What a presenter may not do, the room does not permit to anybody.
  const restricted = refused(role === 'Presenter' ? 'MeetingRestricted' : 'RoleRestricted');
  const permitted = (permission: Permission) => (permissions?.includes(permission) === false ? restricted : capable);
  const ofMany = (permission: Permission) => (view.kind === 'oneToOne' ? refused('CapabilityNotApplicableForTheCallType') : permitted(permission));
  return {
    ...everyCapability(refused('FeatureNotSupported')),
    turnVideoOn: permitted('turnVideoOn'),
    unmuteMic: permitted('unmuteMic'),
    shareScreen: permitted('shareScreen'),
    raiseHand: permitted('raiseHand'),
    useReactions: permitted('useReactions'),
    viewAttendeeNames: capable,
    addCommunicationUser: permitted('addCommunicationUser'),
    ...(canCallTelephones ? { addPhoneNumber: permitted('addPhoneNumber'), pstnDialOut: permitted('addPhoneNumber') } : {}),
    removeParticipant: permitted('removeParticipant'),
    muteOthers: ofMany('muteOthers'),
    hangUpForEveryOne: ofMany('hangUpForEveryOne'),
    spotlightParticipant: ofMany('spotlightParticipant'),
    removeParticipantsSpotlight: ofMany('spotlightParticipant'),
    realTimeText: permitted('unmuteMic'),
  };
}

function everyCapability(capability: ParticipantCapability): ParticipantCapabilities {
  return {
    turnVideoOn: capability, unmuteMic: capability, shareScreen: capability, removeParticipant: capability, hangUpForEveryOne: capability,
    addCommunicationUser: capability, addTeamsUser: capability, addPhoneNumber: capability, manageLobby: capability,
    spotlightParticipant: capability, removeParticipantsSpotlight: capability, blurBackground: capability, startLiveMeetingCaptions: capability,
    startLiveCallingCaptions: capability, setCaptionLanguage: capability, raiseHand: capability, pstnDialOut: capability, muteOthers: capability,
    useReactions: capability, viewAttendeeNames: capability, startTogetherMode: capability, joinBreakoutRooms: capability,
    forbidOthersAudio: capability, forbidOthersVideo: capability, realTimeText: capability,
  };
}
