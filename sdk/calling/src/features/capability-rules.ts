import type { Call as CallView } from '@dialplane/calling-api';
import type { CapabilityResolutionReason, ParticipantCapabilities, ParticipantCapability } from '../public/capabilities.ts';

type CallFacts = Pick<CallView, 'kind' | 'topology'> & { readonly self: Pick<CallView['self'], 'role'> };

const capable: ParticipantCapability = { isPresent: true, reason: 'Capable' };
const refused = (reason: CapabilityResolutionReason): ParticipantCapability => ({ isPresent: false, reason });

/**
 * What a participant may do, by the kind of the call and the role (ACS "Rooms", role matrix). Outside rooms there are no roles
 * and everybody may do everything that the kind of call has. What this system does not serve is `FeatureNotSupported`.
 */
export function resolveCapabilities(view: CallFacts | undefined, canCallTelephones = false): ParticipantCapabilities {
  if (view === undefined) return everyCapability(refused('NotInitialized'));
  const { role } = view.self;
  const isRoom = view.kind === 'room';
  const forRole = (...roles: ReadonlyArray<typeof role>) => (!isRoom || roles.includes(role) ? capable : refused('RoleRestricted'));
  const ofMany = (capability: ParticipantCapability) => (view.kind === 'oneToOne' ? refused('CapabilityNotApplicableForTheCallType') : capability);
  const presenting = forRole('Organizer', 'Presenter', 'Collaborator');
  const talking = forRole('Organizer', 'Presenter', 'Collaborator', 'Attendee');
  const moderating = forRole('Organizer', 'Presenter');
  return {
    ...everyCapability(refused('FeatureNotSupported')),
    turnVideoOn: talking,
    unmuteMic: talking,
    shareScreen: presenting,
    raiseHand: talking,
    useReactions: talking,
    viewAttendeeNames: capable,
    addCommunicationUser: moderating,
    ...(canCallTelephones ? { addPhoneNumber: moderating, pstnDialOut: moderating } : {}),
    removeParticipant: moderating,
    muteOthers: ofMany(moderating),
    hangUpForEveryOne: ofMany(moderating),
    spotlightParticipant: ofMany(moderating),
    removeParticipantsSpotlight: ofMany(moderating),
    realTimeText: talking,
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
