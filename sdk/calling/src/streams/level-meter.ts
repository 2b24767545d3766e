/** Samples looked at per measurement: about 21 ms at 48 kHz. */
const windowSamples = 1024;

/** Measures how loud a MediaStream is, by Web Audio. Nothing is played. Close it: an open AudioContext costs a thread. */
export class LevelMeter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Float32Array(windowSamples);
  private node: MediaStreamAudioSourceNode | undefined;

  constructor(mediaStream: MediaStream) {
    this.analyser.fftSize = windowSamples;
    this.listenTo(mediaStream);
  }

  listenTo(mediaStream: MediaStream | undefined): void {
    this.node?.disconnect();
    this.node = undefined;
    if (mediaStream === undefined || mediaStream.getAudioTracks().length === 0) return;
    this.node = this.context.createMediaStreamSource(mediaStream);
    this.node.connect(this.analyser);
  }

  /** Root mean square of the newest samples, 0..1. Zero while the browser's autoplay policy suspends audio. */
  rms(): number {
    if (this.context.state === 'suspended') void this.context.resume();
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.sqrt(sum / windowSamples);
  }

  close(): void {
    this.node?.disconnect();
    void this.context.close();
  }
}
