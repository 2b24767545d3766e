/**
 * What each person of a story sounds and looks like, so that the other side can tell *who* arrives and not only *that*
 * something arrives. Shared by the files for the fake devices (Node) and the detectors (page).
 *
 * Sound: bursts of a pure tone (a steady one would be removed by the browser's noise suppression). Picture: four quarters of
 * which two diagonal ones have the person's colour, and a strip of black and white cells at the bottom that counts the frames
 * in Gray code. Tones are no multiples of each other, and colours differ by more than coding shifts them, so that all of them can be told apart in one mix
 * and in one composed picture.
 */
export const people = {
  anna: { toneHz: 523, colour: [220, 40, 40] },
  boris: { toneHz: 880, colour: [40, 60, 220] },
  clara: { toneHz: 1409, colour: [225, 205, 40] },
  david: { toneHz: 1997, colour: [210, 40, 200] },
  elena: { toneHz: 2731, colour: [40, 205, 215] },
  felix: { toneHz: 3301, colour: [240, 125, 20] },
} as const satisfies Record<string, { readonly toneHz: number; readonly colour: readonly [number, number, number] }>;

export type Person = keyof typeof people;
export const everybody: readonly Person[] = Object.keys(people) as Person[];

/** As which a person signs in. */
export function nameOf(person: Person): string {
  return person.charAt(0).toUpperCase() + person.slice(1);
}

/** Tone on, then as long off. Within one period a listener meets a whole burst. */
export const burstMs = 250;

/** The colour of the other two quarters: the same for everybody. */
export const neutralColour: readonly [number, number, number] = [90, 200, 90];

/** The strip: `counterBits` cells side by side over the whole width, in the lowest part of the picture. */
export const counterBits = 5;
export const stripShare = 1 / 4;
export const framesPerLoop = 2 ** counterBits;

/** Gray code: neighbouring frames differ in one cell, so a blurred picture is at most one frame off. */
export function grayCode(value: number): number {
  return value ^ (value >> 1);
}
