import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Vp8Descriptor } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import fc from 'fast-check';
import { AutomaticVideoMode, type OperatingPoint, operatingPoints, PictureAllocator, type PictureDemand, pictureRank, TemporalLayerGate } from '../index.ts';
import { TestLine } from './bandwidth/test-line.ts';

const simulcast = [
  { layer: 0, bitrateBps: 100_000, height: 180, temporalLayers: 1 },
  { layer: 1, bitrateBps: 400_000, height: 360, temporalLayers: 1 },
  { layer: 2, bitrateBps: 1_500_000, height: 720, temporalLayers: 1 },
];
const demand = (mid: string, rank: PictureDemand['rank'] = pictureRank.other, height = 0): PictureDemand => ({ mid, rank, points: operatingPoints(simulcast, height) });

/** What an allocator gives, as `mid:layer` or `mid:-`. */
function given(allocator: PictureAllocator, budgetBps: number, demands: readonly PictureDemand[], at: number): string {
  return allocator.allocate(budgetBps, demands, instant(at)).map(({ mid, point }) => `${mid}:${point === undefined ? '-' : point.layer}`).join(' ');
}

test('a display is not sent more than it shows; temporal layers lie between', () => {
  const layersFor = (height: number): number[] => operatingPoints(simulcast, height).map(({ layer }) => layer);
  assert.deepEqual([layersFor(0), layersFor(1080), layersFor(720), layersFor(400), layersFor(180), layersFor(90)], [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1], [0], [0]]);
  assert.deepEqual(operatingPoints([{ layer: 0, bitrateBps: 100_000, height: 180, temporalLayers: 3 }, { layer: 1, bitrateBps: 150_000, height: 360, temporalLayers: 3 }], 0), [
    { layer: 0, temporalLayer: 0, bitrateBps: 40_000 },
    { layer: 1, temporalLayer: 0, bitrateBps: 60_000 },
    { layer: 1, temporalLayer: 1, bitrateBps: 90_000 },
    { layer: 1, temporalLayer: 3, bitrateBps: 150_000 },
  ]);
  assert.deepEqual(operatingPoints([], 0), []);
});

test('everybody is seen before anybody is seen well, and who matters first', () => {
  const demands = [demand('a'), demand('b'), demand('screen', pictureRank.screen), demand('speaker', pictureRank.prominent)];
  const fresh = (budgetBps: number): string => given(new PictureAllocator(), budgetBps, demands, 0);
  assert.equal(fresh(10_000_000), 'a:2 b:2 screen:2 speaker:2');
  assert.equal(fresh(2_500_000), 'a:0 b:0 screen:2 speaker:1');
  assert.equal(fresh(850_000), 'a:0 b:0 screen:1 speaker:0');
  assert.equal(fresh(250_000), 'a:- b:- screen:0 speaker:0');
  assert.equal(fresh(100_000), 'a:- b:- screen:- speaker:-');
  assert.equal(given(new PictureAllocator(), 1e7, [{ mid: 'gone', rank: pictureRank.other, points: [] }], 0), 'gone:-');
});

test('what is sent stays while it nearly fits, a raise takes room to spare, and time after a reduction', () => {
  const allocator = new PictureAllocator();
  const one = [demand('a')];
  assert.equal(given(allocator, 440_000, one, 0), 'a:0');
  assert.equal(given(allocator, 470_000, one, 1000), 'a:1');
  assert.equal(given(allocator, 385_000, one, 2000), 'a:1');
  assert.equal(given(allocator, 370_000, one, 3000), 'a:0');
  assert.equal(given(allocator, 2_000_000, one, 5000), 'a:0', 'not yet: that raise had not lasted');
  assert.equal(given(allocator, 2_000_000, one, 9000), 'a:2');
  assert.equal(allocator.wantedBps, 1_500_000 * 1.15);
  assert.equal(given(allocator, 2_000_000, [demand('a', pictureRank.other, 180)], 10_000), 'a:0', 'a smaller display is no sign of a full line');
  assert.equal(given(allocator, 2_000_000, one, 10_500), 'a:2');
});

test('a new picture is shown at once, also in a time of calm', () => {
  const allocator = new PictureAllocator();
  given(allocator, 600_000, [demand('a')], 0);
  assert.equal(given(allocator, 300_000, [demand('a')], 1000), 'a:0');
  assert.equal(given(allocator, 600_000, [demand('a'), demand('b')], 1500), 'a:0 b:0');
});

test('no more is given than there is, and nothing that would fit is left out', () => {
  const anyDemand = fc.record({ rank: fc.constantFrom(0, 1, 2), bitrates: fc.uniqueArray(fc.integer({ min: 20_000, max: 3_000_000 }), { maxLength: 4 }) });
  const turn = fc.record({ budgetBps: fc.integer({ min: 0, max: 10_000_000 }), wait: fc.integer({ min: 0, max: 10_000 }), demands: fc.array(anyDemand, { maxLength: 10 }) });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 10 }), (turns) => {
      const allocator = new PictureAllocator();
      let now = 0;
      for (const { budgetBps, wait, demands: shapes } of turns) {
        now += wait;
        const demands = shapes.map(({ rank, bitrates }, index) => ({
          mid: `${index}`,
          rank: rank as PictureDemand['rank'],
          points: [...bitrates].sort((a, b) => a - b).map((bitrateBps, layer) => ({ layer, temporalLayer: 3, bitrateBps })),
        }));
        const shares = allocator.allocate(budgetBps, demands, instant(now));
        assert.deepEqual(shares.map(({ mid }) => mid), demands.map(({ mid }) => mid));
        const used = shares.reduce((sum, { point }) => sum + (point?.bitrateBps ?? 0), 0);
        assert.ok(used * 0.95 <= budgetBps + 1e-6, `${used} of ${budgetBps}`);
        for (const [index, { point }] of shares.entries()) {
          const cheapest = demands[index]?.points[0];
          if (point === undefined && cheapest !== undefined) assert.ok((used + cheapest.bitrateBps) * 1.15 > budgetBps - 1e-6, `${cheapest.bitrateBps} beside ${used} of ${budgetBps}`);
        }
      }
    }),
  );
});

test('a receiver of three layers gets what its line takes, and seldom another', (context) => {
  for (const [rateBps, expected] of [[250_000, 0], [700_000, 1], [3_000_000, 2]] as const) {
    const line = new TestLine({ rateBps, delayMs: 30, queueMs: 300, loss: 0.01, jitterMs: 5 });
    const allocator = new PictureAllocator();
    let point: OperatingPoint | undefined;
    let switches = 0;
    let allocatedAt = 0;
    const choose = (estimateBps: number): number => {
      if (line.now - allocatedAt < 300) return point?.bitrateBps ?? 0;
      allocatedAt = line.now;
      const [share] = allocator.allocate(estimateBps - 50_000, [demand('a')], instant(line.now));
      line.estimator.setWanted(allocator.wantedBps + 50_000);
      if (share?.point?.layer !== point?.layer) switches += 1;
      point = share?.point;
      return point?.bitrateBps ?? 0;
    };
    line.pass(8000, choose);
    const [settled, before] = [point, switches];
    const report = line.pass(60_000, choose);
    context.diagnostic(`${rateBps / 1000} kbit/s: layer ${settled?.layer}, then ${switches - before} switches in a minute, ${JSON.stringify(report)}, ${line.paddingBytes} bytes of padding`);
    assert.equal(settled?.layer, expected);
    assert.ok(switches - before <= 2, `${switches - before} switches`);
    assert.ok(report.queueMs95 < 150, `${report.queueMs95} ms of queue`);
  }
});

test('temporal layers go down with the next frame, up with one that depends on nothing that was left out', () => {
  const gate = new TemporalLayerGate();
  const descriptor = new Vp8Descriptor();
  const passes = (temporalLayer: number, shape: Partial<Vp8Descriptor> = {}): boolean => gate.passes(Object.assign(descriptor, { temporalLayer, startsFrame: true, startsKeyFrame: false, isLayerSync: false }, shape));
  assert.ok(passes(2) && passes(-1));
  gate.target = 0;
  assert.equal(passes(2, { startsFrame: false }), true, 'the rest of a frame');
  assert.deepEqual([passes(2), passes(1), passes(0)], [false, false, true]);
  gate.target = 2;
  assert.deepEqual([passes(1), passes(2), passes(1, { isLayerSync: true }), passes(1), passes(2), passes(2, { isLayerSync: true })], [false, false, true, true, false, true]);
  gate.target = 0;
  assert.equal(passes(0), true);
  gate.target = 3;
  assert.deepEqual([passes(2), passes(0, { startsKeyFrame: true }), passes(2)], [false, true, true]);
  gate.target = 1;
  gate.restart();
  assert.equal(passes(2, { startsFrame: false }), false);
});

test('a starved line gets the mixed picture after some seconds, its own again after more, and each time it does not last, later', () => {
  const mode = new AutomaticVideoMode();
  const see = (availableBps: number, at: number, transport: 'udp' | 'tcp' = 'udp'): string | undefined => mode.observe({ availableBps, wantedPictures: 5, leastBps: 500_000, transport }, instant(at));
  assert.deepEqual([see(600_000, 0), see(100_000, 1000), see(600_000, 2000), see(100_000, 3000), see(100_000, 6900)], Array(5).fill(undefined));
  assert.equal(mode.mode, 'forwarded');
  assert.equal(see(100_000, 7000), 'The line to the client takes 100 kbit/s, and the 5 pictures it wants need 500 kbit/s at the least: it gets the mixed one.');
  assert.equal(mode.mode, 'mixed');
  assert.deepEqual([see(650_000, 8000), see(800_000, 9000), see(800_000, 18_900), see(600_000, 18_950), see(800_000, 19_000)], Array(5).fill(undefined));
  assert.equal(see(800_000, 29_000), 'The line to the client takes 800 kbit/s again, enough for pictures of its own.');
  assert.deepEqual([see(100_000, 30_000), see(100_000, 34_000) !== undefined, see(900_000, 35_000), see(900_000, 46_000), mode.mode], [undefined, true, undefined, undefined, 'mixed']);
  assert.notEqual(see(900_000, 55_000), undefined);
  assert.match(see(9e6, 60_000, 'tcp') ?? '', /over TCP/);
  assert.deepEqual([see(9e6, 70_000, 'tcp'), see(9e6, 700_000, 'tcp'), mode.mode], [undefined, undefined, 'mixed']);
});

test('a client that wants to see nobody is not starved', () => {
  const mode = new AutomaticVideoMode();
  for (let at = 0; at < 20_000; at += 1000) assert.equal(mode.observe({ availableBps: 0, wantedPictures: 0, leastBps: 0, transport: 'udp' }, instant(at)), undefined);
});
