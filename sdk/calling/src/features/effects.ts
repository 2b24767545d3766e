import { clientError } from '../communication-services-error.ts';
import type { MicrophoneProcessing } from '../devices/device-constraints.ts';
import { EventEmitter } from '../event-emitter.ts';
import { audioStreamFeature, videoStreamFeature } from '../feature-registry.ts';
import type {
  ActiveAudioEffects, AudioEffect, AudioEffectsFeature, AudioEffectsFeatureEvents, AudioEffectsStartConfig, AudioEffectsStopConfig, VideoEffectName,
  VideoEffectsFeature, VideoEffectsFeatureEvents,
} from '../public/effects.ts';
import type { AudioStreamFeatureFactory, VideoStreamFeatureFactory } from '../public/feature-factories.ts';
import { LocalAudioStreamImplementation } from '../streams/local-audio-stream.ts';
import { notAvailable } from './not-available.ts';

/** No effect on pictures is built in: none is active, none is supported, and starting one says so. */
class VideoEffects extends EventEmitter<VideoEffectsFeatureEvents> implements VideoEffectsFeature {
  readonly name = 'VideoEffects';
  readonly activeEffects: VideoEffectName[] = [];

  async isSupported(): Promise<boolean> {
    return false;
  }

  async startEffects(): Promise<void> {
    throw notAvailable('An effect on the video');
  }

  /** Nothing is running. */
  async stopEffects(): Promise<void> {}
}

/** The browser's own echo cancellation and noise suppression (Media Capture and Streams, §"Constrainable properties"). */
class AudioEffects extends EventEmitter<AudioEffectsFeatureEvents> implements AudioEffectsFeature {
  readonly name = 'AudioEffects';
  private readonly stream: LocalAudioStreamImplementation;
  private processing: MicrophoneProcessing = {};

  constructor(stream: LocalAudioStreamImplementation) {
    super();
    this.stream = stream;
  }

  get activeEffects(): ActiveAudioEffects {
    return {
      ...(this.processing.echoCancellation === true ? { echoCancellation: ['BrowserEchoCancellation'] } : {}),
      ...(this.processing.noiseSuppression === true ? { noiseSuppression: ['BrowserNoiseSuppression'] } : {}),
    };
  }

  async isSupported(effect: AudioEffect): Promise<boolean> {
    return isBrowserEffect(effect);
  }

  /** Rejects with `FEATURE_NOT_AVAILABLE` for an effect of another package. */
  async startEffects({ echoCancellation, noiseSuppression }: AudioEffectsStartConfig): Promise<void> {
    for (const effect of [echoCancellation, noiseSuppression]) {
      if (effect !== undefined && !isBrowserEffect(effect)) throw notAvailable('This effect on the sound');
    }
    await this.become({
      ...this.processing,
      ...(echoCancellation === undefined ? {} : { echoCancellation: true }),
      ...(noiseSuppression === undefined ? {} : { noiseSuppression: true }),
    });
    this.emit('effectsStarted', this.activeEffects);
  }

  async stopEffects({ echoCancellation, noiseSuppression }: AudioEffectsStopConfig): Promise<void> {
    await this.become({
      ...this.processing,
      ...(echoCancellation === true ? { echoCancellation: false } : {}),
      ...(noiseSuppression === true ? { noiseSuppression: false } : {}),
    });
    this.emit('effectsStopped', this.activeEffects);
  }

  private async become(processing: MicrophoneProcessing): Promise<void> {
    await this.stream.setProcessing(processing);
    this.processing = processing;
  }
}

export const videoEffects: VideoStreamFeatureFactory<VideoEffectsFeature> = videoStreamFeature('VideoEffects', () => new VideoEffects());
export const audioEffects: AudioStreamFeatureFactory<AudioEffectsFeature> = audioStreamFeature('AudioEffects', (stream) => {
  if (!(stream instanceof LocalAudioStreamImplementation)) throw clientError('STREAM_FOREIGN');
  return new AudioEffects(stream);
});

function isBrowserEffect(effect: AudioEffect): boolean {
  return typeof effect === 'string' && /^(?:Browser)?(?:EchoCancellation|NoiseSuppression)$/.test(effect);
}
