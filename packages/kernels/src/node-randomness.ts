/** Cryptographic randomness as the port that machines ask for, drawn in blocks. */
export function nodeRandomness(): { nextUint32(): number } {
  const words = new Uint32Array(256);
  let used = words.length;
  return {
    nextUint32: () => {
      if (used === words.length) {
        crypto.getRandomValues(words);
        used = 0;
      }
      const word = words[used] ?? 0;
      used += 1;
      return word;
    },
  };
}
