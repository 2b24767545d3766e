import { addMilliseconds, type Instant } from '@dialplane/sansio';

/** What nobody has watched for so long need not be sent: those who scroll past somebody are back before that. */
const patienceMs = 2000;

/** What is seen of a picture that a client sends. */
export interface PictureUse {
  /** How many of its layers, lowest first, somebody has a use for; 0 where nobody sees it. */
  readonly needed: number;
  /** How many come in: the highest one that does, counted from 1; 0 while nothing comes. */
  readonly sent: number;
}

/**
 * ```
 * told ──less is needed than is sent──▶ waning ──for 2 s──▶ told (less)
 *  ▲ └── more is needed: told at once      │
 *  └────── it is needed again, or nothing is sent ──┘
 * ```
 */
type State = { readonly kind: 'told' } | { readonly kind: 'waning'; readonly until: Instant };

/**
 * How many layers of a picture its sender is asked for. Who wants to see more of it gets that at once; less is asked for only of who sends more, and after a while. So a camera that is
 * switched on is seen before anybody is asked.
 */
export class WatchedLayers {
  /** What the sender was told last; in the beginning it sends all there are. */
  told: number;
  private state: State = { kind: 'told' };

  /** @param count Layers that there are. */
  constructor(count: number) {
    this.told = count;
  }

  /** Takes what is seen now. @returns whether {@link told} is another number, which the sender has to know. */
  observe({ needed, sent }: PictureUse, now: Instant): boolean {
    if (this.raise(needed)) return true;
    if (needed === this.told || sent <= needed) this.state = { kind: 'told' };
    else if (this.state.kind === 'told') this.state = { kind: 'waning', until: addMilliseconds(now, patienceMs) };
    else if (now >= this.state.until) return this.tell(needed);
    return false;
  }

  /** Somebody wants to see so many layers, whatever others do. @returns as {@link observe}. */
  raise(needed: number): boolean {
    return needed > this.told && this.tell(needed);
  }

  private tell(layers: number): true {
    this.told = layers;
    this.state = { kind: 'told' };
    return true;
  }
}
