/** Shares of lost packets from which on, and down to which, it pays to wait for the packet that repeats a lost one; and what one packet counts for. */
const muchLoss = 0.03;
const littleLoss = 0.005;
const lossWeight = 0.015;

/** How long a stream that repeats each packet in the next one waits beyond its jitter, so that the packet after a lost one is here when it is needed: only while packets are lost. */
export class RedundancyWait {
  /** In milliseconds: 0, or that of the constructor. */
  presentMs = 0;
  private readonly waitMs: number;
  private lossShare = 0;

  /** @param waitMs how long, where it pays; 0 of a stream that repeats nothing. */
  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }

  /** Whether the next packet was lost. One that was repeated was lost all the same: it has to be waited for the next time, too. */
  noteLoss(loss: 0 | 1): void {
    this.lossShare += (loss - this.lossShare) * lossWeight;
    if (this.lossShare > muchLoss) this.presentMs = this.waitMs;
    else if (this.lossShare < littleLoss) this.presentMs = 0;
  }

  reset(): void {
    this.presentMs = 0;
    this.lossShare = 0;
  }
}
