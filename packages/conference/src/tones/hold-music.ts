import { addSine, amplitudeOf, type SoundPlace } from './oscillator.ts';

/** A quiet melody of broken chords, as semitones above A3; made for this and nobody's. */
const melody = [0, 7, 12, 16, 12, 7, -4, 3, 8, 12, 8, 3, -7, 0, 5, 9, 5, 0, -2, 5, 10, 14, 10, 5];
const lowestHz = 220;
const noteMs = 420;
/** How much of a note is left when the next one begins, and how it fades. */
const notesSounding = 3;
const fadingPerNote = 0.35;
const amplitude = amplitudeOf(-22);
/** A note does not begin with a step. */
const attackMs = 12;
const pieceMs = 5;

/** Adds `count` samples of the music that who waits hears. It begins again after ten seconds. */
export function addHoldMusic(samples: Float32Array, at: number, count: number, { rate, index }: SoundPlace): void {
  const noteSamples = (noteMs * rate) / 1000;
  const pieceSamples = (pieceMs * rate) / 1000;
  for (let done = 0; done < count;) {
    const place = index + done;
    const piece = Math.min(count - done, pieceSamples - (place % pieceSamples));
    const newest = Math.floor(place / noteSamples);
    for (let note = newest; note > newest - notesSounding && note >= 0; note -= 1) {
      const ageMs = ((place - note * noteSamples) * 1000) / rate;
      const loudness = Math.min(1, (ageMs + pieceMs) / attackMs) * fadingPerNote ** (ageMs / noteMs);
      const frequencyHz = lowestHz * 2 ** ((melody[note % melody.length] ?? 0) / 12);
      addSine(samples, at + done, piece, { frequencyHz, amplitude: amplitude * loudness, rate, index: place - note * noteSamples });
    }
    done += piece;
  }
}
