import type { CallInternals } from './call-internals.ts';
import { clientError } from './communication-services-error.ts';
import type { Platform } from './platform.ts';
import type {
  AudioStreamFeature, AudioStreamFeatureFactory, CallClientFeature, CallClientFeatureFactory, CallFeature, CallFeatureFactory, VideoStreamFeature,
  VideoStreamFeatureFactory,
} from './public/feature-factories.ts';
import type { LocalAudioStream, LocalVideoStream } from './public/streams.ts';

/**
 * The implementation behind a member of `Features`: the public factory plus how to make the feature for its host. Write
 * `export const raiseHand: CallFeatureFactory<RaiseHandCallFeature> = callFeature('RaiseHand', (call) => new RaiseHand(call))`.
 */
interface Registered<Host, Feature> {
  create(host: Host): Feature;
}

/** What a feature of the call client sees. */
export interface CallClientInternals {
  readonly platform: Platform;
}

export function callFeature<Feature extends CallFeature>(name: string, create: (call: CallInternals) => Feature): CallFeatureFactory<Feature> {
  const factory: CallFeatureFactory<Feature> & Registered<CallInternals, Feature> = { name, host: 'call', create };
  return factory;
}

export function callClientFeature<Feature extends CallClientFeature>(
  name: string,
  create: (client: CallClientInternals) => Feature,
): CallClientFeatureFactory<Feature> {
  const factory: CallClientFeatureFactory<Feature> & Registered<CallClientInternals, Feature> = { name, host: 'callClient', create };
  return factory;
}

export function videoStreamFeature<Feature extends VideoStreamFeature>(
  name: string,
  create: (stream: LocalVideoStream) => Feature,
): VideoStreamFeatureFactory<Feature> {
  const factory: VideoStreamFeatureFactory<Feature> & Registered<LocalVideoStream, Feature> = { name, host: 'localVideoStream', create };
  return factory;
}

export function audioStreamFeature<Feature extends AudioStreamFeature>(
  name: string,
  create: (stream: LocalAudioStream) => Feature,
): AudioStreamFeatureFactory<Feature> {
  const factory: AudioStreamFeatureFactory<Feature> & Registered<LocalAudioStream, Feature> = { name, host: 'localAudioStream', create };
  return factory;
}

type FactoryHost = 'call' | 'callClient' | 'localVideoStream' | 'localAudioStream';

/** The features of one object: each is made when first asked for, and the same one is returned from then on. */
export class FeatureSet<Host> {
  private readonly features = new Map<object, unknown>();
  private readonly kind: FactoryHost;
  private readonly host: Host;

  constructor(kind: FactoryHost, host: Host) {
    this.kind = kind;
    this.host = host;
  }

  /** Throws `FEATURE_UNKNOWN` for anything that is not a factory for this kind of object. */
  get<Feature>(factory: { readonly host: string; readonly feature?: Feature }): Feature {
    if (!this.features.has(factory)) {
      if (!isRegistered<Host, Feature>(factory) || factory.host !== this.kind) throw clientError('FEATURE_UNKNOWN');
      this.features.set(factory, factory.create(this.host));
    }
    return this.features.get(factory) as Feature;
  }
}

function isRegistered<Host, Feature>(factory: object): factory is Registered<Host, Feature> & { host: string } {
  return 'create' in factory && typeof factory.create === 'function';
}
