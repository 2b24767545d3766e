import type { Instant } from '@dialplane/sansio';

/**
 * What nobody has a use for need not be sent, after a while: those who scroll past somebody are back before that; estimates of lines swing for longer, and what comes back costs a key
 * frame.
 */
const patienceMs = { displays: 2000, lines: 5000 } as const;

/** What is seen of a picture that a client sends. */
export interface PictureUse {
  /** How many of its layers, lowest first, somebody has a use for; 0 where nobody sees it. */
  readonly needed: number;
  /** What keeps more of them from being of use: that nobody displays them, or that no line of those who do takes them. */
  readonly limit: keyof typeof patienceMs;
  /** How many come in: the highest one that does, counted from 1; 0 while nothing comes. */
  readonly sent: number;
}

/**
 * ```
 * told ──less is needed than is sent──▶ waning ──for 2 or 5 s──▶ told (less)
 *  ▲ └── more is needed: told at once      │
 *  └────── it is needed again, or nothing is sent ──┘
 * ```
 */
type State = { readonly kind: 'told' } | { readonly kind: 'waning'; readonly since: Instant };

/**
 * How many layers of a picture its sender is asked for. Who wants to see more of it gets that at once; less is asked for only of who sends more, and after a while. So a camera that is
 * switched on is seen before anybody is asked.
 */
export class WatchedLayers {
  /** What the sender was told last; in the beginning it sends all there are. */
  told: number;
  /** What kept it from being more. */
  limit: PictureUse['limit'] = 'displays';
  private state: State = { kind: 'told' };

  /** @param count Layers that there are. */
  constructor(count: number) {
    this.told = count;
  }

  /** Takes what is seen now. @returns whether {@link told} is another number, which the sender has to know. */
  observe({ needed, limit, sent }: PictureUse, now: Instant): boolean {
    if (needed > this.told) return this.tell(needed, limit);
    if (needed === this.told || sent <= needed) this.state = { kind: 'told' };
    else if (this.state.kind === 'told') this.state = { kind: 'waning', since: now };
    else if (now - this.state.since >= patienceMs[limit]) return this.tell(needed, limit);
    return false;
  }

  /** Somebody wants to see so many layers, whatever others do. @returns as {@link observe}. */
  raise(needed: number): boolean {
    return needed > this.told && this.tell(needed, 'displays');
  }

  private tell(layers: number, limit: PictureUse['limit']): true {
    this.told = layers;
    this.limit = limit;
    this.state = { kind: 'told' };
    return true;
  }
}
