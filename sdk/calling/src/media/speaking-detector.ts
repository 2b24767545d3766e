import type { Platform } from '../platform.ts';

const periodMs = 200;
/** Linear level (0..1) above which somebody speaks: about -40 dB of full scale. */
const threshold = 0.01;
/** Pauses between words do not end speaking. */
const hangoverMs = 800;

/**
 * Who is speaking, by the audio level that arrives in the packets themselves (RFC 6464, through
 * `RTCRtpReceiver.getSynchronizationSources`). Where the host has no levels nobody speaks.
 */
export class SpeakingDetector {
  private readonly platform: Platform;
  private readonly receivers: () => ReadonlyMap<string, RTCRtpReceiver>;
  private readonly onSpeaking: (speaker: string, isSpeaking: boolean) => void;
  private readonly heardAt = new Map<string, number>();
  private readonly speaking = new Set<string>();
  private cancelTimer: () => void = () => {};

  /** `receivers`: who is heard through which receiver. */
  constructor(platform: Platform, receivers: () => ReadonlyMap<string, RTCRtpReceiver>, onSpeaking: (speaker: string, isSpeaking: boolean) => void) {
    this.platform = platform;
    this.receivers = receivers;
    this.onSpeaking = onSpeaking;
  }

  start(): void {
    this.cancelTimer();
    this.look();
    this.cancelTimer = this.platform.clock.after(periodMs, () => {
      this.start();
    });
  }

  stop(): void {
    this.cancelTimer();
    for (const speaker of this.speaking) this.onSpeaking(speaker, false);
    this.speaking.clear();
  }

  private look(): void {
    const now = this.platform.clock.now();
    for (const [speaker, receiver] of this.receivers()) {
      const isLoud = receiver.getSynchronizationSources?.().some(({ audioLevel }) => (audioLevel ?? 0) > threshold);
      if (isLoud) this.heardAt.set(speaker, now);
      const isSpeaking = now - (this.heardAt.get(speaker) ?? Number.NEGATIVE_INFINITY) < hangoverMs;
      if (isSpeaking === this.speaking.has(speaker)) continue;
      if (isSpeaking) this.speaking.add(speaker);
      else this.speaking.delete(speaker);
      this.onSpeaking(speaker, isSpeaking);
    }
  }
}
