import { addSine, amplitudeOf, type SoundPlace } from './oscillator.ts';

/** Tones that tell a caller how its call proceeds (ITU-T E.180). */
export type ProgressToneKind = 'ringback' | 'busy';

/** Frequencies in Hz that sound together, and the lengths of sound, silence, sound, ... in milliseconds, over and over. */
interface Cadence {
  readonly frequencies: readonly number[];
  readonly periods: readonly number[];
}

/** What is heard where nothing else is known (ETSI TR 101 041-2), and in most of Europe. */
const usual: Readonly<Record<ProgressToneKind, Cadence>> = { ringback: { frequencies: [425], periods: [1000, 4000] }, busy: { frequencies: [425], periods: [500, 500] } };

const northAmerica: Readonly<Record<ProgressToneKind, Cadence>> = { ringback: { frequencies: [440, 480], periods: [2000, 4000] }, busy: { frequencies: [480, 620], periods: [500, 500] } };

/** By country (ISO 3166-1), from the operational bulletin of the ITU, "Various tones used in national networks". */
const national: Readonly<Record<string, Readonly<Record<ProgressToneKind, Cadence>>>> = {
  US: northAmerica,
  CA: northAmerica,
  GB: { ringback: { frequencies: [400, 450], periods: [400, 200, 400, 2000] }, busy: { frequencies: [400], periods: [375, 375] } },
  IE: { ringback: { frequencies: [400, 450], periods: [400, 200, 400, 2000] }, busy: { frequencies: [425], periods: [500, 500] } },
  AU: { ringback: { frequencies: [400, 450], periods: [400, 200, 400, 2000] }, busy: { frequencies: [425], periods: [375, 375] } },
  NZ: { ringback: { frequencies: [400, 450], periods: [400, 200, 400, 2000] }, busy: { frequencies: [400], periods: [500, 500] } },
  FR: { ringback: { frequencies: [440], periods: [1500, 3500] }, busy: { frequencies: [440], periods: [500, 500] } },
  ES: { ringback: { frequencies: [425], periods: [1500, 3000] }, busy: { frequencies: [425], periods: [200, 200] } },
  JP: { ringback: { frequencies: [384, 416], periods: [1000, 2000] }, busy: { frequencies: [400], periods: [500, 500] } },
  CN: { ringback: { frequencies: [450], periods: [1000, 4000] }, busy: { frequencies: [450], periods: [350, 350] } },
  IN: { ringback: { frequencies: [400], periods: [400, 200, 400, 2000] }, busy: { frequencies: [400], periods: [750, 750] } },
};

/** Of each frequency: with one and with two of them it stays below the loudness of a voice. */
const amplitude = amplitudeOf(-18);

export interface ProgressTone extends SoundPlace {
  readonly kind: ProgressToneKind;
  /** ISO 3166-1, two letters; of one that is not known it is the usual tone. */
  readonly country?: string;
}

/** Adds `count` samples of a tone. */
export function addProgressTone(samples: Float32Array, at: number, count: number, { kind, country = '', rate, index }: ProgressTone): void {
  const { frequencies, periods } = (national[country.toUpperCase()] ?? usual)[kind];
  const wholeSamples = (periods.reduce((sum, periodMs) => sum + periodMs, 0) * rate) / 1000;
  for (let done = 0; done < count;) {
    const { isSound, left } = placeIn(periods, ((index + done) % wholeSamples) / rate);
    const piece = Math.min(count - done, Math.max(1, Math.round(left * rate)));
    if (isSound) for (const frequencyHz of frequencies) addSine(samples, at + done, piece, { frequencyHz, amplitude, rate, index: index + done });
    done += piece;
  }
}

/** Where in its periods a cadence is after so many seconds, and how long that lasts. */
function placeIn(periods: readonly number[], seconds: number): { readonly isSound: boolean; readonly left: number } {
  let end = 0;
  for (const [number, periodMs] of periods.entries()) {
    end += periodMs / 1000;
    if (seconds < end - 1e-9) return { isSound: number % 2 === 0, left: end - seconds };
  }
  return { isSound: true, left: 0 };
}
