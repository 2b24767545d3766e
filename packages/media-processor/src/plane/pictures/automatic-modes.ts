import { AutomaticVideoMode } from '@dialplane/conference';
import type { MediaMode } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { Leg } from '../legs/leg.ts';
import type { PictureRouting } from './picture-routing.ts';

const observeMs = 1000;

/** What lines say for the mixed picture, for legs of which nobody has said how they are to get pictures. */
export class AutomaticModes {
  private readonly modes = new Map<Leg, AutomaticVideoMode>();
  private readonly reasons = new Map<Leg, string>();
  private readonly pictures: PictureRouting;
  private readonly isOverTcp: (leg: Leg) => boolean;
  private observedAt: Instant | undefined;

  /** @param isOverTcp whether the client reaches us over TCP, as far as that is known. */
  constructor(pictures: PictureRouting, isOverTcp: (leg: Leg) => boolean) {
    this.pictures = pictures;
    this.isOverTcp = isOverTcp;
  }

  modeOf(leg: Leg): MediaMode {
    return this.modes.get(leg)?.mode ?? 'forwarded';
  }

  /** Why it is that mode, as a sentence. */
  reasonFor(leg: Leg): string | undefined {
    return this.reasons.get(leg);
  }

  forget(leg: Leg): void {
    this.modes.delete(leg);
    this.reasons.delete(leg);
  }

  isDue(now: Instant): boolean {
    return this.observedAt === undefined || now - this.observedAt >= observeMs;
  }

  /** Looks at the lines of `legs`. @returns those whose mode is another one from here on, with why, as a sentence. */
  observe(legs: Iterable<Leg>, now: Instant): ReadonlyArray<{ readonly leg: Leg; readonly why: string }> {
    this.observedAt = now;
    return [...legs].flatMap((leg) => {
      if (leg.transport === undefined) return [];
      const mode = this.modes.get(leg) ?? new AutomaticVideoMode();
      this.modes.set(leg, mode);
      const transport = this.isOverTcp(leg) ? 'tcp' : 'udp';
      const why = mode.observe({ availableBps: leg.pictureBps, ...this.pictures.needsOf(leg), transport }, now);
      if (why === undefined) return [];
      this.reasons.set(leg, why);
      return [{ leg, why }];
    });
  }
}
