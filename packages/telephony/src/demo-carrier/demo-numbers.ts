/** What somebody meets who calls a number of the demonstration carrier. */
export type DemoBehavior = 'melody' | 'echo' | 'hangUp' | 'busy' | 'noAnswer' | 'announcement' | 'outOfService' | 'keypad' | 'callBack';

export interface DemoNumber {
  /** E.164 with `+`. */
  readonly number: string;
  readonly behavior: DemoBehavior;
  /** What it does, in a few words, for who tries it. */
  readonly summary: string;
}

/** Numbers of the range that is kept for fiction (North American Numbering Plan, 555-0100 to 555-0199), so that nobody is ever called by mistake. */
export const demoNumbers: readonly DemoNumber[] = [
  { number: '+12025550100', behavior: 'melody', summary: 'answers and plays a melody' },
  { number: '+12025550101', behavior: 'echo', summary: 'answers and sends back what you say' },
  { number: '+12025550102', behavior: 'hangUp', summary: 'answers and hangs up after 5 seconds' },
  { number: '+12025550103', behavior: 'busy', summary: 'is busy' },
  { number: '+12025550104', behavior: 'noAnswer', summary: 'rings and is never answered' },
  { number: '+12025550105', behavior: 'announcement', summary: 'plays an announcement before it answers (early media)' },
  { number: '+12025550106', behavior: 'outOfService', summary: 'plays an announcement and is not connected' },
  { number: '+12025550107', behavior: 'keypad', summary: 'takes digits until # and plays them back' },
  { number: '+12025550108', behavior: 'callBack', summary: 'hangs up and calls you back' },
];

/** Numbers of this server at the demonstration carrier, for caller ids and for calls from it. */
export const demoOwnedNumbers: readonly string[] = ['+12025550190', '+12025550191', '+12025550192'];

/** The voice route to all numbers of the demonstration carrier. */
export const demoNumberPattern = String.raw`^\+120255501\d\d$`;

/** Fully qualified name of its trunk; names under `.test` exist nowhere (RFC 6761 §6.2). */
export const demoTrunkName = 'demo-carrier.test';
