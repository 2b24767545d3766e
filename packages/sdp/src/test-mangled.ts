import fc from 'fast-check';

/** What a hostile or broken sender makes of real descriptions: lines dropped, doubled, cut and put in between. */
export function mangled(descriptions: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.constantFrom('drop', 'double', 'cut', 'insert'), text: fc.string({ unit: 'binary', maxLength: 40 }) });
  return fc.tuple(fc.constantFrom(...descriptions), fc.array(edit, { minLength: 1, maxLength: 12 })).map(([sdp, edits]) => {
    const lines = sdp.split('\r\n');
    for (const { at, kind, text } of edits) {
      const index = Math.floor(at * (lines.length - 1));
      const line = lines[index] ?? '';
      if (kind === 'drop') lines.splice(index, 1);
      else if (kind === 'double') lines.splice(index, 0, line);
      else if (kind === 'cut') lines[index] = line.slice(0, Math.floor(line.length / 2)) + text;
      else lines.splice(index, 0, `a=${text}`);
    }
    return lines.join('\r\n');
  });
}
