/** One row of the ordered list that decides which trunk carries a number (ACS Direct Routing, voice routes). */
export interface VoiceRoute {
  readonly name: string;
  readonly description?: string;
  /** A regular expression over the E.164 number with `+`. */
  readonly numberPattern: string;
  /** Fully qualified domain names of session border controllers, tried in random order. */
  readonly trunks: readonly string[];
}
