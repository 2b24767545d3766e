/** Samples looked at per measurement: about 21 ms at 48 kHz. */
const windowSamples = 1024;

/** Measures how loud a MediaStream is, by Web Audio. Nothing is played. Close it: an open AudioContext costs a thread. */
export class LevelMeter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Float32Array(windowSamples);
  /** A source node takes one track of a stream alone: each has its own. */
  private readonly nodes = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();
  private mediaStream: MediaStream | undefined;

  constructor(mediaStream: MediaStream) {
    this.analyser.fftSize = windowSamples;
    this.listenTo(mediaStream);
  }

  listenTo(mediaStream: MediaStream | undefined): void {
    this.mediaStream = mediaStream;
    this.follow();
  }

  /** Root mean square of the newest samples, 0..1, of all tracks that the stream has now. Zero while the browser's autoplay policy suspends audio. */
  rms(): number {
    if (this.context.state === 'suspended') void this.context.resume();
    this.follow();
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.sqrt(sum / windowSamples);
  }

  close(): void {
    this.listenTo(undefined);
    void this.context.close();
  }

  /** No event tells of tracks that a script adds or removes. */
  private follow(): void {
    const tracks = this.mediaStream?.getAudioTracks() ?? [];
    for (const [track, node] of this.nodes) {
      if (tracks.includes(track)) continue;
      node.disconnect();
      this.nodes.delete(track);
    }
    for (const track of tracks) {
      if (this.nodes.has(track)) continue;
      const node = this.context.createMediaStreamSource(new MediaStream([track]));
      node.connect(this.analyser);
      this.nodes.set(track, node);
    }
  }
}
