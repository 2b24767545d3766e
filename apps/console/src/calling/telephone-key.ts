import type { DtmfTone } from '@dialplane/calling';

/** The keys of a telephone, row by row (ITU-T Q.23). */
export const telephoneKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

export type TelephoneKey = (typeof telephoneKeys)[number];

/** Hz: a key sounds as the tone of its row and the tone of its column (ITU-T Q.23). */
const rowFrequencies = [697, 770, 852, 941];
const columnFrequencies = [1209, 1336, 1477];
const loudness = 0.06;
const toneSeconds = 0.14;

/** The key that typed text is, if it is one. */
export const keyOf = (text: string): TelephoneKey | undefined => telephoneKeys.find((key) => key === text);

/** What the client library calls a key. */
export function toneOf(key: TelephoneKey): DtmfTone {
  if (key === '*') return 'Star';
  return key === '#' ? 'Pound' : (`Num${key}` as DtmfTone);
}

/** The sign of a tone: `0-9*#A-D`, or the word for what has none. */
export function signOf(tone: DtmfTone): string {
  if (tone === 'Star') return '*';
  if (tone === 'Pound') return '#';
  return tone.startsWith('Num') ? tone.slice('Num'.length) : tone;
}

/** Lets the person hear the key that was pressed; the telephone is told by {@link toneOf}. */
export function soundKey(key: TelephoneKey): void {
  const index = telephoneKeys.indexOf(key);
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.gain.value = loudness;
  gain.connect(audio.destination);
  const oscillators = [rowFrequencies[Math.floor(index / 3)], columnFrequencies[index % 3]].map((frequency = 0) => new OscillatorNode(audio, { frequency }));
  for (const oscillator of oscillators) {
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(audio.currentTime + toneSeconds);
  }
  oscillators[0]?.addEventListener('ended', () => void audio.close());
}
