import type { SessionEnd } from '@dialplane/sip';
import type { FarSide, LineAttempt } from './far-side.ts';
import type { LegPlace } from './line-media.ts';

/**
 * What of offers and answers is under way in an answered line, whichever side wanted it:
 *
 * ```
 * none ─▶ answering ─▶ none          the peer's offer: the media processor answers
 * none ─▶ replacing ─▶ none          likewise, in an INVITE that takes the dialog's place (RFC 3891)
 * none ─▶ asking ─▶ sent ─▶ none     our offer: the media processor makes it, the peer answers
 * ```
 */
export type Exchange =
  | { readonly kind: 'none' }
  | { readonly kind: 'answering'; readonly offer: string }
  /** `replaced` is the session that goes on where this comes to nothing. */
  | { readonly kind: 'replacing'; readonly replaced: string }
  /** The peer wants it by a re-INVITE without offer (RFC 3261 §14.2), or the line itself. */
  | { readonly kind: 'asking'; readonly wantedBy: 'peer' | 'line' }
  | { readonly kind: 'sent'; readonly wantedBy: 'peer' | 'line' };

/** What of them is under way before the answer: as above, or `moving`, while the leg is opened in another place, where it offers as soon as it is there. */
export type SoundingExchange = Exclude<Exchange, { readonly kind: 'replacing' }> | { readonly kind: 'moving' };

/** Who has put whom on hold. */
export interface HoldState {
  /** The owner wants the peer held. */
  readonly isWanted: boolean;
  /** The peer was told so. */
  readonly isSignaled: boolean;
  /** The peer has put the others on hold. */
  readonly isByPeer: boolean;
}

/**
 * Where a line is:
 *
 * ```
 * outgoing: preparing ─▶ inviting ─▶ (answeringLate) ─▶ answered ─▶ over
 *               ▲            │ 408, 503, 504
 *               ├────────────┤
 *               └─ redirecting ◀ 3xx
 * incoming: offered ─▶ (previewing ─▶ sounding) ─▶ connecting ─▶ answered ─▶ over
 * ```
 */
export type LineState =
  /** Our offer for this attempt is asked of the media processor. */
  | { readonly kind: 'preparing'; readonly attempt: LineAttempt; readonly rest: readonly LineAttempt[] }
  | { readonly kind: 'inviting'; readonly attempt: LineAttempt; readonly rest: readonly LineAttempt[] }
  /** Where the 3xx that ended the attempt leads is being looked up. */
  | { readonly kind: 'redirecting'; readonly attempt: LineAttempt; readonly end: SessionEnd }
  /** The 200 had an offer, which the media processor answers (RFC 3261 §13.2.1). */
  | { readonly kind: 'answeringLate'; readonly far: FarSide; readonly displayName: string | undefined }
  /** The owner decides. `offer` is absent where the INVITE had none. */
  | { readonly kind: 'offered'; readonly far: FarSide; readonly offer: string | undefined }
  /** Our description for a 183 is asked of the media processor, so that the caller hears that it rings. */
  | { readonly kind: 'previewing'; readonly far: FarSide; readonly offer: string }
  /** The caller hears the leg; `offer` is its last one, `answer` the description that it has got for its first. */
  | { readonly kind: 'sounding'; readonly far: FarSide; readonly offer: string; readonly answer: string; readonly exchange: SoundingExchange }
  /** Our description for the 200 is asked of the media processor. */
  | { readonly kind: 'connecting'; readonly far: FarSide; readonly offer: string | undefined }
  /** `move` is where the leg is to go once the exchange that is under way is over. */
  | { readonly kind: 'answered'; readonly far: FarSide; readonly exchange: Exchange; readonly hold: HoldState; readonly move: LegPlace | undefined }
  | { readonly kind: 'over' };

export const noHold: HoldState = { isWanted: false, isSignaled: false, isByPeer: false };
