import type { CallInternals } from '../../call-internals.ts';
import { LevelMeter } from '../../streams/level-meter.ts';
import { localTrackOf } from '../../streams/local-track.ts';
import { SpeechGate } from './capture-rules.ts';

const measureMs = 100;

/** Listens to the microphone of a muted user, on this device alone, to tell someone who speaks that nobody hears it. */
export class MutedSpeechWatch {
  private readonly call: CallInternals;
  private readonly onSpeaking: (isSpeaking: boolean) => void;
  private end: () => void = () => {};
  private readonly update = (): void => {
    this.end();
    this.end = this.isNeeded() ? this.listen() : () => {};
  };
  private readonly stop: ReadonlyArray<() => void>;

  constructor(call: CallInternals, onSpeaking: (isSpeaking: boolean) => void) {
    this.call = call;
    this.onSpeaking = onSpeaking;
    call.call.on('isMutedChanged', this.update);
    call.call.on('localAudioStreamsUpdated', this.update);
    this.stop = [
      call.onStateChanged(this.update),
      () => call.call.off('isMutedChanged', this.update),
      () => call.call.off('localAudioStreamsUpdated', this.update),
    ];
    this.update();
  }

  close(): void {
    for (const undo of this.stop) undo();
    this.end();
  }

  private isNeeded(): boolean {
    return this.call.call.isMuted && this.call.call.state === 'Connected' && typeof AudioContext !== 'undefined';
  }

  private listen(): () => void {
    const [stream] = this.call.call.localAudioStreams;
    const mediaStream = stream === undefined ? undefined : localTrackOf(stream).current();
    if (mediaStream === undefined) return () => {};
    const meter = new LevelMeter(mediaStream);
    const gate = new SpeechGate();
    const timer = setInterval(() => this.onSpeaking(gate.observe(meter.rms())), measureMs);
    return () => {
      clearInterval(timer);
      meter.close();
      this.onSpeaking(false);
    };
  }
}
