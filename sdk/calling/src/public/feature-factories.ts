/** What `call.feature(…)` returns: one object per feature and call, with `on`/`off` of its own events. */
export interface CallFeature {
  readonly name: string;
}

/** What `callClient.feature(…)` returns. */
export interface CallClientFeature {
  readonly name: string;
}

/** What `localVideoStream.feature(…)` returns. */
export interface VideoStreamFeature {
  readonly name: string;
}

/** What `localAudioStream.feature(…)` returns. */
export interface AudioStreamFeature {
  readonly name: string;
}

/** A member of `Features` for calls. Singletons: compare them with `===`. `feature` exists for its type alone. */
export interface CallFeatureFactory<Feature extends CallFeature> {
  readonly name: string;
  readonly host: 'call';
  readonly feature?: Feature;
}

/** A member of `Features` for the call client. */
export interface CallClientFeatureFactory<Feature extends CallClientFeature> {
  readonly name: string;
  readonly host: 'callClient';
  readonly feature?: Feature;
}

/** A member of `Features` for local video streams. */
export interface VideoStreamFeatureFactory<Feature extends VideoStreamFeature> {
  readonly name: string;
  readonly host: 'localVideoStream';
  readonly feature?: Feature;
}

/** A member of `Features` for local audio streams. */
export interface AudioStreamFeatureFactory<Feature extends AudioStreamFeature> {
  readonly name: string;
  readonly host: 'localAudioStream';
  readonly feature?: Feature;
}
