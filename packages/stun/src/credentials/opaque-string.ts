/**
 * The OpaqueString profile of RFC 8265 §4.2: spaces become U+0020, text becomes NFC. `undefined` for what the profile refuses: empty
 * text, control characters, ignorable and unassigned code points.
 *
 * Deviation: joiners (U+200C, U+200D) are refused everywhere instead of depending on their neighbours (RFC 5892 appendix A), and old Hangul
 * jamo are accepted.
 */
export function opaqueString(text: string): string | undefined {
  const prepared = text.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  return prepared === '' || /[\p{Cc}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}]/u.test(prepared) ? undefined : prepared;
}
