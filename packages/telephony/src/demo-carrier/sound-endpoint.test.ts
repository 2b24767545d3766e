import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { RtpHeaderWriter, RtpPacket, telephoneEventLength, writeTelephoneEvent } from '@dialplane/rtp';
import { frameBytes } from './frame-source.ts';
import { readSoundDescription, writeSoundDescription } from './sound-description.ts';
import { SoundEndpoint } from './sound-endpoint.ts';
import { keyTones, melody, ToneSource } from './tone-source.ts';

async function openSocket(t: TestContext): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => socket.close());
  await once(socket, 'listening');
  return socket;
}

async function openEndpoint(t: TestContext, socket: Socket, onTone: (tone: string) => void = () => undefined): Promise<SoundEndpoint> {
  const endpoint = await SoundEndpoint.open('127.0.0.1', onTone);
  t.after(() => endpoint.close());
  endpoint.connect({ remote: socket.address(), telephoneEventPayloadType: 101, isListening: true });
  return endpoint;
}

function packetWith(payloadType: number, timestamp: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  const writer = new RtpHeaderWriter();
  writer.begin(bytes, 0, 0, payloadType, 1, timestamp, 1);
  writer.finish();
  bytes.set(payload, 12);
  return bytes;
}

/** How much of a frequency is in PCMU, of its loudest possible. */
function share(payload: Uint8Array, frequency: number): number {
  let [real, imaginary] = [0, 0];
  payload.forEach((byte, index) => {
    const bits = ~byte & 0xff;
    const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >>> 4) & 7)) - 0x84;
    const sample = (bits & 0x80 ? -magnitude : magnitude) / 32_767;
    real += sample * Math.cos((2 * Math.PI * frequency * index) / 8000);
    imaginary += sample * Math.sin((2 * Math.PI * frequency * index) / 8000);
  });
  return (2 * Math.hypot(real, imaginary)) / payload.length;
}

test('plays what it is given, 20 ms a packet, numbered', async (t) => {
  const socket = await openSocket(t);
  const endpoint = await openEndpoint(t, socket);
  endpoint.play(new ToneSource(melody));
  const packet = new RtpPacket();
  let before: number | undefined;
  for (let count = 0; count < 5; count += 1) {
    const [bytes] = (await once(socket, 'message')) as [Buffer];
    packet.read(bytes, 0, bytes.length);
    assert.equal(packet.payloadLength, frameBytes);
    assert.ok(before === undefined || packet.sequenceNumber === ((before + 1) & 0xffff));
    before = packet.sequenceNumber;
  }
  const payload = packet.bytes.subarray(packet.payloadOffset, packet.payloadOffset + packet.payloadLength);
  assert.ok(share(payload, 523.25) > 0.2, `${share(payload, 523.25)}`);
  assert.ok(share(payload, 1200) < 0.05, `${share(payload, 1200)}`);
});

test('sends back what comes', async (t) => {
  const socket = await openSocket(t);
  const endpoint = await openEndpoint(t, socket);
  endpoint.echo();
  const tone = new ToneSource(keyTones('5')).nextFrame() ?? assert.fail();
  socket.send(packetWith(0, 160, tone), endpoint.port, '127.0.0.1');
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  assert.deepEqual(new Uint8Array(bytes.subarray(12)), new Uint8Array(tone));
});

test('hears each key once, whatever is repeated or lost of its packets', async (t) => {
  const socket = await openSocket(t);
  const heard: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const endpoint = await openEndpoint(t, socket, (tone) => {
    heard.push(tone);
    if (heard.length === 3) resolve();
  });
  const press = (event: number, timestamp: number, ends: readonly boolean[]): void => {
    for (const end of ends) {
      const payload = new Uint8Array(telephoneEventLength);
      writeTelephoneEvent(payload, 0, { event, end, volume: 10, duration: 800 });
      socket.send(packetWith(101, timestamp, payload), endpoint.port, '127.0.0.1');
    }
  };
  press(1, 1000, [false, false, true, true, true]);
  press(1, 3000, [false, true]);
  press(11, 5000, [true]);
  await promise;
  assert.deepEqual(heard, ['1', '1', '#']);
});

test('describes itself, and reads what others say', () => {
  const offer = readSoundDescription(writeSoundDescription({ address: '127.0.0.1', port: 4000 }, 1, 1));
  assert.deepEqual(offer, { remote: { address: '127.0.0.1', port: 4000 }, direction: 'sendrecv', telephoneEventPayloadType: 101, isListening: true });
  const hold = readSoundDescription('v=0\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\na=sendonly\r\nm=audio 5000 RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\nm=video 5002 RTP/AVP 97\r\nc=IN IP4 192.0.2.9\r\n');
  assert.deepEqual(hold, { remote: { address: '192.0.2.1', port: 5000 }, direction: 'sendonly', telephoneEventPayloadType: 96, isListening: false });
  assert.match(writeSoundDescription({ address: '127.0.0.1', port: 4000 }, 1, 2, hold), /m=audio 4000 RTP\/AVP 0 96\r\n[^]*a=recvonly/);
  assert.equal(readSoundDescription('v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 5000 RTP/SAVP 0\r\n'), undefined);
  assert.equal(readSoundDescription('v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 5000 RTP/AVP 8 10\r\n'), undefined);
});
