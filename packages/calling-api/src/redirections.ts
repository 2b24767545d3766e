import { Type, type Static } from 'typebox';
import { RawId } from './identifiers.ts';

/** A step of a telephone call's way before it came here, or before it went on from here: for whom it was, and why it was sent on (RFC 5806 §5, RFC 4458 §2). */
export const Redirection = Type.Object({
  /** Whom it was for: `4:+15550100`, or `4:anonymous` who is not to be named. */
  by: RawId,
  reason: Type.Union([
    Type.Literal('unconditional'), Type.Literal('busy'), Type.Literal('noAnswer'), Type.Literal('unavailable'), Type.Literal('deflection'), Type.Literal('unknown'),
  ]),
});
export type Redirection = Static<typeof Redirection>;
