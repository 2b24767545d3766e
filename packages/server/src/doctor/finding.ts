/** What one check of `./dialplane doctor` found. Only `broken` makes the command fail. */
export interface Finding {
  readonly verdict: 'good' | 'notice' | 'broken';
  /** What is so, and for anything but good: what to do about it. */
  readonly sentence: string;
}

export const good = (sentence: string): Finding => ({ verdict: 'good', sentence });
export const notice = (sentence: string): Finding => ({ verdict: 'notice', sentence });
export const broken = (sentence: string): Finding => ({ verdict: 'broken', sentence });
