import { RE2JS, RE2JSException } from 're2js';

export type PatternReading = { readonly ok: true; readonly pattern: NumberPattern } | { readonly ok: false; readonly sentence: string };

/** Tells whether a number is meant. */
export interface NumberPattern {
  matches(e164: string): boolean;
}

export const maxPatternLength = 1024;

/**
 * Reads the pattern of a voice route. It is RE2's language: no look-around and no references back, and in return the time that matching takes grows with the number,
 * whatever the pattern (`(a*)*b` is as good as any). Nested repetitions of more than 1000 are refused, so the compiled form is bounded too.
 */
export function readPattern(text: string): PatternReading {
  if (text.length === 0 || text.length > maxPatternLength) return { ok: false, sentence: `A number pattern has 1 to ${maxPatternLength} characters.` };
  try {
    const expression = RE2JS.compile(text);
    return { ok: true, pattern: { matches: (e164) => expression.matcher(e164).find() } };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '');
    return { ok: false, sentence: `The number pattern is not a regular expression that can be used: ${why}. Look-around and references back are not supported.` };
  }
}
