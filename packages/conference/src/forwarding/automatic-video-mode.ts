import type { Instant } from '@dialplane/sansio';
import type { MediaMode } from '@dialplane/media-api';

/** What is seen of a leg whose video is forwarded unless something speaks against it. */
export interface LineObservation {
  /** What the line takes for pictures. */
  readonly availableBps: number;
  /** How many pictures its client wants to see. */
  readonly wantedPictures: number;
  /** What these would cost at the least. */
  readonly leastBps: number;
  /** How the client reaches us, as far as that is known. */
  readonly transport: 'udp' | 'tcp';
}

/** A line that is too narrow for so long is no hiccup. */
const starvedMs = 4000;
/** Room that has to be there, and for how long, before pictures are forwarded again; longer each time that did not last. */
const recoveryPart = 1.4;
const leastRecoveryMs = 10_000;
const mostRecoveryMs = 120_000;
const lastingMs = 60_000;

/**
 * ```
 * forwarded ──too narrow──▶ starving ──for 4 s──▶ mixed ──room again──▶ recovering ──for 10 s and more──▶ forwarded
 *     └──────────────── over TCP ────────────────▶ mixed      starving and recovering go back when the line changes its mind
 * ```
 */
type State =
  | { readonly kind: 'forwarded' }
  | { readonly kind: 'starving'; readonly since: Instant }
  | { readonly kind: 'mixed' }
  | { readonly kind: 'recovering'; readonly since: Instant };

/** Whether a leg gets pictures of its own or the mixed one: strong lines get what they can show, weak ones and TCP, where a lost packet stops all others, one stream. */
export class AutomaticVideoMode {
  private state: State = { kind: 'forwarded' };
  private recoveryMs = leastRecoveryMs;
  private forwardedAt: Instant | undefined;

  get mode(): MediaMode {
    return this.state.kind === 'forwarded' || this.state.kind === 'starving' ? 'forwarded' : 'mixed';
  }

  /** Takes what is seen now, once a second or so; a sentence that says why where the mode is another one from here on. */
  observe(line: LineObservation, now: Instant): string | undefined {
    const isTooNarrow = line.wantedPictures > 0 && line.availableBps < line.leastBps;
    const hasRoom = line.transport === 'udp' && line.availableBps > recoveryPart * line.leastBps;
    switch (this.state.kind) {
      case 'forwarded':
        if (line.transport === 'tcp') return this.mix('The client reaches the media processor over TCP, where one lost packet holds up every picture: it gets the mixed one.', now);
        if (isTooNarrow) this.state = { kind: 'starving', since: now };
        return undefined;
      case 'starving':
        if (line.transport === 'tcp' || !isTooNarrow) this.state = { kind: 'forwarded' };
        else if (now - this.state.since >= starvedMs) return this.mix(narrowSentence(line), now);
        return undefined;
      case 'mixed':
        if (hasRoom) this.state = { kind: 'recovering', since: now };
        return undefined;
      default:
        if (!hasRoom) this.state = { kind: 'mixed' };
        else if (now - this.state.since >= this.recoveryMs) return this.forward(line, now);
        return undefined;
    }
  }

  private mix(why: string, now: Instant): string {
    const hasLasted = this.forwardedAt === undefined || now - this.forwardedAt > lastingMs;
    this.recoveryMs = hasLasted ? leastRecoveryMs : Math.min(mostRecoveryMs, this.recoveryMs * 2);
    this.state = { kind: 'mixed' };
    return why;
  }

  private forward({ availableBps }: LineObservation, now: Instant): string {
    this.state = { kind: 'forwarded' };
    this.forwardedAt = now;
    return `The line to the client takes ${kilobits(availableBps)} again, enough for pictures of its own.`;
  }
}

function narrowSentence({ availableBps, wantedPictures, leastBps }: LineObservation): string {
  const needs = wantedPictures === 1 ? 'the picture it wants needs' : `the ${wantedPictures} pictures it wants need`;
  return `The line to the client takes ${kilobits(availableBps)}, and ${needs} ${kilobits(leastBps)} at the least: it gets the mixed one.`;
}

function kilobits(bitsPerSecond: number): string {
  const rate = Math.round(bitsPerSecond / 1000);
  return rate === 0 ? 'next to nothing' : `${rate} kbit/s`;
}
