/** Something like a voice: harmonics of a pitch that wanders, in syllables, with a little noise. Always the same. */
export function babble({ pitchHz = 120, amplitude = 0.3, seconds = 2, rate = 48_000 } = {}): Float32Array {
  let phase = 0;
  let noise = 1;
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, index) => {
    const time = index / rate;
    phase += (2 * Math.PI * pitchHz * (1 + 0.1 * Math.sin(2 * Math.PI * 1.3 * time))) / rate;
    noise = (noise * 16_807) % 2_147_483_647;
    let voice = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic += 1) voice += Math.sin(phase * harmonic) / (harmonic + Math.abs(6 - harmonic) * Math.sin(4 * time) ** 2);
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * time)) ** 0.5;
    return amplitude * (syllable * voice * 0.4 + 0.01 * (noise / 1_073_741_823 - 1));
  });
}
