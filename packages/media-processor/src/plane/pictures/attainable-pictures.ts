import { type OperatingPoint, operatingPoints } from '@dialplane/conference';
import { type Instant, instant } from '@dialplane/sansio';
import type { ReceivedSection } from '../legs/received-section.ts';

/** As what each picture of a conference can be had at one moment: found once, however many want to see it. */
export class AttainablePictures {
  private at = instant(NaN);
  private readonly bySection = new Map<ReceivedSection, Map<number, readonly OperatingPoint[]>>();

  /** Something comes in otherwise: what was found is not true any more. */
  clear(): void {
    this.bySection.clear();
  }

  /** The ways in which a picture can be had for a display `height` pixels high, the least first; 0 for one of any height. */
  pointsOf(section: ReceivedSection, height: number, now: Instant): readonly OperatingPoint[] {
    if (now !== this.at) this.clear();
    this.at = now;
    const byHeight = this.bySection.get(section) ?? new Map<number, readonly OperatingPoint[]>();
    const points = byHeight.get(height) ?? operatingPoints(section.attainableLayers(now), height);
    this.bySection.set(section, byHeight.set(height, points));
    return points;
  }
}
