import assert from 'node:assert/strict';
import { amplitudeAt, babble, rootMeanSquare, signalToNoise, tone } from '../audio/test-signals.ts';
import { nativeTest } from '../test-kernels.ts';
import { type Step, resampleAll, runSteps, testPcm } from './test-pcm.ts';

nativeTest('pcm', 'steps are done in order', () => {
  const samples = Float32Array.of(1, 2, 3, 10, 20, 30, 7, 7, 7);
  runSteps(samples, [
    { kind: 'copy', destination: 6, source: 0, count: 3 },
    { kind: 'add', destination: 6, source: 3, count: 3 },
    { kind: 'subtract', destination: 3, source: 0, count: 3 },
    { kind: 'zero', destination: 0, count: 2 },
  ]);
  assert.deepEqual([...samples], [0, 0, 3, 9, 18, 27, 11, 22, 33]);
});

nativeTest('pcm', 'the limiter leaves alone what is soft and keeps below full scale what is loud, in order of loudness', () => {
  const loud = Float32Array.from({ length: 200 }, (_, index) => (index - 100) / 10);
  const samples = Float32Array.of(...loud, ...loud);
  runSteps(samples, [{ kind: 'limit', destination: 200, source: 0, count: 200 }]);
  const limited = samples.subarray(200);
  for (const [index, sample] of limited.entries()) {
    assert.ok(Math.abs(sample) < 1);
    if (Math.abs(loud[index] ?? 0) <= 0.75) assert.equal(sample, loud[index]);
    if (index > 0) assert.ok(sample > (limited[index - 1] ?? 1));
  }
});

nativeTest('pcm', 'a gain moves in a straight line and then stays', () => {
  const samples = new Float32Array(16).fill(0.5, 0, 8);
  runSteps(samples, [{ kind: 'limit', destination: 8, source: 0, count: 8, gainFrom: 0, gainTo: 1, extra: 4 }]);
  assert.deepEqual([...samples.subarray(8)], [0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.5, 0.5]);
});

nativeTest('pcm', 'peak and loudness are measured', () => {
  const samples = Float32Array.of(...tone(1000, { amplitude: 0.1, seconds: 0.02 }), -0.3);
  const { peak, level } = runSteps(samples, [{ kind: 'measure', destination: 0, count: samples.length }]);
  assert.ok(Math.abs(peak - 0.3) < 1e-6);
  assert.equal(level, 23);
  assert.equal(runSteps(new Float32Array(100), [{ kind: 'measure', destination: 0, count: 100 }]).level, 127);
});

nativeTest('pcm', 'a crossfade begins with one and ends with the other', () => {
  const samples = new Float32Array(20).fill(1, 10);
  runSteps(samples, [{ kind: 'crossfade', destination: 0, source: 10, count: 10 }]);
  assert.deepEqual([...samples.subarray(0, 10)].map((sample) => Math.round(sample * 100)), [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]);
});

nativeTest('pcm', 'what was lost goes on as the voice did, fades, and begins without a step', () => {
  const voice = tone(170, { seconds: 0.1 });
  const samples = new Float32Array(voice.length + 2 * 960);
  samples.set(voice);
  const whole = tone(170, { seconds: 0.12 });
  runSteps(samples, [{ kind: 'conceal', destination: voice.length, source: voice.length - 1920, count: 960, extra: 1920 }]);
  assert.ok(signalToNoise(whole.subarray(voice.length), samples.subarray(voice.length, voice.length + 960)).decibels > 20);
  runSteps(samples, [{ kind: 'conceal', destination: voice.length + 960, source: voice.length - 960, count: 960, extra: 1920, gainTo: 0 }]);
  assert.ok(rootMeanSquare(samples.subarray(voice.length + 1700)) < 0.15);
  const steps = samples.subarray(1).map((sample, index) => Math.abs(sample - (samples[index] ?? 0)));
  assert.ok(Math.max(...steps.subarray(voice.length - 1)) < 0.03);
  runSteps(samples, [{ kind: 'conceal', destination: 0, source: 1000, count: 960, extra: 100 }]);
  assert.equal(rootMeanSquare(samples.subarray(0, 960)), 0, 'with too little history it is silent');
});

nativeTest('pcm', 'at the rate of telephones a voice goes on, too', () => {
  for (const samplesPerMs of [8, 16]) {
    const [rate, frame] = [samplesPerMs * 1000, samplesPerMs * 20];
    const whole = tone(170, { rate, seconds: 0.12 });
    const samples = new Float32Array(whole.length);
    const voice = whole.length - frame;
    samples.set(whole.subarray(0, voice));
    runSteps(samples, [{ kind: 'conceal', destination: voice, source: voice - 2 * frame, count: frame, extra: 2 * frame, samplesPerMs }]);
    assert.ok(signalToNoise(whole.subarray(voice), samples.subarray(voice)).decibels > 20);
  }
});

for (const [factor, low] of [[6, 8000], [3, 16_000]] as const) {
  nativeTest('pcm', `from ${low} Hz to 48,000 Hz and back a voice stays what it was, and nothing is added`, () => {
    const pcm = testPcm();
    const [up, down] = [pcm.openResampler(factor, 'up'), pcm.openResampler(factor, 'down')];
    const said = tone(1000, { rate: low });
    const high = resampleAll(pcm, up, said, low / 50, 960);
    const heard = resampleAll(pcm, down, high, 960, low / 50);
    assert.ok(signalToNoise(said.subarray(0, low / 2), heard, 40).decibels > 50, JSON.stringify(signalToNoise(said.subarray(0, low / 2), heard, 40)));
    const steady = high.subarray(4800);
    assert.ok(Math.abs(amplitudeAt(1000, steady) - 0.5) < 0.005);
    assert.ok(amplitudeAt(low - 1000, steady) < 0.5e-3, `image: ${amplitudeAt(low - 1000, steady)}`);
    const tooHigh = resampleAll(pcm, down, tone(low * 0.7), 960, low / 50);
    assert.ok(rootMeanSquare(tooHigh.subarray(200)) < 0.5e-3, `alias: ${rootMeanSquare(tooHigh.subarray(200))}`);
    const voice = babble({ rate: low });
    const voiceBack = resampleAll(pcm, down, resampleAll(pcm, up, voice, low / 50, 960), 960, low / 50);
    assert.ok(signalToNoise(voice.subarray(0, low), voiceBack, 40).decibels > 25);
    pcm.closeResampler(up);
    assert.throws(() => resampleAll(pcm, up, said, low / 50, 960), /-1 samples/);
  });
}

nativeTest('pcm', 'what reaches outside is refused', () => {
  const pcm = testPcm();
  const outside: readonly Step[] = [
    { kind: 'zero', destination: 5, count: 6 },
    { kind: 'copy', destination: -1, count: 1 },
    { kind: 'add', destination: 0, source: 8, count: 3 },
    { kind: 'conceal', destination: 0, source: 8, count: 1, extra: 3 },
    { kind: 'conceal', destination: 0, source: 0, count: 1, extra: 3, samplesPerMs: 7 },
    { kind: 'measure', destination: 0, count: -1 },
  ];
  for (const step of outside) assert.throws(() => runSteps(new Float32Array(10), [step]), RangeError);
  assert.throws(() => pcm.openResampler(7, 'up'), RangeError);
  const down = pcm.openResampler(6, 'down');
  assert.throws(() => pcm.resample(new Float32Array(10), Int32Array.of(down, 0, 11, 0, 1, 0, 0, 0), 1), RangeError);
  const rest = Int32Array.of(down, 0, 5, 0, 5, 0, 0, 0);
  pcm.resample(new Float32Array(10), rest, 1);
  assert.equal(rest[5], -1, 'five samples are no whole number of steps');
});
