import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { exportsOf, pictureBytes } from '@dialplane/kernels';
import { startVideoComposer } from './start-video-composer.ts';
import { pictureTest, TestCamera, testVpx } from './test-camera.ts';
import { type ComposedFrame, type ComposedSize, composedSizes, type VideoComposer } from './video-composer.ts';

const half = { width: 0.5, height: 0.5, y: 0.25, isWhole: false } as const;

/** A composer, cameras that send while somebody looks, and what a receiver sees. */
class TestStudio {
  readonly frames: Array<Omit<ComposedFrame, 'bytes'> & { readonly length: number }> = [];
  readonly failures: string[] = [];
  composer: VideoComposer | undefined;
  private readonly vpx = testVpx();
  private readonly decoders = new Map<ComposedSize, number>();
  private readonly cameras = new Map<number, TestCamera>();
  private readonly seen = new Map<ComposedSize, Uint8Array>();
  private waiting: { readonly isSatisfied: () => boolean; readonly resolve: () => void } | undefined;
  private timer: NodeJS.Timeout | undefined;

  static async start(t: TestContext): Promise<TestStudio> {
    const studio = new TestStudio();
    const started = await startVideoComposer({
      onFrames: (frames) => studio.take(frames),
      onKeyFrameNeeded: (source) => studio.cameras.get(source)?.needKeyFrame(),
      onFailure: (sentence) => studio.failures.push(sentence),
    });
    studio.composer = exportsOf(started);
    studio.timer = setInterval(() => studio.send(), 40);
    t.after(() => studio.close());
    return studio;
  }

  get running(): VideoComposer {
    assert.ok(this.composer !== undefined);
    return this.composer;
  }

  addCamera(composition: number, camera: TestCamera): number {
    const source = this.running.addSource(composition);
    this.cameras.set(source, camera);
    return source;
  }

  /** Brightness at a point, in fractions of the sides. */
  brightnessAt(size: ComposedSize, x: number, y: number): number {
    const { width, height } = composedSizes[size];
    return this.seen.get(size)?.[Math.floor(y * height) * width + Math.floor(x * width)] ?? -1;
  }

  until(isSatisfied: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = { isSatisfied, resolve };
      this.look();
    });
  }

  private send(): void {
    for (const [source, camera] of this.cameras) this.running.push(source, camera.take());
  }

  private take(frames: readonly ComposedFrame[]): void {
    for (const { bytes, ...frame } of frames) {
      this.frames.push({ ...frame, length: bytes.length });
      const decoder = this.decoders.get(frame.size) ?? this.vpx.openDecoder(1280, 720);
      this.decoders.set(frame.size, decoder);
      const { width, height } = composedSizes[frame.size];
      const picture = new Uint8Array(pictureBytes(width, height));
      const decoded = this.vpx.decode(decoder, bytes.slice(), picture);
      assert.deepEqual([decoded.result, decoded.width, decoded.height], [picture.length, width, height]);
      this.seen.set(frame.size, picture);
    }
    this.look();
  }

  private look(): void {
    if (this.waiting?.isSatisfied() !== true) return;
    this.waiting.resolve();
    this.waiting = undefined;
  }

  private async close(): Promise<void> {
    clearInterval(this.timer);
    await this.running.close();
    assert.deepEqual(this.failures, []);
  }
}

const isNear = (value: number, expected: number): boolean => Math.abs(value - expected) < 12;

pictureTest('two cameras are seen side by side in both sizes, and change places', async (t) => {
  const studio = await TestStudio.start(t);
  const composition = studio.running.openComposition();
  const [left, right] = [new TestCamera({ width: 320, height: 180, brightness: 60 }), new TestCamera({ width: 640, height: 360, brightness: 180 })].map((camera) => studio.addCamera(composition, camera));
  assert.ok(left !== undefined && right !== undefined);
  studio.running.setTiles(composition, [{ source: left, x: 0, ...half }, { source: right, x: 0.5, ...half }]);
  studio.running.setBitrate(composition, 'large', 1_500_000);
  studio.running.setBitrate(composition, 'small', 300_000);
  const shows = (first: number, second: number) => (['large', 'small'] as const).every((size) => isNear(studio.brightnessAt(size, 0.25, 0.6), first) && isNear(studio.brightnessAt(size, 0.75, 0.6), second) && isNear(studio.brightnessAt(size, 0.5, 0.1), 24));
  await studio.until(() => shows(60, 180));
  assert.deepEqual([studio.frames.find(({ size }) => size === 'large')?.isKeyFrame, studio.frames.find(({ size }) => size === 'small')?.isKeyFrame], [true, true]);

  studio.running.setTiles(composition, [{ source: right, x: 0, ...half }, { source: left, x: 0.5, ...half }]);
  await studio.until(() => shows(180, 60));
  studio.running.removeSource(left);
  await studio.until(() => shows(180, 24));
});

pictureTest('a key frame comes where it is asked for; timestamps grow', async (t) => {
  const studio = await TestStudio.start(t);
  const composition = studio.running.openComposition();
  const source = studio.addCamera(composition, new TestCamera({ width: 320, height: 180, brightness: 100 }));
  studio.running.setTiles(composition, [{ source, x: 0, y: 0, width: 1, height: 1, isWhole: false }]);
  studio.running.setBitrate(composition, 'small', 400_000);
  await studio.until(() => studio.frames.length > 10);
  const before = studio.frames.length;
  studio.running.needKeyFrame(composition, 'small');
  await studio.until(() => studio.frames.slice(before).some(({ isKeyFrame }) => isKeyFrame));
  const { frames } = studio;
  assert.equal(frames.filter(({ isKeyFrame }) => isKeyFrame).length, 2);
  assert.ok(frames.every(({ timestamp }, index) => index === 0 || timestamp > (frames[index - 1]?.timestamp ?? 0)));
});

pictureTest('what is no frame costs a key frame and nothing else; unknown numbers are ignored', async (t) => {
  const studio = await TestStudio.start(t);
  const { running } = studio;
  const composition = running.openComposition();
  const source = studio.addCamera(composition, new TestCamera({ width: 320, height: 180, brightness: 90 }));
  running.setTiles(composition, [{ source, x: 0, y: 0, width: 1, height: 1, isWhole: false }, { source: 999, x: 0, y: 0, width: 1, height: 1, isWhole: false }]);
  running.setBitrate(composition, 'small', 400_000);
  await studio.until(() => isNear(studio.brightnessAt('small', 0.5, 0.6), 90));
  running.push(source, Uint8Array.of(1, 2, 3));
  running.push(4711, Uint8Array.of(1, 2, 3));
  running.setTiles(4711, []);
  running.closeComposition(4711);
  await studio.until(() => running.statistics().undecodableFrames > 0);
  const decoded = running.statistics().decodedFrames;
  await studio.until(() => running.statistics().decodedFrames > decoded + 5);
});

pictureTest('nothing is decoded or encoded where nobody looks', async (t) => {
  const studio = await TestStudio.start(t);
  const { running } = studio;
  const composition = running.openComposition();
  const source = studio.addCamera(composition, new TestCamera({ width: 320, height: 180, brightness: 90 }));
  running.setTiles(composition, [{ source, x: 0, y: 0, width: 1, height: 1, isWhole: false }]);
  running.setBitrate(composition, 'small', 400_000);
  await studio.until(() => studio.frames.length > 3);
  running.setBitrate(composition, 'small', undefined);
  // Another composition shows that time has passed for the thread.
  const other = running.openComposition();
  running.setBitrate(other, 'large', 400_000);
  await studio.until(() => studio.frames.some(({ size }) => size === 'large'));
  const { decodedFrames } = running.statistics();
  const count = studio.frames.filter(({ size }) => size === 'large').length;
  await studio.until(() => studio.frames.filter(({ size }) => size === 'large').length > count);
  assert.equal(running.statistics().decodedFrames, decodedFrames);
  assert.equal(studio.frames.at(-1)?.size, 'large');
});
