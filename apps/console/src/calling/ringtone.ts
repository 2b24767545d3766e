/** A sound that repeats: frequencies in Hz that sound together, seconds of sound and of silence, loudness 0..1. */
interface Cadence {
  readonly frequencies: readonly number[];
  readonly onSeconds: readonly number[];
  readonly periodSeconds: number;
  readonly loudness: number;
}

const cadences: Readonly<Record<'incoming' | 'ringback', Cadence>> = {
  incoming: { frequencies: [523.25, 659.25], onSeconds: [0, 0.5], periodSeconds: 2.4, loudness: 0.16 },
  ringback: { frequencies: [425], onSeconds: [0], periodSeconds: 4, loudness: 0.05 },
};

/**
 * Rings until the returned function is called: for a call that comes in, or, softly, while the other side rings. Silent where
 * the browser allows no sound yet because nobody has touched the page.
 */
export function startRinging(kind: 'incoming' | 'ringback'): () => void {
  const audio = new AudioContext();
  const { frequencies, onSeconds, periodSeconds, loudness } = cadences[kind];
  const ringOnce = (): void => {
    for (const offset of onSeconds) {
      const gain = audio.createGain();
      const from = audio.currentTime + offset;
      const to = from + (kind === 'incoming' ? 0.4 : 1);
      gain.gain.setValueAtTime(0, from);
      gain.gain.linearRampToValueAtTime(loudness, from + 0.03);
      gain.gain.setValueAtTime(loudness, to - 0.1);
      gain.gain.linearRampToValueAtTime(0, to);
      gain.connect(audio.destination);
      for (const frequency of frequencies) {
        const oscillator = audio.createOscillator();
        oscillator.frequency.value = frequency;
        oscillator.connect(gain);
        oscillator.start(from);
        oscillator.stop(to);
      }
    }
  };
  ringOnce();
  const timer = setInterval(ringOnce, periodSeconds * 1000);
  return () => {
    clearInterval(timer);
    void audio.close();
  };
}
