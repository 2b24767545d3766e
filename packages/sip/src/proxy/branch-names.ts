import type { Randomness } from '@dialplane/sansio';
import { branchPrefix } from './request-checks.ts';

/** Branches of this proxy's Vias (RFC 3261 §8.1.1.7): a part by which loops are found (RFC 5393 §4.2.1), and one that makes each different. */
export class BranchNames {
  private readonly seed: string;
  private count = 0;
  /** Every sent-by value that stood beside one. */
  readonly sentBys = new Set<string>();

  constructor(randomness: Randomness) {
    this.seed = randomness.nextUint32().toString(36);
  }

  next(loopHash: string): string {
    this.count += 1;
    return `${branchPrefix}${loopHash}${this.seed}${this.count.toString(36)}`;
  }

  /** The same for the same text. */
  repeatable(loopHash: string, text: string): string {
    return `${branchPrefix}${loopHash}${this.seed}.${text}`;
  }

  noteSentBy(sentBy: string): void {
    if (!this.sentBys.has(sentBy)) this.sentBys.add(sentBy);
  }
}
