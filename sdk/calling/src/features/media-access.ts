import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { MediaAccess, MediaAccessCallFeature, MediaAccessCallFeatureEvents, MeetingMediaAccess } from '../public/media-access.ts';
import { notAvailable } from './not-available.ts';

/** Everybody may be heard and seen; forbidding needs a server that knows of it. */
class MediaAccessFeature extends EventEmitter<MediaAccessCallFeatureEvents> implements MediaAccessCallFeature {
  readonly name = 'MediaAccess';

  /** Permitting what is permitted already is no error. */
  async permitAudio(): Promise<void> {}
  async permitVideo(): Promise<void> {}
  async permitOthersAudio(): Promise<void> {}
  async permitOthersVideo(): Promise<void> {}

  async forbidAudio(): Promise<void> {
    throw notAvailable('Forbidding audio');
  }

  async forbidVideo(): Promise<void> {
    throw notAvailable('Forbidding video');
  }

  async forbidOthersAudio(): Promise<void> {
    throw notAvailable('Forbidding audio');
  }

  async forbidOthersVideo(): Promise<void> {
    throw notAvailable('Forbidding video');
  }

  getAllOthersMediaAccess(): MediaAccess[] {
    return [];
  }

  getMeetingMediaAccess(): MeetingMediaAccess {
    return { isAudioPermitted: true, isVideoPermitted: true };
  }
}

export const mediaAccess: CallFeatureFactory<MediaAccessCallFeature> = callFeature('MediaAccess', () => new MediaAccessFeature());
