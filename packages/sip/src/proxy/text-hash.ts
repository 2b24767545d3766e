/**
 * A hash of texts as 14 characters of `0-9a-z`, the same for the same texts in every run: for branches and tags that have to be repeatable, where nothing is lost when
 * somebody finds two texts with the same hash. Two rounds of FNV-1a with different bases.
 */
export function textHash(texts: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 13);
    }
    // Between texts, so that `ab`, `c` is not `a`, `bc`.
    a = Math.imul(a ^ 0x100, 0x01000193);
    b = Math.imul(b ^ 0x100, 0x85ebca6b);
  }
  return (a >>> 0).toString(36).padStart(7, '0') + (b >>> 0).toString(36).padStart(7, '0');
}
