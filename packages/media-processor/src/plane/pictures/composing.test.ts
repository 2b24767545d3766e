import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pictureBytes, type Vpx } from '@dialplane/kernels';
import { Vp8FrameAssembler } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import { TestCamera, testVpx } from '../../composing/test-camera.ts';
import { composedSizes } from '../../composing/video-composer.ts';
import type { SectionSettings } from '../../process-api/leg-settings.ts';
import type { TestMediaClient } from '../test-media-client.ts';
import { camera, microphone, midElement, planeTest, screenOf, TestMediaPlane } from '../test-media-plane.ts';
import { SlowLine } from '../test-slow-line.ts';

const sections = (ssrc: number): readonly SectionSettings[] => [microphone('0', ssrc), { ...camera('1'), send: { ssrc: ssrc + 1, rtxSsrc: ssrc + 2 } }, screenOf('2', ssrc + 3)];

/** A client that sends a camera's picture in section 1, and what it sees in its sections. */
class Viewer {
  readonly client: TestMediaClient;
  private readonly lens: TestCamera;
  private readonly vpx: Vpx = testVpx();
  private readonly ssrc: number;
  private readonly decoders = new Map<number, { readonly decoder: number; readonly assembler: Vp8FrameAssembler; next: number }>();
  private readonly pictures = new Map<number, { readonly bytes: Uint8Array; readonly width: number; readonly height: number }>();
  private sequenceNumber = 0;
  private frames = 0;
  private answered = 0;

  constructor(t: TestContext, client: TestMediaClient, ssrc: number, brightness: number) {
    this.client = client;
    this.ssrc = ssrc;
    this.lens = new TestCamera({ width: 320, height: 180, brightness });
    const filming = setInterval(() => this.film(), 40);
    t.after(() => clearInterval(filming));
  }

  /** Brightness at a point of the newest picture of a stream, in fractions of its sides; -1 before there is one. */
  brightnessAt(ssrc: number, x: number, y: number): number {
    this.look(ssrc);
    const picture = this.pictures.get(ssrc);
    return picture === undefined ? -1 : (picture.bytes[Math.floor(y * picture.height) * picture.width + Math.floor(x * picture.width)] ?? -1);
  }

  widthOf(ssrc: number): number {
    this.look(ssrc);
    return this.pictures.get(ssrc)?.width ?? 0;
  }

  private film(): void {
    const asked = this.client.feedback.filter(({ kind }) => kind === 'pictureLossIndication' || kind === 'fullIntraRequest').length;
    if (asked > this.answered) this.lens.needKeyFrame();
    this.answered = asked;
    const frame = this.lens.take();
    const parts = Math.ceil(frame.length / 1000);
    for (let part = 0; part < parts; part += 1) {
      const payload = Uint8Array.of(part === 0 ? 0x90 : 0x80, 0x80, 0x80 | (this.frames >>> 8), this.frames, ...frame.subarray(part * 1000, (part + 1) * 1000));
      const marker = part === parts - 1 ? 1 : 0;
      this.client.sendRtp([{ ssrc: this.ssrc, payloadType: 96, sequenceNumber: this.sequenceNumber, timestamp: this.frames * 3600, marker, payload, elements: [midElement('1')] }]);
      this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    }
    this.frames += 1;
  }

  /** Decodes what has come since. */
  private look(ssrc: number): void {
    const known = this.decoders.get(ssrc) ?? { decoder: this.vpx.openDecoder(1280, 720), assembler: new Vp8FrameAssembler(), next: 0 };
    this.decoders.set(ssrc, known);
    const { heard } = this.client;
    for (; known.next < heard.length; known.next += 1) {
      const packet = heard[known.next];
      if (packet?.ssrc !== ssrc) continue;
      known.assembler.put(packet.sequenceNumber, packet.timestamp, packet.marker, packet.payload, 0, packet.payload.length);
      for (let frame = known.assembler.take(instant(0)); frame !== undefined; frame = known.assembler.take(instant(0))) this.decode(ssrc, known.decoder, frame.bytes);
    }
  }

  private decode(ssrc: number, decoder: number, frame: Uint8Array): void {
    const bytes = new Uint8Array(pictureBytes(1280, 720));
    const { result, width, height } = this.vpx.decode(decoder, frame, bytes);
    assert.ok(result > 0, `a frame of ${ssrc} cannot be decoded: ${result}`);
    this.pictures.set(ssrc, { bytes, width, height });
  }
}

const isNear = (value: number, expected: number): boolean => Math.abs(value - expected) < 15;

async function stage(t: TestContext): Promise<{ plane: TestMediaPlane; anna: Viewer; bert: Viewer }> {
  const plane = new TestMediaPlane(t);
  await plane.startComposing(t);
  const [anna, bert] = [await plane.connect('anna', sections(1000)), await plane.connect('bert', sections(2000))];
  return { plane, anna: new Viewer(t, anna, 71, 60), bert: new Viewer(t, bert, 72, 180) };
}

const mixed = { audio: 'forwarded', video: 'mixed' } as const;
const forwarded = { audio: 'forwarded', video: 'forwarded' } as const;

planeTest('whose pictures are mixed sees everybody in one, in the first video section, and is told who is where', async (t) => {
  const { plane, anna } = await stage(t);
  SlowLine.open(t, anna.client, 20_000_000);
  plane.handle({ kind: 'setModes', conferenceId: 'c', legId: 'anna', modes: mixed });
  await anna.client.until(() => isNear(anna.brightnessAt(1001, 0.25, 0.6), 60) && isNear(anna.brightnessAt(1001, 0.75, 0.6), 180));
  await anna.client.until(() => anna.widthOf(1001) === composedSizes.large.width);
  const told = await plane.until((event) => event.kind === 'layoutChanged' && event.layout.length === 2);
  assert.ok(told.kind === 'layoutChanged');
  assert.deepEqual(told.layout.map(({ identifier, x, y, width }) => [identifier, x, y, width]), [['8:acs:anna', 0, 0.25, 0.5], ['8:acs:bert', 0.5, 0.25, 0.5]]);
});

planeTest('from the composed picture to a forwarded one and back', async (t) => {
  const { plane, anna } = await stage(t);
  plane.want('anna', '2', 'bert', 180);
  await anna.client.until(() => isNear(anna.brightnessAt(1003, 0.5, 0.6), 180));
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: mixed });
  await anna.client.until(() => isNear(anna.brightnessAt(1001, 0.75, 0.6), 180));
  const count = (ssrc: number): number => anna.client.heard.filter((packet) => packet.ssrc === ssrc).length;
  const [before, composed] = [count(1003), count(1001)];
  await anna.client.until(() => count(1001) > composed + 20);
  assert.ok(count(1003) <= before + 20, 'what is mixed is not forwarded as well');
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: forwarded });
  const again = count(1003);
  await anna.client.until(() => count(1003) > again + 20);
  assert.ok(isNear(anna.brightnessAt(1003, 0.5, 0.6), 180));
});

planeTest('a lost packet of the composed picture is sent again, a picture that was lost begins anew', async (t) => {
  const { plane, anna } = await stage(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: mixed });
  const { client } = anna;
  const ours = () => client.heard.filter(({ ssrc }) => ssrc === 1001);
  await client.until(() => ours().length > 10);
  const lost = ours().at(-1);
  assert.ok(lost !== undefined);
  client.sendRtcp((writer) => writer.nack(1, 1001, [lost.sequenceNumber]));
  await client.until(() => client.heard.some(({ ssrc }) => ssrc === 1002));
  const repeated = client.heard.find(({ ssrc }) => ssrc === 1002)?.payload ?? new Uint8Array();
  assert.equal(((repeated[0] ?? 0) << 8) | (repeated[1] ?? 0), lost.sequenceNumber);
  assert.deepEqual(repeated.subarray(2), lost.payload);

  const isKeyFrame = ({ payload }: { readonly payload: Uint8Array }) => ((payload[0] ?? 0) & 0x10) !== 0 && ((payload[4] ?? 1) & 1) === 0;
  const keyFrames = () => ours().filter(isKeyFrame).length;
  const before = keyFrames();
  client.sendRtcp((writer) => writer.pictureLossIndication(1, 1001));
  await client.until(() => keyFrames() > before);
});

planeTest('who describes the picture anew is seen in the same place', async (t) => {
  const { plane, anna } = await stage(t);
  plane.handle({ kind: 'setModes', conferenceId: 'c', legId: 'anna', modes: mixed });
  await anna.client.until(() => isNear(anna.brightnessAt(1001, 0.75, 0.6), 180));
  const carl = new Viewer(t, await plane.reconnect('bert', sections(3000)), 73, 120);
  await anna.client.until(() => isNear(anna.brightnessAt(1001, 0.75, 0.6), 120));
  assert.ok(carl.client.isReached);
});

planeTest('a client that speaks TCP with the relay gets the mixed picture by itself, and the reason is told', async (t) => {
  const { plane, bert } = await stage(t);
  plane.handle({ kind: 'setStreamRelay', address: bert.client.address, isOpen: true });
  const told = await plane.until((event) => event.kind === 'modesChanged' && event.legId === 'bert');
  assert.ok(told.kind === 'modesChanged');
  assert.deepEqual(told.modes, { audio: 'forwarded', video: 'mixed' });
  assert.match(told.why, /over TCP/);
  await bert.client.until(() => isNear(bert.brightnessAt(2001, 0.25, 0.6), 60));

  const before = plane.events.length;
  plane.handle({ kind: 'setModes', conferenceId: 'c', modes: forwarded });
  const news = plane.events.slice(before).flatMap((event) => (event.kind === 'modesChanged' ? [[event.legId, event.modes.video, event.why]] : []));
  assert.deepEqual(news, [[undefined, 'forwarded', 'It was asked for.'], ['bert', 'mixed', told.why]], 'who was asked to be forwarded and is not is told');
});
