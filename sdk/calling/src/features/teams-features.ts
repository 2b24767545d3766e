import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type {
  BreakoutRoom, BreakoutRoomsCallFeature, BreakoutRoomsCallFeatureEvents, PPTLiveCallFeature, PPTLiveCallFeatureEvents,
  TeamsMeetingAudioConferencingCallFeature, TeamsMeetingAudioConferencingDetails, TogetherModeCallFeature, TogetherModeCallFeatureEvents,
  TogetherModeSeatingMap, TogetherModeVideoStream,
} from '../public/teams-features.ts';
import { notAvailable } from './not-available.ts';

/** Features of Teams meetings: applications subscribe to them in every call, so they are here, and nothing ever happens. */
class PPTLive extends EventEmitter<PPTLiveCallFeatureEvents> implements PPTLiveCallFeature {
  readonly name = 'PPTLive';
  readonly isActive = false;
  readonly activePresenterId = undefined;
  readonly target = undefined;
}

class BreakoutRooms extends EventEmitter<BreakoutRoomsCallFeatureEvents> implements BreakoutRoomsCallFeature {
  readonly name = 'BreakoutRooms';
  readonly assignedBreakoutRoom = undefined;
  readonly breakoutRoomsSettings = undefined;
  readonly breakoutRooms: BreakoutRoom[] = [];
}

class TogetherMode extends EventEmitter<TogetherModeCallFeatureEvents> implements TogetherModeCallFeature {
  readonly name = 'TogetherMode';
  readonly togetherModeStream: TogetherModeVideoStream[] = [];
  readonly togetherModeSeatingMap: TogetherModeSeatingMap = new Map();
  sceneSize: TogetherModeCallFeature['sceneSize'] = undefined;

  async start(): Promise<void> {
    throw notAvailable('Together mode');
  }
}

class TeamsMeetingAudioConferencing implements TeamsMeetingAudioConferencingCallFeature {
  readonly name = 'TeamsMeetingAudioConferencing';

  async getTeamsMeetingAudioConferencingDetails(): Promise<TeamsMeetingAudioConferencingDetails> {
    throw notAvailable('Dial-in to a Teams meeting');
  }
}

export const pptLive: CallFeatureFactory<PPTLiveCallFeature> = callFeature('PPTLive', () => new PPTLive());
export const breakoutRooms: CallFeatureFactory<BreakoutRoomsCallFeature> = callFeature('BreakoutRooms', () => new BreakoutRooms());
export const togetherMode: CallFeatureFactory<TogetherModeCallFeature> = callFeature('TogetherMode', () => new TogetherMode());
export const teamsMeetingAudioConferencing: CallFeatureFactory<TeamsMeetingAudioConferencingCallFeature> = callFeature(
  'TeamsMeetingAudioConferencing',
  () => new TeamsMeetingAudioConferencing(),
);
